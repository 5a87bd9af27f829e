/**
 * Builds and runs the load generator (`load/load.c`), the one client that all
 * servers are measured with, and the one clock for all clients.
 *
 * @module
 */

import { client, compile, holdIdle, textFrom } from "./generator.ts";

/** What another client needed, from its start to its end. */
export interface Cost {
  /** Seconds that passed. */
  seconds: number;
  /** Seconds of processor time. */
  processor: number;
  /** The most bytes that it had in memory at a time (VmHWM). */
  memory: number;
}

/** The compiled load generator. */
export interface Load {
  /**
   * Runs it to its end.
   *
   * @returns The seconds it measured.
   * @throws {Error} If the server answered wrongly or not in time.
   */
  run(...words: (string | number)[]): Promise<number>;
  /**
   * Runs another client, with `home` as its home folder, to its end.
   *
   * @throws {Error} If it failed or took longer than two minutes.
   */
  time(words: string[], home: string): Promise<Cost>;
  /** Calls `action` while `count` sessions stand idle at `port`. */
  whileIdle<T>(
    port: number,
    count: number,
    action: () => Promise<T>,
  ): Promise<T>;
}

/**
 * Compiles the load generator into `folder`.
 *
 * @throws {Error} If there is no C compiler.
 */
export async function buildLoad(folder: string): Promise<Load> {
  const program = await compile("load.c", folder);
  return {
    run: async (...words) =>
      Number(await textFrom(client([program, ...words]))),
    time: async (words, home) => {
      const env = { HOME: home, LANG: "C.UTF-8" };
      const command = client([program, "run", ...words], { env });
      const [seconds = NaN, processor = NaN, memory = NaN] =
        (await textFrom(command)).split(" ").map(Number);
      return { seconds, processor, memory };
    },
    whileIdle: (port, count, action) => {
      const words = [program, "idle", port, count];
      return holdIdle(client(words, { stdin: "piped" }), action);
    },
  };
}

/**
 * Builds and runs the load generator (`load/load.c`), the one client that all
 * servers are measured with, and the one clock for all clients.
 *
 * @module
 */

import { join } from "node:path";
import {
  client,
  compile,
  converse,
  type Dialogue,
  numbersIn,
  textFrom,
} from "./generator.ts";

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
  /** The same, and returns every number of the last line that it prints. */
  figures(...words: (string | number)[]): Promise<number[]>;
  /**
   * Runs it with a look at the server in between: it prints a line and waits
   * for one. When `action` is done, it ends.
   *
   * @throws {Error} If the server answered wrongly or not in time.
   */
  staged<T>(
    words: (string | number)[],
    action: (dialogue: Dialogue) => Promise<T>,
  ): Promise<T>;
  /**
   * Runs another client, with `home` as its home folder, to its end.
   *
   * @throws {Error} If it failed or took longer than two minutes.
   */
  time(words: string[], home: string): Promise<Cost>;
}

/**
 * Compiles the load generator into `folder`.
 *
 * @throws {Error} If there is no C compiler.
 */
export async function buildLoad(folder: string): Promise<Load> {
  return loadOf([await compile("load.c", folder)]);
}

/**
 * The same with OpenSSL: `plain` as above, and `secure`, whose sessions begin
 * with AUTH TLS and whose data connections resume them.
 *
 * @throws {Error} If there is no C compiler, or no OpenSSL for it.
 */
export async function buildTlsLoad(
  folder: string,
): Promise<{ plain: Load; secure: Load }> {
  const openssl = ["-DWITH_TLS", "-lssl", "-lcrypto"];
  const program = await compile("load.c", folder, openssl);
  return { plain: loadOf([program]), secure: loadOf([program, "tls"]) };
}

function loadOf(generator: string[]): Load {
  const figures = async (words: (string | number)[]) =>
    numbersIn(await textFrom(client([...generator, ...words])));
  return {
    run: async (...words) => (await figures(words))[0] ?? NaN,
    figures: async (...words) => await figures(words),
    staged: (words, action) => {
      const command = client([...generator, ...words], { stdin: "piped" });
      return converse(command, action);
    },
    time: async (words, home) => {
      const env = { HOME: home, LANG: "C.UTF-8", DENO_DIR: denoDir() };
      const command = client([...generator, "run", ...words], { env });
      const [seconds = NaN, processor = NaN, memory = NaN] = numbersIn(
        await textFrom(command),
      );
      return { seconds, processor, memory };
    },
  };
}

/** Where tools that run from their source find what they import. */
function denoDir(): string {
  const { DENO_DIR, XDG_CACHE_HOME, HOME = "/" } = Deno.env.toObject();
  return DENO_DIR ?? join(XDG_CACHE_HOME ?? join(HOME, ".cache"), "deno");
}

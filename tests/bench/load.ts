/**
 * Builds and runs the load generator (`load/load.c`), the one client that all
 * servers are measured with, and the one clock for all clients.
 *
 * @module
 */

import { join } from "node:path";
import { pause, withOpenFiles } from "./processes.ts";

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
  const source = join(import.meta.dirname ?? ".", "load/load.c");
  const program = join(folder, "load");
  const args = ["-O3", "-pthread", "-o", program, source];
  try {
    await textFrom(new Deno.Command("cc", { args }));
  } catch (cause) {
    throw new Error("cannot build the client: install gcc", { cause });
  }
  return {
    run: async (...words) => Number(await textFrom(client(program, words))),
    time: async (words, home) => {
      const env = { HOME: home, LANG: "C.UTF-8" };
      const command = client(program, ["run", ...words], env);
      const [seconds = NaN, processor = NaN, memory = NaN] =
        (await textFrom(command)).split(" ").map(Number);
      return { seconds, processor, memory };
    },
    whileIdle: (port, count, action) =>
      holdIdle(client(program, ["idle", port, count]), action),
  };
}

function client(
  program: string,
  words: (string | number)[],
  env: Record<string, string> = {},
): Deno.Command {
  const [shell, args] = withOpenFiles([program, ...words.map(String)]);
  return new Deno.Command(shell, {
    args,
    env,
    // It holds idle sessions until this ends.
    stdin: words[0] === "idle" ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function textFrom(command: Deno.Command): Promise<string> {
  const { success, signal, stdout, stderr } = await command.output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(said || `it was ended by ${signal ?? "nobody"}`);
  }
  return new TextDecoder().decode(stdout).trim();
}

async function holdIdle<T>(
  command: Deno.Command,
  action: () => Promise<T>,
): Promise<T> {
  const child = command.spawn();
  const said = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(await said);
  await pause(500); // Servers finish their part of the last log-ins.
  const result = await action().finally(() => child.stdin.close());
  while (!(await reader.read()).done) continue;
  // Every session answered a last NOOP, or what was measured were corpses.
  if (!(await child.status).success) throw new Error(await said);
  return result;
}

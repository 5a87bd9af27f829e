/**
 * Compiling and running what is written in C (`load/`).
 *
 * @module
 */

import { join } from "node:path";
import { pause, withOpenFiles } from "./processes.ts";

/** Options for {@linkcode client}. */
export interface ClientOptions {
  /** More environment. @default {{}} */
  env?: Record<string, string>;
  /** Piped for one that holds idle sessions until this ends. @default {"null"} */
  stdin?: "null" | "piped";
}

/**
 * Compiles `load/SOURCE` into `folder`, with further `words` for the compiler,
 * and returns where the program is.
 *
 * @throws {Error} If there is no C compiler.
 */
export async function compile(
  source: string,
  folder: string,
  words: string[] = [],
): Promise<string> {
  const path = join(import.meta.dirname ?? ".", "load", source);
  const program = join(folder, source.replace(/\.c$/, ""));
  const args = ["-O3", "-pthread", "-o", program, path, ...words];
  try {
    await textFrom(new Deno.Command("cc", { args }));
  } catch (cause) {
    const needed = words.length > 0 ? "gcc and libssl-dev" : "gcc";
    const message = `cannot compile what measures: install ${needed}`;
    throw new Error(message, { cause });
  }
  return program;
}

/** The command that runs `words`, a program and its arguments. */
export function client(
  words: (string | number)[],
  { env = {}, stdin = "null" }: ClientOptions = {},
): Deno.Command {
  const [shell, args] = withOpenFiles(words.map(String));
  const stdout = "piped";
  return new Deno.Command(shell, { args, env, stdin, stdout, stderr: "piped" });
}

/**
 * What `command` prints.
 *
 * @throws {Error} If it fails; what it says on stderr.
 */
export async function textFrom(command: Deno.Command): Promise<string> {
  const { success, signal, stdout, stderr } = await command.output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(said || `it was ended by ${signal ?? "nobody"}`);
  }
  return new TextDecoder().decode(stdout).trim();
}

/** Calls `action` while the idle sessions of `command` stand. */
export async function holdIdle<T>(
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
  // Every session still worked at the end, or what was measured were corpses.
  if (!(await child.status).success) throw new Error(await said);
  return result;
}

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
  const fast = ["-O3", "-march=native", "-pthread"];
  const args = [...fast, "-o", program, path, ...words];
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

/** The numbers on the last line of `text`. */
export function numbersIn(text: string): number[] {
  return (text.trimEnd().split("\n").at(-1) ?? "").split(" ").map(Number);
}

/** A running program that takes a line for each that it gives. */
export interface Dialogue {
  /** The next line it prints. @throws {Error} If it ended; what it said. */
  heard(): Promise<string>;
  /** Sends it a line. */
  tell(line?: string): Promise<void>;
}

/**
 * Calls `action` while `command` runs, and then ends its stdin, with which it
 * is to end.
 *
 * @throws {Error} If it fails; what it says on stderr.
 */
export async function converse<T>(
  command: Deno.Command,
  action: (dialogue: Dialogue) => Promise<T>,
): Promise<T> {
  const child = command.spawn();
  const said = new Response(child.stderr).text();
  const lines = linesOf(child.stdout);
  const writer = child.stdin.getWriter();
  const heard = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error((await said).trim() || "it ended too early");
    return value;
  };
  const tell = async (line = "") =>
    await writer.write(new TextEncoder().encode(`${line}\n`));
  try {
    return await action({ heard, tell });
  } finally {
    await ended(child, writer, lines, said);
  }
}

/** Every session still worked at the end, or what was measured were corpses. */
async function ended(
  child: Deno.ChildProcess,
  writer: WritableStreamDefaultWriter,
  lines: AsyncIterable<string>,
  said: Promise<string>,
): Promise<void> {
  await writer.close().catch(() => {}); // It may have ended before.
  for await (const _ of lines) continue;
  if ((await child.status).success) await said;
  else throw new Error((await said).trim());
}

async function* linesOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Calls `action` while the idle sessions of `command` stand. */
export async function holdIdle<T>(
  command: Deno.Command,
  action: () => Promise<T>,
): Promise<T> {
  return await converse(command, async ({ heard }) => {
    await heard();
    await pause(500); // Servers finish their part of the last log-ins.
    return await action();
  });
}

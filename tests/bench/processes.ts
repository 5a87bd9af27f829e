/**
 * A started server: its port, its whole process tree, its memory, its end.
 *
 * @module
 */

import {
  type Memory,
  memoryOf,
  processorSecondsOf,
  treeOf,
} from "./process_tree.ts";
import type { Candidate } from "./servers.ts";

/** Open files every server and client may have; 300 sessions need about 900. */
const OPEN_FILES = 8192;

/** A server that answers. */
export interface Running {
  /** What was started. */
  candidate: Candidate;
  /** The process that was started: the root of its tree. */
  pid: number;
  /** Where it listens on 127.0.0.1. */
  port: number;
  /** The folder it serves. */
  folder: string;
  /** What its whole process tree occupies now. */
  memory(): Promise<Memory>;
  /** Seconds of processor time that it and all it started have used so far. */
  processor(): Promise<number>;
  /** Ends it and everything it started. */
  stop(): Promise<void>;
}

/** `words`, to be run with enough open files. */
export function withOpenFiles(words: string[]): [string, string[]] {
  const raise = `hard=$(ulimit -Hn)
    [ "$hard" = unlimited ] || [ "$hard" -gt ${OPEN_FILES} ] && hard=${OPEN_FILES}
    ulimit -n "$hard"; exec "$@"`;
  return ["sh", ["-c", raise, "sh", ...words]];
}

/**
 * Starts `server` on `folder` and waits until it greets, or until `answers`
 * resolves.
 */
export async function startServer(
  server: Candidate,
  folder: string,
  answers: (port: number) => Promise<void> = greeting,
): Promise<Running> {
  const scratch = await Deno.makeTempDir({ prefix: "ftp-bench-" });
  const ownPort = freePort();
  const recipe = await server.prepare({ folder, scratch, port: ownPort });
  const [program, args] = withOpenFiles(recipe.words);
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: recipe.tellsPort ? "piped" : "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    await endTree(child);
    await Deno.remove(scratch, { recursive: true });
  };
  try {
    const port = recipe.tellsPort ? await toldPort(child) : ownPort;
    await answers(port);
    return {
      candidate: server,
      pid: child.pid,
      port,
      folder,
      memory: () => memoryOf(child.pid),
      processor: () => processorSecondsOf(child.pid),
      stop,
    };
  } catch (cause) {
    await stop();
    throw new Error(`${server.name} did not start`, { cause });
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Reads the ready line of a server that names its port. */
async function toldPort(child: Deno.ChildProcess): Promise<number> {
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  let text = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  clearTimeout(late);
  void drain(reader);
  const port = Number(text.match(/:(\d+)/)?.[1]);
  if (!port) throw new Error(`no port in its first line: ${text || "(none)"}`);
  return port;
}

async function drain(
  reader: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await reader.read()).done) continue;
}

/** Waits until `port` sends the first byte of a greeting. */
export async function greeting(port: number): Promise<void> {
  await untilAnswered(port, async () => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.read(new Uint8Array(256));
  });
}

/** Repeats `ask` until it does not throw, at most 10 seconds. */
export async function untilAnswered(
  port: number,
  ask: () => Promise<void>,
): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      return await ask();
    } catch (cause) {
      if (performance.now() > end) {
        throw new Error(`nothing answers on port ${port}`, { cause });
      }
      await pause(50);
    }
  }
}

async function endTree(child: Deno.ChildProcess): Promise<void> {
  const others = await lastSessions(child.pid);
  signal(child.pid, "SIGTERM");
  const late = setTimeout(() => signal(child.pid, "SIGKILL"), 3_000);
  await child.status;
  clearTimeout(late);
  for (const pid of others) signal(pid, "SIGKILL");
}

/** What `root` started and did not end by itself within 2 seconds. */
async function lastSessions(root: number): Promise<number[]> {
  const end = performance.now() + 2_000;
  for (;;) {
    const others = (await treeOf(root)).slice(1);
    if (others.length === 0 || performance.now() > end) return others;
    await pause(50);
  }
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // It ended by itself, which is what the signal was for.
  }
}

/** Lets `milliseconds` pass. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

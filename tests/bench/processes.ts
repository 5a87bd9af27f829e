/**
 * A started server: its port, its whole process tree, its memory, its end.
 *
 * @module
 */

import { join } from "node:path";
import type { Candidate } from "./servers.ts";

/** Open files every server and client may have; 300 sessions need about 900. */
const OPEN_FILES = 8192;

/** A server that answers. */
export interface Running {
  /** Where it listens on 127.0.0.1. */
  port: number;
  /** The folder it serves. */
  folder: string;
  /** What its whole process tree occupies now. */
  memory(): Promise<Memory>;
  /** Ends it and everything it started. */
  stop(): Promise<void>;
}

/** Memory of a process tree, in bytes. */
export interface Memory {
  /** Shared pages divided among their users: what the tree costs. */
  pss: number;
  /** Shared pages counted in every process. */
  rss: number;
  /** How many processes there are. */
  processes: number;
}

/** `words`, to be run with enough open files. */
export function withOpenFiles(words: string[]): [string, string[]] {
  const raise = `hard=$(ulimit -Hn)
    [ "$hard" = unlimited ] || [ "$hard" -gt ${OPEN_FILES} ] && hard=${OPEN_FILES}
    ulimit -n "$hard"; exec "$@"`;
  return ["sh", ["-c", raise, "sh", ...words]];
}

/** Starts `server` on `folder` and waits until it greets. */
export async function startServer(
  server: Candidate,
  folder: string,
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
    await greeting(port);
    return { port, folder, memory: () => memoryOf(child.pid), stop };
  } catch (cause) {
    await stop();
    throw new Error(`${server.name} did not start`, { cause });
  }
}

function freePort(): number {
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
  const port = Number(text.match(/:(\d+)\//)?.[1]);
  if (!port) throw new Error(`no port in its first line: ${text || "(none)"}`);
  return port;
}

async function drain(
  reader: ReadableStreamDefaultReader<string>,
): Promise<void> {
  while (!(await reader.read()).done) continue;
}

/** Waits until `port` sends the first byte of a greeting, at most 10 seconds. */
async function greeting(port: number): Promise<void> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.read(new Uint8Array(256));
      return;
    } catch (cause) {
      if (performance.now() > end) {
        throw new Error(`nothing listens on port ${port}`, { cause });
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

/** The ids of `root` and of everything it started that still runs. */
async function treeOf(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await textOf(join("/proc", name, "stat"));
    // The name in parentheses may hold anything; the parent comes behind it.
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...children.get(pid) ?? []);
  return tree;
}

async function memoryOf(root: number): Promise<Memory> {
  const memory = { pss: 0, rss: 0, processes: 0 };
  for (const pid of await treeOf(root)) {
    const text = await textOf(`/proc/${pid}/smaps_rollup`);
    if (text === "") continue;
    memory.pss += 1024 * Number(text.match(/^Pss:\s+(\d+)/m)?.[1]);
    memory.rss += 1024 * Number(text.match(/^Rss:\s+(\d+)/m)?.[1]);
    memory.processes += 1;
  }
  return memory;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // The process ended while the list was being read.
  }
}

/** Lets `milliseconds` pass. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

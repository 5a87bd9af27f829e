/**
 * `ftp` against a hostile server: how it ended, what it said, how long it took
 * and how much memory it had, and what it did to the folders around its own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import {
  type HostileServer,
  hostileServer,
  type Script,
} from "./hostile_server.ts";
import { startFtp } from "./ftp_tool.ts";

/** How `ftp` ended. */
export interface Ended {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote on its standard output. */
  readonly out: string;
  /** What it wrote on its standard error. */
  readonly err: string;
  /** Lines of the standard output. */
  readonly lines: number;
  /** Milliseconds. */
  readonly ms: number;
  /** MiB that it had at most, if somebody looked. */
  readonly mib: number;
  /** All of it, for messages. */
  readonly report: string;
}

/** Where a test takes place. */
export interface Scene {
  /** The server. */
  readonly server: HostileServer;
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** A folder with the home folder, the local folder and a file in it. */
  readonly folder: string;
  /** Where `ftp` runs. */
  readonly local: string;
  /** Its home. */
  readonly home: string;
  /** Runs `ftp`. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

/** Options for {@linkcode Scene.run}. */
export interface RunOptions {
  /** What it reads. @default nothing */
  readonly stdin?: string;
  /** Whether to look how much memory it has. @default {false} */
  readonly memory?: boolean;
  /** Milliseconds after which it is killed, and the test fails. @default {20000} */
  readonly within?: number;
}

/**
 * Does `action` for all, a few at a time; waits for all, so that no program is
 * left running when one fails.
 */
export async function eachOf<T>(
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const failures: unknown[] = [];
  async function work(): Promise<void> {
    for (let item; (item = left.shift()) !== undefined;) {
      await action(item).catch((error) => failures.push(error));
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  for (const failure of failures) throw failure;
}

const AT_A_TIME = 5;

/** Nobody waits long for a hostile server. */
export const HASTY: readonly string[] = ["--timeout", "1", "--retries", "0"];

/** Runs `action` in fresh folders, with a server that plays `script`. */
export async function withHostile(
  script: Script,
  action: (scene: Scene) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-hostile-" });
  const [local, home] = ["local", "home"].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  try {
    for (const path of [local, home]) await Deno.mkdir(path);
    await Deno.writeTextFile(join(folder, "secret"), "untouched");
    await using server = hostileServer(script);
    await action({
      server,
      url: `ftp://127.0.0.1:${server.port}`,
      folder,
      local,
      home,
      run: (args, options) => run(args, { local, home, ...options }),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Place {
  readonly local: string;
  readonly home: string;
}

async function run(
  args: readonly string[],
  { local, home, stdin = "", within = 20_000, memory = false }:
    & RunOptions
    & Place,
): Promise<Ended> {
  const began = performance.now();
  const child = startFtp(args, { cwd: local, home, timeout: within });
  const most = memory ? watchMemory(child) : null;
  const [out, err, { code, signal }] = await Promise.all([
    heard(child.stdout),
    heard(child.stderr),
    child.status,
    feed(child, stdin),
  ]);
  const ms = Math.round(performance.now() - began);
  const mib = await most?.() ?? 0;
  const said = [out, err].map(({ text }) => text.slice(0, 4000)).join("---\n");
  const report = `ftp ${args.join(" ")}\n${said}\n` +
    `exit code ${code}, ${ms} ms, ${mib} MiB`;
  assertEquals(signal, null, `it did not end: ${report}`);
  for (const { obeyed } of [out, err]) assertEquals(obeyed, null, report);
  const { text, lines } = out;
  return { code, out: text, lines, err: err.text, ms, mib, report };
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  // It may end without reading everything.
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

/** What a terminal would obey or hide; a line end is none of it. */
const OBEYED_REGEXP =
  // deno-lint-ignore no-control-regex -- These are what it is about.
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** Characters of an output that are kept. */
const MOST_KEPT = 1 << 18;

interface Heard {
  /** The beginning of it. */
  text: string;
  lines: number;
  /** The first character that a terminal would obey. */
  obeyed: string | null;
}

async function heard(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Heard> {
  const all: Heard = { text: "", lines: 0, obeyed: null };
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    if (all.text.length < MOST_KEPT) all.text += part;
    all.lines += part.split("\n").length - 1;
    const [char] = OBEYED_REGEXP.exec(part) ?? [];
    all.obeyed ??= char === undefined ? null : JSON.stringify(char);
  }
  return all;
}

/** Looks again and again how much memory a process had at most. */
const LOOK = 'while grep VmHWM "/proc/$0/status"; do sleep 0.02; done';

/** MiB that a process has had; the last look counts. Linux only: 0 elsewhere. */
function watchMemory({ pid }: Deno.ChildProcess): () => Promise<number> {
  const looking = new Deno.Command("sh", {
    args: ["-c", LOOK, String(pid)],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  return async () => {
    const text = new TextDecoder().decode((await looking).stdout);
    const last = /(\d+) kB\s*$/.exec(text)?.[1] ?? "0";
    return Math.round(Number(last) / 1024);
  };
}

/** Everything in a folder, whatever it is, as one line each. */
export async function treeOf(folder: string, prefix = ""): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const shown = `${prefix}${name}`;
    const { isSymlink, isDirectory } = await Deno.lstat(path);
    if (isSymlink) lines.push(`${shown} -> ${await Deno.readLink(path)}`);
    else if (isDirectory) {
      lines.push(`${shown}/`, ...await treeOf(path, `${shown}/`));
    } else lines.push(`${shown} = ${await Deno.readTextFile(path)}`);
  }
  return lines.sort();
}

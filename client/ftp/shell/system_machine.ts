/**
 * The machine the shell really runs on.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../../lib/bytes.ts";
import { LineReader, withLineEnd } from "../../../lib/lines.ts";
import { writeText } from "../../../lib/cli/output.ts";
import { attempt } from "../targets.ts";
import type { Machine, TextSink } from "./machine.ts";

/** A text file that is longer is none of ours. */
const MOST_TEXT = 1 << 20;
/** A line of a script. */
const LINE_LIMITS = { maxLength: 65_536, maxSkipped: 0 };
const PATIENCE_MS = 5_000;

/** The machine, through the runtime and as far as its permissions go. */
export function systemMachine(): Machine {
  return {
    env,
    readText,
    writeText: writeTextFile,
    openToOthers,
    openText,
    scriptLines,
    input: () => endless(Deno.stdin),
    output: () => sinkOf(Deno.stdout, "the standard output"),
    run,
    umask,
    folder,
    trustAlso,
    system: Deno.build.os,
  };
}

function env(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined; // Not among those it may read.
  }
}

/** The runtime reads this variable when it makes its first TLS connection. */
const AUTHORITIES = { name: "env", variable: "NODE_EXTRA_CA_CERTS" } as const;

function trustAlso(path: string | null): boolean {
  try {
    if (path !== null) Deno.env.set(AUTHORITIES.variable, path);
    return true;
  } catch {
    return false;
  } finally {
    Deno.permissions.revokeSync(AUTHORITIES);
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    if (size > MOST_TEXT) throw new Error(`it has more than 1 MiB`);
    const bytes = new Uint8Array(MOST_TEXT + 1);
    let length = 0;
    while (length <= MOST_TEXT) {
      const count = await file.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    if (length > MOST_TEXT) throw new Error(`it has more than 1 MiB`);
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function writeTextFile(path: string, text: string): Promise<void> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  if (folder !== path && folder !== "") {
    await Deno.mkdir(folder, { recursive: true });
  }
  const fresh = `${path}.new`;
  await Deno.writeTextFile(fresh, text, { mode: 0o600 });
  await Deno.rename(fresh, path);
}

async function openToOthers(path: string): Promise<boolean> {
  const { mode } = await Deno.stat(path);
  return Deno.build.os !== "windows" && ((mode ?? 0) & 0o077) !== 0;
}

function openText(path: string, append: boolean): TextSink {
  const file = Deno.openSync(path, {
    create: true,
    write: true,
    append,
    truncate: !append,
  });
  return {
    write: (text) => writeText(file, text, PATIENCE_MS),
    bytes: () => sinkOf(file, path),
    close: () => file.close(),
  };
}

async function* scriptLines(): AsyncGenerator<string> {
  const reader = new LineReader(withLineEnd(Deno.stdin), LINE_LIMITS);
  const decoder = new TextDecoder();
  for (let line; (line = await reader.next()) !== null;) {
    if (line.tooLong) throw new Error("a line of the script is too long");
    yield decoder.decode(line.bytes);
  }
}

/** The process's own: never closed. */
function endless(stream: { read(p: Bytes): Promise<number | null> }): Source {
  return { read: (buffer) => stream.read(buffer), close: () => {} };
}

/** A sink whose end is not the file's. */
function sinkOf(
  file: { write(bytes: Bytes): Promise<number> },
  place: string,
): Sink {
  return {
    write: (bytes) => attempt("write", place, file.write(bytes)),
    close: () => {},
    abort: () => {},
  };
}

async function run(command: string, signal: AbortSignal): Promise<number> {
  const isWindows = Deno.build.os === "windows";
  const [program, flag] = isWindows ? ["cmd", "/c"] : ["/bin/sh", "-c"];
  const child = new Deno.Command(program, { args: [flag, command], signal });
  return (await child.spawn().status).code;
}

function umask(mask?: number): number | null {
  try {
    return mask === undefined ? Deno.umask() : Deno.umask(mask);
  } catch {
    return null;
  }
}

function folder(): string | null {
  try {
    return Deno.cwd();
  } catch {
    return null;
  }
}

/**
 * The frame of a test of `dropd` with other programs: a running server, the
 * folder it serves, and one to work in.
 *
 * @module
 */

import { assertEquals, assertFalse } from "@std/assert";
import { type Ended, isInstalled, run } from "./program.ts";
import {
  type RunningTool,
  runTool,
  type RunToolOptions,
  startTool,
  type StartToolOptions,
} from "./service_tool.ts";

/** What a test has. */
export interface DropScene {
  /** The server. */
  readonly dropd: RunningTool;
  /** Its port on 127.0.0.1. */
  readonly port: string;
  /** The folder that it serves; a real path. */
  readonly box: string;
  /** The folder that programs work in; a real path. */
  readonly local: string;
  /** Runs a program with an input to its end, however it ends. */
  run(words: readonly string[], stdin?: string): Promise<Ended>;
  /** The names in the box, hidden ones, too. */
  names(): string[];
  /** Bytes of a file in the box. */
  content(name: string): Uint8Array;
}

/** Options for {@linkcode dropTest}. */
export interface DropTestOptions extends StartToolOptions {
  /** Options of `dropd`; `folder` is the test's own. @default none */
  args?: (folder: string) => readonly string[];
  /** Programs that the test needs. @default {[]} */
  programs?: readonly string[];
  /** What else is missing on this machine, if anything. */
  missing?: string | undefined;
  /** Makes the box ready, before the server starts. */
  prepare?(box: string): Promise<void>;
  /** Undoes that. */
  restore?(box: string): Promise<void>;
  /** Whether the test itself kills the server. @default {false} */
  killed?: boolean;
}

/**
 * A test of `dropd` in fresh folders. Afterwards the server must stop without
 * an error and leave no part of an upload. Without its programs the test is
 * skipped, and its name says so.
 */
export function dropTest(
  name: string,
  action: (scene: DropScene) => Promise<void>,
  options: DropTestOptions = {},
): void {
  const absent = options.programs?.find((program) => !isInstalled(program));
  const missing = absent ? `${absent} is not installed` : options.missing;
  Deno.test({
    name: missing ? `${name} (skipped: ${missing})` : name,
    ignore: missing !== undefined,
    fn: () => play(action, options),
  });
}

async function play(
  action: (scene: DropScene) => Promise<void>,
  options: DropTestOptions,
): Promise<void> {
  const folder = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "wharf-drop-" }),
  );
  const [box, local] = [`${folder}/box`, `${folder}/local`];
  try {
    for (const path of [box, local]) await Deno.mkdir(path);
    await options.prepare?.(box);
    try {
      await withDropd({ folder, box, local }, action, options);
      assertEquals(partsIn(box), [], "parts of uploads are left");
    } finally {
      await options.restore?.(box);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function withDropd(
  { folder, box, local }: Record<"folder" | "box" | "local", string>,
  action: (scene: DropScene) => Promise<void>,
  { args = () => [], killed = false, ...options }: DropTestOptions,
): Promise<void> {
  const words = [...args(folder), "--listen", "127.0.0.1:0", box];
  const dropd = await startTool("dropd", words, options);
  try {
    await action({
      dropd,
      port: String(dropd.ports.find((port) => port > 0)),
      box,
      local,
      run: (words, stdin = "") => run(words, { cwd: local, stdin }),
      names: () => namesIn(box),
      content: (name) => Deno.readFileSync(`${box}/${name}`),
    });
  } finally {
    const code = await dropd.stop();
    if (!killed) assertEquals(code, 0, dropd.log);
  }
  assertFalse(/^\S+ ERROR /m.test(dropd.log), dropd.log);
}

/** The names in a folder, in order. */
export function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

/** Hidden files that uploads which were not completed left. */
export function partsIn(folder: string): string[] {
  return namesIn(folder).filter((name) => name.startsWith(".wharf-"));
}

/** Looks until it is so, 15 s at most. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 15_000;
  while (!isSo() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(isSo(), true, "it did not happen within 15 s");
}

/** Runs `dropc` for the scene's server. */
export function dropc(
  { port, local: cwd }: DropScene,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<Ended> {
  return runTool("dropc", ["-s", `127.0.0.1:${port}`, ...args], {
    cwd,
    ...options,
  });
}

/** A server that treats everybody alike, until they go. */
export function plainServer(
  serve: (conn: Deno.Conn) => Promise<void>,
): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of listener) {
      await serve(conn).catch(() => {});
      conn.close();
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** The records of a tool's output. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

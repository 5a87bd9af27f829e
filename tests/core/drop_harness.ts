/**
 * A drop box in memory, and clients that have said everything already.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import {
  type MemoryConn,
  memoryConn,
  memoryContext,
  type MemoryInput,
} from "../../lib/net/memory_conn.ts";
import type { StreamContext } from "../../lib/net/service.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import {
  dropService,
  type DropServiceOptions,
} from "../../server/services/drop.ts";

/** A box, and how to talk with it. */
export interface TestBox {
  /** Its files. */
  readonly fs: FileSystem;
  /** Sends all of `input`, then the end; what comes back. */
  say(input: MemoryInput, context?: Partial<StreamContext>): Promise<string>;
  /** The same with a connection of one's own. */
  serve(conn: MemoryConn, context?: Partial<StreamContext>): Promise<void>;
  /** What the service counted. */
  counts(): Record<string, unknown>;
  /** What a file holds; `null` when there is none. */
  read(name: string): Promise<string | null>;
  /** The names in the folder. */
  names(): Promise<string[]>;
}

/** What a box begins with. */
export interface TestBoxOptions extends DropServiceOptions {
  /** Files by path. */
  files?: Record<string, string | Bytes | null>;
  /** Bytes that its disk holds. */
  capacity?: number;
  /** Another file system. */
  fs?: FileSystem;
}

/** A box with a file system in memory. */
export function testBox(options: TestBoxOptions = {}): TestBox {
  const { files = {}, capacity = Infinity, ...rest } = options;
  const now = () => new Date("2026-11-21T10:00:00Z");
  const fs = options.fs ?? memoryFileSystem(files, { capacity, now });
  const { stream, counters } = dropService(fs, rest);
  const serve = async (
    conn: MemoryConn,
    context: Partial<StreamContext> = {},
  ) => await stream?.(conn, memoryContext(context));
  return {
    fs,
    serve,
    async say(input, context) {
      const conn = memoryConn(input);
      await serve(conn, context);
      return conn.text;
    },
    counts: () => ({ ...counters?.() }),
    read: (name) => readText(fs, `/${name}`),
    names: () => namesIn(fs),
  };
}

async function readText(fs: FileSystem, path: string): Promise<string | null> {
  const source = await fs.read(path, 0).catch(() => null);
  if (source === null) return null;
  const bytes: Bytes = new Uint8Array(source.size);
  let at = 0;
  while (at < bytes.length) at += await source.read(bytes.subarray(at)) ?? 0;
  await source.close();
  return new TextDecoder().decode(bytes);
}

async function namesIn(fs: FileSystem): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await fs.list("/", { sorted: true })) {
    names.push(name);
  }
  return names;
}

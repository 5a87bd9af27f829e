/**
 * Sending what is in a drop box: a file, or the list of files.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../../lib/bytes.ts";
import type { ServiceConn } from "../../../lib/net/service.ts";
import type { Entry, FileSource } from "../../fs/file_system.ts";
import { type DropBox, FIRST_BUFFER, LONG_BUFFER } from "./box.ts";
import { nameProblem } from "./name.ts";
import { folderRefusal, refusalOf } from "./refusal.ts";

/** Where it goes. */
export type Writable = Pick<ServiceConn, "write">;

const encoder = new TextEncoder();

/** Characters of a listing that are sent at once. */
const BATCH = 1 << 14;

/**
 * Writes a line.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { say } from "./give.ts";
 * const conn = memoryConn("");
 * await say(conn, "bye");
 * console.assert(conn.text === "bye\n");
 * ```
 */
export async function say(conn: Writable, line: string): Promise<void> {
  await writeAll(conn, encoder.encode(`${line}\n`));
}

/**
 * Sends a file as it is; with `exact` behind a line `ok SIZE`. Returns its
 * size in bytes. A file that shrinks meanwhile ends early.
 *
 * @throws {DropRefusal} when there is no such file, before anything is sent.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * import { dropBox } from "../drop.ts";
 * import { giveFile } from "./give.ts";
 * const box = dropBox(memoryFileSystem({ "/a.txt": "hello" }));
 * const conn = memoryConn("");
 * await giveFile(box, conn, { name: "a.txt", exact: true });
 * console.assert(conn.text === "ok 5\nhello");
 * ```
 */
export async function giveFile(
  { fs, counts }: DropBox,
  conn: Writable,
  { name, exact }: { name: string; exact: boolean },
): Promise<number> {
  const source = await fs.read(`/${name}`, 0).catch((error) => {
    throw refusalOf(name, error);
  });
  try {
    if (exact) await say(conn, `ok ${source.size}`);
    return await pour(source, conn, (bytes) => counts.sentBytes += bytes);
  } finally {
    await source.close();
  }
}

/** Sends what was there when the file was opened, however it grows. */
async function pour(
  source: FileSource,
  conn: Writable,
  sent: (bytes: number) => void,
): Promise<number> {
  let left = source.size;
  let buffer: Bytes = new Uint8Array(Math.min(left, FIRST_BUFFER));
  while (left > 0) {
    const count = await source.read(
      left < buffer.length ? buffer.subarray(0, left) : buffer,
    );
    if (count === null) break;
    await writeAll(conn, buffer.subarray(0, count));
    left -= count;
    sent(count);
    if (count === buffer.length && left > count) {
      buffer = new Uint8Array(Math.min(left, LONG_BUFFER));
    }
  }
  return source.size - left;
}

/**
 * Sends the names of all files, one a line, in the order of their bytes. With
 * `exact` the lines are `SIZE<TAB>TIME<TAB>NAME`, and a last line `ok COUNT`
 * says that they are complete.
 *
 * Folders are left out, and files whose names a client could not use.
 *
 * @throws {DropRefusal} when the folder cannot be listed.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { memoryFileSystem } from "../../fs/memory.ts";
 * import { dropBox } from "../drop.ts";
 * import { giveList } from "./give.ts";
 * const box = dropBox(memoryFileSystem({ "/b": "", "/a": "" }));
 * const conn = memoryConn("");
 * await giveList(box, conn, false);
 * console.assert(conn.text === "a\nb\n");
 * ```
 */
export async function giveList(
  { fs }: DropBox,
  conn: Writable,
  exact: boolean,
): Promise<number> {
  let text = "";
  let count = 0;
  for await (const entry of listed(() => fs.list("/", { sorted: true }))) {
    text += `${exact ? exactLine(entry) : entry.name}\n`;
    count++;
    if (text.length < BATCH) continue;
    await writeAll(conn, encoder.encode(text));
    text = "";
  }
  if (exact) text += `ok ${count}\n`;
  await writeAll(conn, encoder.encode(text));
  return count;
}

async function* listed(
  list: () => Promise<AsyncIterable<Entry>>,
): AsyncGenerator<Entry, void, void> {
  try {
    for await (const entry of await list()) {
      if (entry.type === "file" && nameProblem(entry.name) === null) {
        yield entry;
      }
    }
  } catch (error) {
    throw folderRefusal("dir", error);
  }
}

function exactLine({ size, modified, name }: Entry): string {
  return `${size}\t${modified.toISOString()}\t${name}`;
}

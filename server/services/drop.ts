/**
 * A drop box for files: one command a connection, usable with nothing but
 * netcat.
 *
 * The first line is a file's name, and its contents follow until the client's
 * end; or it is a command: `dir`, `get NAME`, `put NAME`, `quit`, `help`, and
 * for programs `list`, `fetch NAME`, `send SIZE NAME`. The page `docs/drop.md`
 * has the whole protocol.
 *
 * @module
 */

import type { Fields, Log } from "../../lib/log.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type { Refusal } from "../../lib/net/admission.ts";
import type {
  Service,
  ServiceConn,
  StreamContext,
} from "../../lib/net/service.ts";
import { within } from "../../lib/net/wait.ts";
import type { FileSystem } from "../fs/file_system.ts";
import type { DropAccess, DropBox, DropCounts } from "./drop/box.ts";
import { fileCount } from "./drop/file_count.ts";
import { readLine } from "./drop/first_line.ts";
import { giveFile, giveList, say } from "./drop/give.ts";
import { helpLines } from "./drop/help.ts";
import { DropRefusal, faultOf } from "./drop/refusal.ts";
import { type DropRequest, MAX_LINE, parseRequest } from "./drop/request.ts";
import { saveUpload } from "./drop/save.ts";

export type { DropAccess, DropBox, DropCounts } from "./drop/box.ts";

/** Options for {@linkcode dropService}. */
export interface DropServiceOptions {
  /** What clients may do. @default {"read-write"} */
  access?: DropAccess;
  /** Most bytes of a file. @default {1073741824} */
  maxSize?: number;
  /** Most entries in the folder. @default {10000} */
  maxFiles?: number;
  /**
   * Milliseconds for the first line, and in which an upload must move; then
   * its client is told, and nothing is kept. @default {Infinity}
   */
  patience?: number;
  /** Whether a new file may take the place of an old one. @default {false} */
  overwrite?: boolean;
  /** Where saved and sent files and refusals are told. @default nowhere */
  log?: Log;
}

/** What {@linkcode DropServiceOptions} are when they are not given. */
export const DROP_DEFAULTS: Readonly<
  Required<Omit<DropServiceOptions, "log">>
> = {
  access: "read-write",
  maxSize: 2 ** 30,
  maxFiles: 10_000,
  patience: Infinity,
  overwrite: false,
};

const LATE = Symbol("late");

/** Milliseconds for uploads that were cut off. */
const LAST_MOMENT = 1000;

/**
 * A drop box of the files in the root of `fs`, for {@linkcode serveTcp}, Unix
 * sockets and inetd. Each connection needs up to 256 KiB of memory.
 *
 * A file is there whole or not at all: contents go to a hidden name and get
 * their own when they are complete. That is the client's end, or so many bytes
 * as it announced; a reset, a time-out and a missing byte leave nothing. Of
 * two clients that save the same name at once, one is refused in the end,
 * unless `overwrite`.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { memoryFileSystem } from "../fs/memory.ts";
 * import { dropService } from "./drop.ts";
 *
 * const { stream } = dropService(memoryFileSystem());
 * const upload = memoryConn("a.txt\nhello");
 * await stream?.(upload, memoryContext());
 * console.assert(upload.text === "saved a.txt (5 bytes)\n");
 *
 * const download = memoryConn("get a.txt\n");
 * await stream?.(download, memoryContext());
 * console.assert(download.text === "hello");
 * ```
 */
export function dropService(
  fs: FileSystem,
  options: DropServiceOptions = {},
): Service {
  const box = dropBox(fs, options);
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  return {
    async stream(conn, context) {
      const signal = AbortSignal.any([context.signal, closing.signal]);
      const served = serve(box, conn, { ...context, signal }, options.log);
      running.add(served);
      await served.finally(() => running.delete(served));
    },
    refusal: refusalText,
    counters: () => fieldsOf(box.counts),
    // An upload that was cut off has still to be given up.
    async close() {
      closing.abort();
      await within(Promise.allSettled(running), LAST_MOMENT, undefined);
    },
  };
}

/**
 * A drop box without a network: what the parts of {@linkcode dropService} work
 * on.
 */
export function dropBox(
  fs: FileSystem,
  options: DropServiceOptions = {},
): DropBox {
  const { maxFiles, ...rest } = { ...DROP_DEFAULTS, ...options };
  const counts: DropCounts = {
    saved: 0,
    savedBytes: 0,
    sent: 0,
    sentBytes: 0,
    listings: 0,
    refused: 0,
  };
  return { ...rest, fs, counts, files: fileCount(fs, maxFiles) };
}

function fieldsOf(counts: DropCounts): Fields {
  const { saved, savedBytes, sent, sentBytes, listings, refused } = counts;
  return {
    saved,
    "saved-bytes": savedBytes,
    sent,
    "sent-bytes": sentBytes,
    listings,
    "refused-requests": refused,
  };
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  "too-many": "too many connections; try again later",
  "too-many-from-address":
    "too many connections from your address; try again later",
  "too-often": "too many connections in a short time; try again later",
  "banned": "your address has to wait; try again later",
  "denied": "your address may not use this server",
};

function refusalText(why: Refusal): string {
  return `error: ${REFUSALS[why]}\n`;
}

async function serve(
  box: DropBox,
  conn: ServiceConn,
  context: StreamContext,
  log?: Log,
): Promise<void> {
  const { hostname, port } = context.peer;
  const from = hostname === ""
    ? log
    : log?.with({ peer: formatHostPort(hostname, port) });
  try {
    const line = await firstLine(box, conn);
    if (line === null) return;
    const request = parseRequest(line);
    allow(box, request);
    await answer(box, conn, request, context.signal, from);
  } catch (error) {
    if (!(error instanceof DropRefusal)) throw error;
    box.counts.refused++;
    const fault = faultOf(error);
    if (fault === null) from?.info("refused", { why: error.message });
    else from?.warn("refused", { why: error.message, reason: fault });
    await say(conn, `error: ${error.message}`);
  }
}

/** The whole line has the time that an upload has to move. */
async function firstLine(
  { patience }: DropBox,
  conn: ServiceConn,
): Promise<string | null> {
  const what = "the first line (a name, or a command; try help)";
  const reading = readLine(conn, { maxLength: MAX_LINE, what });
  if (patience === Infinity) return await reading;
  const line = await within(reading, patience, LATE);
  if (line !== LATE) return line as string | null;
  throw new DropRefusal(`${what} did not come within ${patience / 1000} s`);
}

/** Refuses what this box is not for. */
function allow({ access }: DropBox, { verb }: DropRequest): void {
  if (access === "read-only" && verb === "save") {
    throw new DropRefusal("this server takes no files (--read-only)");
  }
  const gives = verb === "get" || verb === "dir";
  if (access === "upload-only" && gives) {
    throw new DropRefusal("this server only takes files (--upload-only)");
  }
}

async function answer(
  box: DropBox,
  conn: ServiceConn,
  request: DropRequest,
  signal: AbortSignal,
  log?: Log,
): Promise<void> {
  const { counts } = box;
  switch (request.verb) {
    case "save": {
      const { name } = request;
      const bytes = await saveUpload(box, conn, { ...request, signal });
      counts.saved++;
      counts.savedBytes += bytes;
      log?.info("saved", { name, bytes });
      const size = bytes === 1 ? "1 byte" : `${bytes} bytes`;
      return await say(conn, `saved ${name} (${size})`);
    }
    case "get": {
      const bytes = await giveFile(box, conn, request);
      counts.sent++;
      return log?.info("sent", { name: request.name, bytes });
    }
    case "dir":
      counts.listings++;
      await giveList(box, conn, request.exact);
      return;
    case "help":
      return await say(conn, helpLines(box.access).join("\n"));
    case "quit":
      return await say(conn, "bye");
  }
}

/**
 * Those of the client's intentions that take more than one line.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { parsePathname } from "../../lib/ftp/replies.ts";
import { commandOf, pathArgument } from "./command_text.ts";
import type { DownloadOptions, TransferResult } from "./download.ts";
import { ProtocolError } from "./errors.ts";
import { rename, setModified } from "./files.ts";
import { makeDirectory, removeTree } from "./folders.ts";
import { type FileHash, hashOf, type HashOptions } from "./hash.ts";
import type { Link, RunOptions } from "./link.ts";
import type { LocalFiles } from "./local_files.ts";
import type {
  CallOptions,
  DownloadBytesOptions,
  MakeDirectoryOptions,
  RemoveDirectoryOptions,
} from "./options.ts";
import { cutAtHole } from "./segments_map.ts";
import { perform } from "./session.ts";
import { memoryTarget } from "./targets.ts";
import { download, type DownloadTarget, targetOf } from "./transfers.ts";

const MOST_BYTES = 256 << 20;

/** Done twice, these would fail the second time. */
export const CHANGES: RunOptions = { repeat: "refused" };

/** Removes a file. */
export async function removeFile(
  link: Link,
  path: string,
  options: CallOptions,
): Promise<void> {
  const command = { verb: "DELE", argument: pathArgument(path) };
  await link.run((session, signal) => perform(session, command, signal), {
    ...options,
    ...CHANGES,
  });
}

/** Gives a file or folder another name. */
export async function renameFile(
  link: Link,
  from: string,
  to: string,
  options: CallOptions = {},
): Promise<void> {
  await link.run((session, signal) => rename(session, from, to, signal), {
    ...options,
    ...CHANGES,
  });
}

/** Sets the time of last modification. */
export async function setTime(
  link: Link,
  path: string,
  time: Date,
  options?: CallOptions,
): Promise<void> {
  await link.run(
    (session, signal) => setModified(session, path, time, signal),
    options,
  );
}

/** What the server calculates from the bytes of a file. */
export async function hashOnServer(
  link: Link,
  path: string,
  { algorithm, signal }: HashOptions,
): Promise<FileHash | null> {
  return await link.run(
    (session, signal) => hashOf(session, path, algorithm, signal),
    { signal },
  );
}

/** A command of the server's own. */
export async function site(
  link: Link,
  text: string,
  options: CallOptions,
): Promise<Reply> {
  const command = { verb: "SITE", argument: text };
  return await link.run(
    (session, signal) => perform(session, command, signal),
    { ...options, ...CHANGES },
  );
}

/** Makes a folder, or a path of them. */
export async function makeFolder(
  link: Link,
  path: string,
  options: MakeDirectoryOptions,
): Promise<void> {
  const { parents = false, signal } = options;
  await link.run(
    (session, signal) => makeDirectory(session, path, parents, signal),
    { signal, repeat: parents ? "any" : "refused" },
  );
}

/** Removes a folder, or a tree. */
export async function removeFolder(
  link: Link,
  path: string,
  options: RemoveDirectoryOptions,
): Promise<void> {
  const { recursive = false, signal } = options;
  const { maxDepth = 100, maxEntries: entriesLeft = 1_000_000 } = options;
  const limits = { maxDepth, entriesLeft };
  const command = { verb: "RMD", argument: pathArgument(path) };
  await link.run(async (session, signal) => {
    if (recursive) await removeTree(session, path, limits, signal);
    else await perform(session, command, signal);
  }, { signal, ...CHANGES });
}

/** The current folder, as the server tells it. */
export async function currentFolder(
  link: Link,
  options: CallOptions,
): Promise<string> {
  const { lines } = await link.run(
    (session, signal) => perform(session, { verb: "PWD" }, signal),
    options,
  );
  const path = parsePathname(lines.join(" "));
  if (path !== null) return path;
  throw new ProtocolError("The server's reply to PWD names no folder");
}

/** Commands after which the connection would be protected in another way. */
const PROTECTION: readonly string[] = "AUTH CCC PROT REIN".split(" ");

/**
 * Sends a line as it is.
 *
 * @throws {TypeError} for one that would change how TLS is used.
 */
export async function quoted(
  link: Link,
  line: string,
  options: CallOptions,
): Promise<Reply> {
  const command = commandOf(line);
  return await link.run((session, signal) => {
    if (session.tls !== null && PROTECTION.includes(command.verb)) {
      throw new TypeError(
        `Cannot send ${command.verb}: TLS is chosen when connecting`,
      );
    }
    session.type = null; // Who knows what it will be.
    return session.control.ask(command, signal);
  }, { ...options, ...CHANGES });
}

/** Downloads to what was given. */
export async function downloadTo(
  link: Link,
  path: string,
  target: DownloadTarget,
  options: DownloadOptions & { files: LocalFiles },
): Promise<TransferResult> {
  const { files, resume = false } = options;
  if (resume && typeof target === "string") await cutAtHole(files, target);
  const to = await targetOf(target, files, options);
  return await download(link, path, to, options);
}

/** Downloads to memory. */
export async function downloadToMemory(
  link: Link,
  path: string,
  options: DownloadBytesOptions,
): Promise<Bytes> {
  const target = memoryTarget(options.maxBytes ?? MOST_BYTES);
  await download(link, path, target, options);
  return target.bytes();
}

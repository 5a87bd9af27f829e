/**
 * An FTP client for programs: one short method per intention.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Features, parsePathname } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { type Command, pathArgument } from "./command_text.ts";
import type { DataOptions } from "./data.ts";
import type { DownloadOptions, TransferResult } from "./download.ts";
import { ProtocolError } from "./errors.ts";
import { modifiedOf, rename, setModified, sizeOf, statOf } from "./files.ts";
import { makeDirectory, removeTree } from "./folders.ts";
import { Link, type RunOptions } from "./link.ts";
import type { ListEntry, ListOptions } from "./listing.ts";
import { type LocalFiles, localFiles } from "./local_files.ts";
import type {
  CallOptions,
  ConnectOptions,
  RemoveDirectoryOptions,
} from "./options.ts";
import { perform } from "./session.ts";
import type { UploadSource } from "./supplies.ts";
import { memoryTarget } from "./targets.ts";
import {
  download,
  type DownloadTarget,
  list,
  targetOf,
  upload,
} from "./transfers.ts";
import type { UploadOptions } from "./upload.ts";

const ANONYMOUS = "anonymous";
const MOST_BYTES = 256 << 20;
const CHANGES: RunOptions = { repeat: "refused" };

/**
 * A connection to an FTP server.
 *
 * Methods may be called while others run: commands wait for their turn. They
 * reject with an {@linkcode FtpError} when the server said no, a
 * {@linkcode NetworkError}, a {@linkcode ProtocolError} when it broke the
 * rules, an {@linkcode IncompleteError}, or a {@linkcode LocalError}; with a
 * `TypeError` for an argument with a control character; and with the reason of
 * an aborted signal, when the connection is usable again, or closed.
 *
 * @example
 * ```ts
 * import { FtpClient, listedAccounts, memoryFileSystem, serveFtp } from "@wharf/wharf";
 * const fs = memoryFileSystem({ "/pub/a": "Hello!" });
 * const hostname = "127.0.0.1";
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname, port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: true, fs },
 *   ]),
 * });
 * const { port } = server.addresses[0] as Deno.NetAddr;
 *
 * await using client = await FtpClient.connect({ hostname, port });
 * await client.login();
 * for await (const { path, type } of client.list("/pub")) {
 *   if (type === "file") console.assert((await client.size(path)) === 6);
 * }
 * ```
 */
export class FtpClient {
  readonly #link: Link;
  readonly #files: LocalFiles;

  private constructor(link: Link, files: LocalFiles) {
    this.#link = link;
    this.#files = files;
  }

  /**
   * Connects and reads the greeting.
   */
  static async connect(options: ConnectOptions): Promise<FtpClient> {
    const { signal = new AbortController().signal, ...link } = options;
    const { files = localFiles() } = options;
    return new FtpClient(await Link.open(link, signal), files);
  }

  /** What the server greeted with. */
  get greeting(): Reply {
    return this.#link.session.greeting;
  }

  /** Why nothing works any more; `null` while it does. */
  get closed(): Error | null {
    return this.#link.session.control.closed;
  }

  /** How data connections are made from now on. */
  set data(options: DataOptions) {
    this.#link.session.data.options = options;
  }

  /** Logs in, anonymously when nobody is named. */
  async login(
    user: string = ANONYMOUS,
    password: string = `${ANONYMOUS}@`,
    options: CallOptions & { account?: string } = {},
  ): Promise<Reply> {
    const { account, signal } = options;
    return await this.#link.logIn({ user, password, account }, signal);
  }

  /** The entries of a folder, the current one when none is named. */
  list(path = "", options: ListOptions = {}): AsyncGenerator<ListEntry> {
    return list(this.#link, path, options);
  }

  /** What is known of one name; `null` when there is nothing of that name. */
  async stat(path: string, options?: CallOptions): Promise<ListEntry | null> {
    return await this.#link.run(
      (session, signal) => statOf(session, path, signal),
      options,
    );
  }

  /** Bytes of a file. */
  async size(path: string, options?: CallOptions): Promise<number> {
    return await this.#link.run(
      (session, signal) => sizeOf(session, path, signal),
      options,
    );
  }

  /** Last modification of a file. */
  async modified(path: string, options?: CallOptions): Promise<Date> {
    return await this.#link.run(
      (session, signal) => modifiedOf(session, path, signal),
      options,
    );
  }

  /**
   * Downloads a file to a path, a stream or a sink. A path gets its name when
   * the file is complete, with the time of last modification; until then it
   * ends with `.part`. Streams and sinks are closed, or aborted.
   */
  async download(
    path: string,
    target: DownloadTarget,
    options: DownloadOptions = {},
  ): Promise<TransferResult> {
    const to = await targetOf(target, this.#files, options);
    return await download(this.#link, path, to, options);
  }

  /** The bytes of a file, at most `maxBytes` (256 MiB). */
  async downloadBytes(
    path: string,
    options: DownloadOptions & { maxBytes?: number } = {},
  ): Promise<Bytes> {
    const target = memoryTarget(options.maxBytes ?? MOST_BYTES);
    await download(this.#link, path, target, options);
    return target.bytes();
  }

  /** Uploads a file of a path, bytes, a stream or a source, which is closed. */
  async upload(
    source: UploadSource,
    path: string,
    options: UploadOptions = {},
  ): Promise<TransferResult> {
    return await upload(this.#link, source, path, this.#files, options);
  }

  /** Removes a file. */
  async remove(path: string, options?: CallOptions): Promise<void> {
    const command = { verb: "DELE", argument: pathArgument(path) };
    await this.#perform(command, { ...options, ...CHANGES });
  }

  /** Gives a file or folder another name. */
  async rename(from: string, to: string, of?: CallOptions): Promise<void> {
    await this.#link.run(
      (session, signal) => rename(session, from, to, signal),
      { ...of, ...CHANGES },
    );
  }

  /** Makes a folder; with `parents`, also those above, unless they exist. */
  async makeDirectory(
    path: string,
    options: CallOptions & { parents?: boolean } = {},
  ): Promise<void> {
    const { parents = false, signal } = options;
    await this.#link.run(
      (session, signal) => makeDirectory(session, path, parents, signal),
      { signal, repeat: parents ? "any" : "refused" },
    );
  }

  /** Removes a folder. */
  async removeDirectory(
    path: string,
    options: RemoveDirectoryOptions = {},
  ): Promise<void> {
    const { recursive = false, signal } = options;
    if (!recursive) {
      const command = { verb: "RMD", argument: pathArgument(path) };
      await this.#perform(command, { signal, ...CHANGES });
      return;
    }
    const { maxDepth = 100, maxEntries: entriesLeft = 1_000_000 } = options;
    const limits = { maxDepth, entriesLeft };
    await this.#link.run(
      (session, signal) => removeTree(session, path, limits, signal),
      { signal, ...CHANGES },
    );
  }

  /** Changes the current folder. */
  async changeDirectory(path: string, options?: CallOptions): Promise<void> {
    await this.#link.changeFolder(path, options?.signal);
  }

  /** The current folder. */
  async workingDirectory(options?: CallOptions): Promise<string> {
    const { lines } = await this.#perform({ verb: "PWD" }, options);
    const path = parsePathname(lines.join(" "));
    if (path !== null) return path;
    throw new ProtocolError("The server's reply to PWD names no folder");
  }

  /** Sets permission bits (SITE CHMOD). */
  async chmod(
    path: string,
    mode: number,
    options?: CallOptions,
  ): Promise<void> {
    const bits = mode.toString(8).padStart(3, "0");
    await this.site(`CHMOD ${bits} ${pathArgument(path)}`, options);
  }

  /** Sets the time of last modification (MFMT, SITE UTIME or MDTM). */
  async setModified(
    path: string,
    time: Date,
    options?: CallOptions,
  ): Promise<void> {
    await this.#link.run(
      (session, signal) => setModified(session, path, time, signal),
      options,
    );
  }

  /** What the server said that it can, after the login. */
  get features(): Features {
    return this.#link.session.features;
  }

  /** A command of the server's own. */
  async site(text: string, options?: CallOptions): Promise<Reply> {
    const command = { verb: "SITE", argument: text };
    return await this.#perform(command, { ...options, ...CHANGES });
  }

  /** Sends a command as it is and gives the reply, whatever it says. */
  async quote(line: string, options?: CallOptions): Promise<Reply> {
    const [verb = "", ...words] = line.split(" ");
    const argument = words.length > 0 ? words.join(" ") : undefined;
    const command = { verb: verb.toUpperCase(), argument };
    return await this.#link.run((session, signal) => {
      session.type = null; // Who knows what it will be.
      return session.control.ask(command, signal);
    }, { ...options, ...CHANGES });
  }

  /** Cancels what runs and what waits; the connection stays, or is closed. */
  abort(reason: unknown = new DOMException("Aborted", "AbortError")): void {
    this.#link.abort(reason);
  }

  /** Says goodbye and ends the connection; what still runs is cancelled. */
  async close(): Promise<void> {
    await this.#link.close();
  }

  /** The same as {@linkcode FtpClient.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #perform(command: Command, options?: RunOptions): Promise<Reply> {
    return await this.#link.run(
      (session, signal) => perform(session, command, signal),
      options,
    );
  }
}

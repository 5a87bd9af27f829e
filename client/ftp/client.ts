/**
 * An FTP client for programs: one short method per intention.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import type { Features } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import * as calls from "./client_calls.ts";
import { pathArgument } from "./command_text.ts";
import type { DataOptions } from "./data.ts";
import type { DownloadOptions, TransferResult } from "./download.ts";
import { modifiedOf, sizeOf, statOf } from "./files.ts";
import type { FileHash, HashOptions } from "./hash.ts";
import { Link, type LinkOptions } from "./link.ts";
import type { ListEntry, ListOptions } from "./listing.ts";
import { type LocalFiles, localFiles } from "./local_files.ts";
import type {
  CallOptions,
  ConnectOptions,
  DownloadBytesOptions,
  LoginOptions,
  MakeDirectoryOptions,
  RemoveDirectoryOptions,
} from "./options.ts";
import { downloadRange, type RangeOptions } from "./range_target.ts";
import type { FtpSession } from "./session.ts";
import type { UploadSource } from "./supplies.ts";
import { type DownloadTarget, list, upload } from "./transfers.ts";
import type { UploadOptions } from "./upload.ts";

const ANONYMOUS = "anonymous";

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
  readonly #options: LinkOptions;

  private constructor(link: Link, files: LocalFiles, options: LinkOptions) {
    this.#link = link;
    this.#files = files;
    this.#options = options;
  }

  /**
   * Connects and reads the greeting.
   */
  static async connect(options: ConnectOptions): Promise<FtpClient> {
    const { signal = new AbortController().signal, ...link } = options;
    const { files = localFiles() } = options;
    return new FtpClient(await Link.open(link, signal), files, link);
  }

  /** What the server greeted with. */
  get greeting(): Reply {
    return this.#link.session.greeting;
  }

  /** How commands are, or were, protected; `null` without TLS. */
  get tls(): TlsFacts | null {
    return this.#link.session.tls?.facts ?? null;
  }

  /** Whether it connects anew as soon as it may: its TLS session is used up. */
  get isWorn(): boolean {
    return this.#link.isWorn;
  }

  /** Why nothing works any more; `null` while it does. */
  get closed(): Error | null {
    return this.#link.session.control.closed;
  }

  /** How data connections are made from now on. */
  set data(options: DataOptions) {
    this.#link.session.data.options = options;
  }

  /** Further attempts after the first, from now on. */
  set retries(count: number) {
    this.#options.retries = count; // Where the link looks it up.
  }

  /** Logs in, anonymously when nobody is named. */
  async login(
    user: string = ANONYMOUS,
    password: string = `${ANONYMOUS}@`,
    options: LoginOptions = {},
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
    return await this.#of(path, statOf, options);
  }

  /** Bytes of a file. */
  async size(path: string, options?: CallOptions): Promise<number> {
    return await this.#of(path, sizeOf, options);
  }

  /** Last modification of a file. */
  async modified(path: string, options?: CallOptions): Promise<Date> {
    return await this.#of(path, modifiedOf, options);
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
    return await calls.downloadTo(this.#link, path, target, {
      files: this.#files,
      ...options,
    });
  }

  /** The bytes of a file, at most `maxBytes` (256 MiB). */
  async downloadBytes(
    path: string,
    options: DownloadBytesOptions = {},
  ): Promise<Bytes> {
    return await calls.downloadToMemory(this.#link, path, options);
  }

  /** Gives bytes from the middle of a file to `sink`, which stays open. */
  async downloadRange(
    path: string,
    sink: Pick<Sink, "write">,
    options: RangeOptions = {},
  ): Promise<TransferResult> {
    return await downloadRange(this.#link, path, sink, options);
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
  async remove(path: string, options: CallOptions = {}): Promise<void> {
    await calls.removeFile(this.#link, path, options);
  }

  /** Gives a file or folder another name. */
  async rename(from: string, to: string, of?: CallOptions): Promise<void> {
    await calls.renameFile(this.#link, from, to, of);
  }

  /** Makes a folder; with `parents`, also those above, unless they exist. */
  async makeDirectory(
    path: string,
    options: MakeDirectoryOptions = {},
  ): Promise<void> {
    await calls.makeFolder(this.#link, path, options);
  }

  /** Removes a folder, which is empty or shall be emptied: `recursive`. */
  async removeDirectory(
    path: string,
    options: RemoveDirectoryOptions = {},
  ): Promise<void> {
    await calls.removeFolder(this.#link, path, options);
  }

  /** Changes the current folder. */
  async changeDirectory(path: string, options?: CallOptions): Promise<void> {
    await this.#link.changeFolder(path, options?.signal);
  }

  /** The current folder. */
  async workingDirectory(options: CallOptions = {}): Promise<string> {
    return await calls.currentFolder(this.#link, options);
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
  async setModified(path: string, time: Date, of?: CallOptions): Promise<void> {
    await calls.setTime(this.#link, path, time, of);
  }

  /**
   * What the server calculates from the bytes of a file (HASH, XSHA256, XMD5,
   * XCRC, ...), by the strongest algorithm it offers when none is named; `null`
   * when it offers none. It may take the server ten minutes.
   */
  async hash(
    path: string,
    options: HashOptions = {},
  ): Promise<FileHash | null> {
    return await calls.hashOnServer(this.#link, path, options);
  }

  /** What the server said that it can, after the login. */
  get features(): Features {
    return this.#link.session.features;
  }

  /** A command of the server's own. */
  async site(text: string, options: CallOptions = {}): Promise<Reply> {
    return await calls.site(this.#link, text, options);
  }

  /** Sends a command as it is and gives the reply, whatever it says. */
  async quote(line: string, options: CallOptions = {}): Promise<Reply> {
    return await calls.quoted(this.#link, line, options);
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

  async #of<T>(
    path: string,
    task: (
      session: FtpSession,
      path: string,
      signal: AbortSignal,
    ) => Promise<T>,
    options?: CallOptions,
  ): Promise<T> {
    return await this.#link.run(
      (session, signal) => task(session, path, signal),
      options,
    );
  }
}

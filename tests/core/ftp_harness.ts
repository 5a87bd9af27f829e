/**
 * An FTP session in memory, and the client that talks to it.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { createLog } from "../../lib/log.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
import { serveSession } from "../../server/ftp/connection.ts";
import { tlsPolicy } from "../../server/ftp/tls.ts";
import type { SessionEnd } from "../../server/ftp/operations/witness.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { readAll, textOf } from "./byte_cases.ts";
import { fakeServerTls, FakeTlsClient, type Hello } from "./ftp_fake_tls.ts";
import { MemoryConn } from "./ftp_memory_conn.ts";
import { memoryDataPorts, type MemoryPort } from "./ftp_memory_port.ts";
import { OpenFiles } from "./ftp_open_files.ts";
import type { StartOptions } from "./ftp_start_options.ts";

export type { StartOptions } from "./ftp_start_options.ts";

/** The day on which all sessions take place. */
export const TODAY: number = Date.UTC(2026, 5, 15, 12, 0, 0);

/** A session, seen from its client. */
export class FtpClient {
  /** The control connection. */
  readonly control: MemoryConn = new MemoryConn();
  /** Every data port the server has made, oldest first. */
  readonly ports: MemoryPort[] = [];
  /** The file system behind the accounts. */
  readonly fs: FileSystem;
  /** What the server has logged. */
  readonly log: Record<string, unknown>[] = [];
  /** How long the server has slept each time, in milliseconds. */
  readonly slept: number[] = [];
  /** Aborts when the server shall stop. */
  readonly stopping: AbortController = new AbortController();
  /** Resolves when the server has finished with the session. */
  readonly ended: Promise<void>;

  /** How the session was, once it has ended. */
  end: SessionEnd | undefined;
  /** What the server opened and how it closed it. */
  readonly files: OpenFiles = new OpenFiles();

  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { fatal: true });
  #read = 0;
  #unread = "";
  #tls: FakeTlsClient | null = null;
  readonly #dataTls: Map<MemoryConn, FakeTlsClient> = new Map();
  #isOver = false;

  constructor(options: StartOptions) {
    const { files = {}, capacity = Infinity, connects = true } = options;
    const { demands = {}, tls } = options;
    this.fs = memoryFileSystem(files, {
      capacity,
      now: () => new Date(TODAY),
    });
    this.control.mostPerWrite = options.mostPerWrite ?? Infinity;
    const seen = this.files.watch(options.wrap?.(this.fs) ?? this.fs);
    const ends = { remote: "192.0.2.1", local: "192.0.2.1", ...options.ends };
    if (options.implicit) this.startTls(options.implicit);
    const control = options.wrapControl?.(this.control.server);
    const ports = memoryDataPorts(this.ports, connects);
    const over = serveSession(control ?? this.control.server, {
      id: 1,
      ...ends,
      implicit: options.implicit !== undefined,
      policy: {
        authenticate: listedAccounts([
          { name: "alice", password: "secret", write: true, fs: seen },
          { name: "bob", password: "hidden", write: false, fs: seen },
          { name: "anonymous", password: null, write: false, fs: seen },
        ].map((account) => ({ ...account, tls: demands[account.name] }))),
        tls: tls &&
          tlsPolicy({ server: fakeServerTls(), policy: "optional", ...tls }),
        dataPorts: options.wrapPorts?.(ports) ?? ports,
        banner: "Ready.",
        ascii: true,
        dotfiles: "show",
        loginAttempts: 3,
        loginDelay: 1000,
        now: () => TODAY,
        sleep: (milliseconds, signal) => {
          this.slept.push(milliseconds);
          signal.throwIfAborted();
          return Promise.resolve();
        },
        ...options.policy,
      },
      limits: {
        idleTimeout: 20_000,
        loginTimeout: 20_000,
        dataTimeout: 20_000,
        buffers: bufferPool(),
        ...options.limits,
      },
      stopping: options.stopping ?? this.stopping.signal,
      who: options.who,
      observer: options.observer,
      kickable: (kick) => options.kicked?.addEventListener("abort", kick),
      turn: () => new Promise((resolve) => setImmediate(() => resolve())),
      log: createLog({
        format: "json",
        write: (line) => this.log.push(JSON.parse(line)),
      }),
    });
    over.then((end) => this.end = end, () => {});
    this.ended = over.then(() => {}).finally(() => this.#over());
    this.ended.catch(() => {}); // Told by finish().
  }

  /** The newest data port's connection. */
  get data(): MemoryConn {
    return this.ports.at(-1)!.conn;
  }

  /** Sends a command. */
  command(line: string): void {
    this.send(`${line}\r\n`);
  }

  /** Sends anything over the control connection, as it is protected now. */
  send(data: string | Bytes): void {
    this.control.send(this.#tls === null ? data : this.#tls.seal(data));
  }

  /** Whether commands go over TLS. */
  get isSecured(): boolean {
    return this.#tls !== null;
  }

  /** Begins TLS on the control connection. */
  startTls(hello: Hello = {}): void {
    this.#tls = new FakeTlsClient();
    this.control.send(this.#tls.hello(hello));
  }

  /** Waits for the server's close_notify and answers it. */
  async endTls(): Promise<void> {
    while (!this.#tls!.hasEnded && !this.#isOver) {
      this.#hear();
      if (!this.#tls!.hasEnded) await this.#change();
    }
    this.control.send(this.#tls!.goodbye());
    this.#tls = null;
  }

  /** Whether the server has ended TLS by close_notify. */
  get hasEndedTls(): boolean {
    this.#hear();
    return this.#tls!.hasEnded;
  }

  /** Begins TLS on the newest data connection. */
  startDataTls(hello: Hello = {}): void {
    const tls = new FakeTlsClient();
    this.#dataTls.set(this.data, tls);
    this.data.send(tls.hello(hello));
  }

  /** Sends over the newest data connection. */
  sendData(data: string | Bytes): void {
    this.data.send(this.#dataTls.get(this.data)?.seal(data) ?? data);
  }

  /** Ends the newest data connection, and TLS before. */
  endData(): void {
    const { data } = this;
    const tls = this.#dataTls.get(data);
    if (tls !== undefined) data.send(tls.goodbye());
    data.end();
  }

  /** Everything that comes over the newest data connection, until its end. */
  async takeData(): Promise<string> {
    const { data } = this;
    const tls = this.#dataTls.get(data);
    if (tls === undefined) {
      await data.closed;
      return data.text;
    }
    const text = await tls.readAll(data);
    this.endData();
    await data.closed;
    return text;
  }

  /** The next whole reply, its lines joined by LF; `null` at the end. */
  async reply(): Promise<string | null> {
    for (;;) {
      const reply = this.#takeReply();
      if (reply !== null || this.#isOver) return reply;
      await this.#change();
    }
  }

  /** The next whole reply when it is here already; else `null`. */
  replyHere(): string | null {
    return this.#takeReply();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.control.onChange = resolve);
  }

  /** Sends a command and takes one reply. */
  async ask(line: string): Promise<string> {
    this.command(line);
    return await this.reply() ?? "(closed)";
  }

  /** Logs in with a binary type. */
  async logIn(user = "alice", password = "secret"): Promise<void> {
    assertMatch(await this.ask(`USER ${user}`), /^331/);
    assertMatch(await this.ask(`PASS ${password}`), /^230/);
    assertMatch(await this.ask("TYPE I"), /^200/);
  }

  /** Leaves, waits for the server, and fails when it said or did too much. */
  async finish(): Promise<void> {
    this.control.end();
    await this.ended;
    assertEquals(await this.reply(), null, "more replies than expected");
    assertEquals(this.#unread, "", "half a reply");
    assertEquals(this.logged("internal-error"), []);
    assertEquals([...this.files.open], [], "files left open");
    for (const { target, closed, conn, used } of this.ports) {
      const where = `data port ${JSON.stringify(target)}`;
      assert(used ? conn.isClosed : closed, `${where} left open`);
    }
  }

  /** The log lines of an event. */
  logged(event: string): Record<string, unknown>[] {
    return this.log.filter((line) => line.event === event);
  }

  #over(): void {
    this.#isOver = true;
    this.control.onChange();
  }

  /** Listens to what has come. */
  #hear(): void {
    const { received } = this.control;
    while (this.#read < received.length) {
      const bytes = received[this.#read++]!;
      const said = this.#tls === null ? bytes : this.#tls.open(bytes);
      this.#unread += this.#decoder.decode(said, { stream: true });
    }
  }

  /** Takes the first reply that is there as a whole. */
  #takeReply(): string | null {
    this.#hear();
    const match = /^(\d{3})(?: |-[^]*?\r\n\1 ).*\r\n/.exec(this.#unread);
    if (match === null) return null;
    this.#unread = this.#unread.slice(match[0].length);
    return match[0].slice(0, -2).replaceAll("\r\n", "\n");
  }
}

/** Starts a session and reads the greeting. */
export async function startSession(
  options: StartOptions = {},
): Promise<FtpClient> {
  const client = new FtpClient(options);
  assertMatch(await client.reply() ?? "", /^220/);
  return client;
}

/** Starts a session that alice has logged into, with a binary type. */
export async function startAlice(
  options: StartOptions = {},
): Promise<FtpClient> {
  const client = await startSession(options);
  await client.logIn();
  return client;
}

/** The text of a file. */
export async function contentOf(fs: FileSystem, path: string): Promise<string> {
  return textOf(await readAll(await fs.read(path, 0), 65536));
}

/** The names in a folder. */
export async function namesIn(
  fs: FileSystem,
  path: string,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await fs.list(path, { sorted: true })) {
    names.push(name);
  }
  return names;
}

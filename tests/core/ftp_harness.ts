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
import type { SessionLimits } from "../../server/ftp/session_options.ts";
import type { Ends, FtpPolicy } from "../../server/ftp/session.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { readAll, textOf } from "./byte_cases.ts";
import { MemoryConn } from "./ftp_memory_conn.ts";
import { memoryDataPorts, type MemoryPort } from "./ftp_memory_port.ts";
import { OpenFiles } from "./ftp_open_files.ts";

/** The day on which all sessions take place. */
export const TODAY: number = Date.UTC(2026, 5, 15, 12, 0, 0);

/** Options for {@linkcode startSession}. */
export interface StartOptions {
  /** What the file system begins with. @default {} */
  files?: Record<string, string | Bytes | null>;
  /** Bytes the file system holds. @default {Infinity} */
  capacity?: number;
  /** What the accounts see of the file system. @default all of it, as it is */
  wrap?: (fs: FileSystem) => FileSystem;
  /** What differs from the usual policy. */
  policy?: Partial<FtpPolicy>;
  /** What differs from the usual limits. */
  limits?: Partial<SessionLimits>;
  /** Addresses. @default both 192.0.2.1 */
  ends?: Partial<Ends>;
  /** Whether the client connects to data ports by itself. @default {true} */
  connects?: boolean;
  /** Already aborted, or aborted later. @default never */
  stopping?: AbortSignal;
  /** Most bytes that one write to the control connection takes. */
  mostPerWrite?: number;
}

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

  /** What the server opened and how it closed it. */
  readonly files: OpenFiles = new OpenFiles();

  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { fatal: true });
  #read = 0;
  #unread = "";
  #isOver = false;

  constructor(options: StartOptions) {
    const { files = {}, capacity = Infinity, connects = true } = options;
    this.fs = memoryFileSystem(files, {
      capacity,
      now: () => new Date(TODAY),
    });
    this.control.mostPerWrite = options.mostPerWrite ?? Infinity;
    const seen = this.files.watch(options.wrap?.(this.fs) ?? this.fs);
    const ends = { remote: "192.0.2.1", local: "192.0.2.1", ...options.ends };
    const over = serveSession(this.control.server, {
      id: 1,
      ...ends,
      policy: {
        authenticate: listedAccounts([
          { name: "alice", password: "secret", write: true, fs: seen },
          { name: "bob", password: "hidden", write: false, fs: seen },
          { name: "anonymous", password: null, write: false, fs: seen },
        ]),
        dataPorts: memoryDataPorts(this.ports, connects),
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
      turn: () => new Promise((resolve) => setImmediate(() => resolve())),
      log: createLog({
        format: "json",
        write: (line) => this.log.push(JSON.parse(line)),
      }),
    });
    this.ended = over.finally(() => this.#over());
    this.ended.catch(() => {}); // Told by finish().
  }

  /** The newest data port's connection. */
  get data(): MemoryConn {
    return this.ports.at(-1)!.conn;
  }

  /** Sends a command. */
  command(line: string): void {
    this.control.send(`${line}\r\n`);
  }

  /** The next whole reply, its lines joined by LF; `null` at the end. */
  async reply(): Promise<string | null> {
    for (;;) {
      const reply = this.#takeReply();
      if (reply !== null || this.#isOver) return reply;
      await new Promise<void>((resolve) => {
        this.control.onChange = resolve;
      });
    }
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

  /** Takes the first reply that is there as a whole. */
  #takeReply(): string | null {
    const { received } = this.control;
    while (this.#read < received.length) {
      const bytes = received[this.#read++]!;
      this.#unread += this.#decoder.decode(bytes, { stream: true });
    }
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

/**
 * A session of `ftpd` in memory that a script plays: everything that it could
 * leave behind is counted.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { resolvePath } from "../../../lib/ftp/path.ts";
import type { FileSystem } from "../../../server/fs/file_system.ts";
import { quota } from "../../../server/fs/quota.ts";
import type { BufferPool } from "../../../server/ftp/buffers.ts";
import { contentOf, FtpClient } from "../../core/ftp_harness.ts";
import { countedTimers, type Timers } from "./timers.ts";

/** What every session begins with, and what it may hold. */
const FILES = {
  "/a": "abc",
  "/a b": "x\ny\n",
  "/sub/c": "0123456789",
  "/.d": "",
};
const MAX = { bytes: 3000, files: 12 };
/** Turns without news after which nothing more is expected. */
const QUIET = 5;
const MOST_TURNS = 400;
/** Pauses after which what has not come never will. */
const PATIENCE = 400;

/** How a session is. */
export interface StageOptions {
  /** Whether data connections come at once. */
  readonly connects: boolean;
  /** Whether the server speaks TLS. */
  readonly tls: boolean;
}

/** A session and what it leaves behind. */
export class Stage {
  /** The client's side. */
  readonly client: FtpClient;
  /** Replies, as they came. */
  readonly replies: string[] = [];
  /** Aborts when an administrator sends the client away. */
  readonly kick: AbortController = new AbortController();
  readonly #timers: Timers = countedTimers();
  #lent = 0;
  #calls = 0;
  /** Whether the server has closed. */
  isOver = false;

  /** Begins the session. */
  constructor({ connects, tls }: StageOptions) {
    this.client = new FtpClient({
      files: FILES,
      connects,
      ...(tls ? { tls: {} } : {}),
      kicked: this.kick.signal,
      wrap: (fs) => this.#watched(quota(fs, MAX)),
      policy: { loginAttempts: 3 },
      limits: { buffers: this.#buffers() },
    });
    this.client.ended.then(() => this.isOver = true, () => this.isOver = true);
  }

  /** Short buffers, counted. */
  #buffers(): BufferPool {
    return {
      lend: (longest = 1024) => {
        this.#lent++;
        return new Uint8Array(Math.min(longest, 1024));
      },
      giveBack: () => void this.#lent--,
    };
  }

  /** No path but those that a file system is promised. */
  #watched(fs: FileSystem): FileSystem {
    const watched: Record<string, unknown> = {};
    for (const [name, method] of Object.entries(fs)) {
      watched[name] = (...args: unknown[]) => {
        this.#calls++;
        for (const arg of args.filter((each) => typeof each === "string")) {
          assertEquals(resolvePath("/", arg), arg, `${name}(${arg})`);
          assert(!/[\0\r\n]/.test(arg), `${name}(${arg})`);
        }
        return (method as (...args: unknown[]) => unknown)(...args);
      };
    }
    return watched as unknown as FileSystem;
  }

  /** How often the file system was asked for anything. */
  get calls(): number {
    return this.#calls;
  }

  /** Lets everything happen that will happen without more from the client. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let turns = 0; quiet < QUIET && turns < MOST_TURNS; turns++) {
      const before = this.#news;
      await new Promise<void>((resolve) => void setImmediate(resolve));
      quiet = before === this.#news ? quiet + 1 : 0;
    }
    this.#hear();
  }

  get #news(): number {
    const { control, ports } = this.client;
    return ports.reduce(
      (sum, { conn, used, closed }) =>
        sum + conn.received.length + Number(conn.isClosed) + Number(used) +
        Number(closed),
      control.received.length + this.#calls + ports.length,
    );
  }

  /** Takes the replies that are there. */
  #hear(): void {
    for (let reply; (reply = this.client.replyHere()) !== null;) {
      this.replies.push(reply);
    }
  }

  /** Waits for something that has to come, while nothing is held back. */
  async until(isThere: () => boolean, what: () => string): Promise<void> {
    for (let pauses = 0; !isThere(); pauses++) {
      this.#letAll();
      await this.settle();
      if (isThere()) return;
      assert(pauses < PATIENCE, what());
      await this.#timers.pause();
    }
  }

  /** Whatever the script holds back goes on, and ends. */
  #letAll(): void {
    this.client.control.unblock();
    for (const port of this.client.ports) {
      port.connect();
      port.conn.unblock();
      port.conn.end();
    }
  }

  /** Ends the session, and fails when anything is left. */
  async finish(): Promise<void> {
    const { client } = this;
    client.control.end();
    await this.until(() => this.isOver, () => "the session does not end");
    await client.ended;
    assertEquals(client.logged("internal-error"), []);
    assertEquals([...client.files.open], [], "files left open");
    for (const { target, closed, conn, used } of client.ports) {
      const where = `data port ${JSON.stringify(target)}`;
      assert(used ? conn.isClosed : closed, `${where} left open`);
    }
    assertEquals(this.#lent, 0, "buffers left");
    assertEquals(this.#timers.stop(), [], "timers left");
  }

  /** Stops counting, also after a failure. */
  dispose(): void {
    this.#timers.stop();
  }

  /** Fails when there is more than the quota lets in; gives the whole tree. */
  async tree(): Promise<string> {
    let [bytes, files] = [0, 0];
    const lines: string[] = [];
    const folders = ["/"];
    for (let folder; (folder = folders.pop()) !== undefined;) {
      for await (
        const { name, type, size } of await this.client.fs.list(folder)
      ) {
        const path = resolvePath(folder, name);
        files++;
        if (type === "directory") folders.push(path);
        else bytes += size;
        const isShown = type === "file" && size < 100;
        lines.push(
          `${path} ${type} ${isShown ? await this.#contentOf(path) : size}`,
        );
      }
    }
    assert(
      bytes <= MAX.bytes && files <= MAX.files,
      `${bytes} bytes in ${files}`,
    );
    return lines.sort().join("\n");
  }

  async #contentOf(path: string): Promise<string> {
    return await contentOf(this.client.fs, path).catch(() => "?");
  }
}

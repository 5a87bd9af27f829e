/**
 * A client of ours with a server that a test plays, both in memory.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import type { ConnectOptions } from "../../client/ftp/options.ts";
import type { Sink, Source } from "../../lib/bytes.ts";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import type {
  LocalEntry,
  LocalFile,
  LocalFiles,
} from "../../client/ftp/local_files.ts";
import { type Answers, Peer, SERVER } from "./client_peer.ts";
import { bytesOf, textOf } from "./byte_cases.ts";

/** What a scripted test has. */
export interface Stage {
  /** The server. */
  peer: Peer;
  /** The client, logged in. */
  client: FtpClient;
  /** The client's clock; stands still. */
  clock: ManualClock;
  /** The client's local files. */
  disk: Disk;
}

/** Local files in memory. */
export class Disk implements LocalFiles {
  /** Contents by path. */
  readonly files: Map<string, string> = new Map();
  /** Times by path. */
  readonly times: Map<string, Date> = new Map();
  /** Writing fails with this. */
  failure: Error | null = null;

  stat(path: string): Promise<LocalFile | null> {
    if (this.folders.has(path)) {
      return Promise.resolve({ type: "directory", size: 0, modified: null });
    }
    const text = this.files.get(path);
    if (text === undefined) return Promise.resolve(null);
    const modified = this.times.get(path) ?? null;
    const size = bytesOf(text).length;
    return Promise.resolve({ type: "file", size, modified });
  }

  read(path: string, offset: number): Promise<Source & { size: number }> {
    const text = this.files.get(path);
    if (text === undefined) return Promise.reject(new Error("no such file"));
    const bytes = bytesOf(text);
    let at = offset;
    return Promise.resolve({
      size: bytes.length,
      read(buffer) {
        const part = bytes.subarray(at, at += buffer.length);
        buffer.set(part);
        return Promise.resolve(part.length || null);
      },
      close() {},
    });
  }

  create(path: string): Promise<Sink> {
    this.files.set(path, "");
    return this.extend(path, 0);
  }

  extend(path: string, offset: number): Promise<Sink> {
    this.files.set(path, this.files.get(path)!.slice(0, offset));
    return Promise.resolve({
      write: (bytes) => {
        if (this.failure !== null) return Promise.reject(this.failure);
        this.files.set(path, this.files.get(path)! + textOf(bytes));
        return Promise.resolve(bytes.length);
      },
      close() {},
      abort() {},
    });
  }

  rename(from: string, to: string): Promise<void> {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
    const time = this.times.get(from);
    if (time !== undefined) this.times.set(to, time);
    this.times.delete(from);
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }

  setModified(path: string, time: Date): Promise<void> {
    this.times.set(path, time);
    return Promise.resolve();
  }

  patch(path: string, offset: number): Promise<Sink> {
    let at = offset;
    return Promise.resolve({
      write: (bytes) => {
        if (this.failure !== null) return Promise.reject(this.failure);
        const text = this.files.get(path)!.padEnd(at, "\0");
        const after = text.slice(at + bytes.length);
        this.files.set(path, text.slice(0, at) + textOf(bytes) + after);
        at += bytes.length;
        return Promise.resolve(bytes.length);
      },
      close() {},
      abort() {},
    });
  }

  /** Folders by path; files need none. */
  readonly folders: Set<string> = new Set();

  async *list(path: string): AsyncGenerator<LocalEntry> {
    const start = path.endsWith("/") ? path : `${path}/`;
    for (const folder of this.folders) {
      const name = folder.slice(start.length);
      if (!folder.startsWith(start) || name.includes("/")) continue;
      yield { name, type: "directory", size: 0, modified: null };
    }
    for (const file of this.files.keys()) {
      const name = file.slice(start.length);
      if (!file.startsWith(start) || name.includes("/")) continue;
      yield { name, ...(await this.stat(file))! };
    }
  }

  makeDirectory(path: string): Promise<void> {
    this.folders.add(path);
    return Promise.resolve();
  }

  removeDirectory(path: string): Promise<void> {
    this.folders.delete(path);
    return Promise.resolve();
  }
}

/** Runs `action`; afterwards no connection and no listener may be open. */
export async function play(
  answers: Answers,
  action: (stage: Stage) => Promise<void>,
  options: Partial<ConnectOptions> = {},
  greeting = "220 Ready",
): Promise<void> {
  const peer = new Peer(answers);
  peer.greeting = greeting;
  const clock = manualClock();
  const disk = new Disk();
  const client = await FtpClient.connect({
    ...SERVER,
    network: peer.network,
    clock,
    files: disk,
    ...options,
  });
  await client.login();
  try {
    await action({ peer, client, clock, disk });
  } finally {
    await client.close();
  }
  assertEquals(clock.sleeping, 0, "timers left");
  assert(peer.controls.every(({ isClosed }) => isClosed), "control left open");
  assert(peer.dataConns.every(({ isClosed }) => isClosed), "data left open");
  assert(peer.listening.every(({ open }) => !open), "listener left open");
}

/** Names in a listing, in order. */
export async function names(
  listing: AsyncIterable<{ name: string }>,
): Promise<string[]> {
  return (await Array.fromAsync(listing)).map(({ name }) => name);
}

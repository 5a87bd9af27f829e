/**
 * A network in memory that leads to a server of ours: every connection is a
 * session, and data connections go both ways.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { createLog } from "../../lib/log.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
import { serveSession } from "../../server/ftp/connection.ts";
import type {
  DataPorts,
  FtpPolicy,
  PassivePort,
} from "../../server/ftp/session.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { textOf } from "./byte_cases.ts";

/** Where the server is. */
export const HOST: HostPort = { hostname: "192.0.2.1", port: 21 };
const CLIENT = "192.0.2.9";

/** A server of ours in memory, and the way to it. */
export class MemoryServer {
  /** The way to the server. */
  readonly network: ClientNetwork;
  /** What all connections said to the server, passwords included. */
  readonly commands: string[] = [];
  /** Sessions that are open now, and that were open at the same time. */
  sessions: { open: number; most: number } = { open: 0, most: 0 };
  /** Breaks everything once so many more bytes came over data connections. */
  breakAfter: number = Infinity;
  /** The server cannot be reached any more. */
  down = false;

  readonly #fs: FileSystem;
  readonly #policy: Partial<FtpPolicy>;
  readonly #ports: Map<number, (end: PipeEnd) => void> = new Map();
  readonly #ends: Set<Stream> = new Set();
  readonly #running: Set<Promise<unknown>> = new Set();
  readonly #stopping = new AbortController();
  #lastPort = 40_000;

  /** Everybody may change everything of `fs`; alice's password is secret. */
  constructor(fs: FileSystem, policy: Partial<FtpPolicy> = {}) {
    this.#fs = fs;
    this.#policy = policy;
    this.network = {
      connect: (to) => this.#connect(to),
      listen: () => this.#listen(),
    };
  }

  /** Breaks every connection. */
  breakAll(): void {
    for (const end of this.#ends) end.close();
  }

  /** Waits until all sessions have ended; their connections must be closed. */
  async ended(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** How many commands of a verb were given. */
  count(verb: string): number {
    return this.commands.filter((line) => line.split(" ", 1)[0] === verb)
      .length;
  }

  #connect({ port, hostname }: HostPort): Promise<ClientConnection> {
    const refused = Object.assign(new Error(), { name: "ConnectionRefused" });
    const [client, server] = memoryPipe();
    if (port === HOST.port && !this.down) this.#serve(server);
    else {
      const arrival = this.#ports.get(port);
      if (arrival === undefined) return Promise.reject(refused);
      arrival(server);
    }
    return Promise.resolve(this.#connection(client, { hostname, port }));
  }

  #connection(
    end: PipeEnd,
    remote: HostPort,
  ): ClientConnection & Pick<PipeEnd, "reset"> {
    this.#ends.add(end);
    const isData = remote.port !== HOST.port;
    return {
      read: async (buffer) => this.#pass(isData, await end.read(buffer)),
      write: async (bytes) => this.#pass(isData, await end.write(bytes)),
      close: () => {
        this.#ends.delete(end);
        end.close();
      },
      reset: () => end.reset(),
      remote,
      local: { hostname: CLIENT, port: 50_000 },
    };
  }

  #pass<T extends number | null>(isData: boolean, count: T): T {
    if (!isData || count === null) return count;
    this.breakAfter -= count;
    if (this.breakAfter > 0) return count;
    this.breakAfter = Infinity;
    this.breakAll();
    throw new Error("Connection reset by peer");
  }

  #listen(): ReturnType<ClientNetwork["listen"]> {
    const port = ++this.#lastPort;
    const arrived = Promise.withResolvers<ClientConnection>();
    arrived.promise.catch(() => {}); // Nobody may wait for it.
    this.#ports.set(
      port,
      (end) => arrived.resolve(this.#connection(end, { ...HOST, port: 20 })),
    );
    return {
      port,
      accept: () => arrived.promise,
      close: () => {
        this.#ports.delete(port);
        arrived.reject(new Error("listener closed"));
      },
    };
  }

  #serve(control: Stream): void {
    const { sessions } = this;
    sessions.most = Math.max(sessions.most, ++sessions.open);
    const session = serveSession(this.#heard(control), {
      id: 1,
      remote: CLIENT,
      local: HOST.hostname,
      policy: this.#fullPolicy(),
      limits: {
        idleTimeout: 20_000,
        loginTimeout: 20_000,
        dataTimeout: 20_000,
        buffers: bufferPool(),
      },
      stopping: this.#stopping.signal,
      turn: () => new Promise((resolve) => setImmediate(() => resolve())),
      log: createLog({ format: "text", write: () => {} }),
    }).finally(() => {
      control.close();
      sessions.open--;
    });
    this.#running.add(session);
  }

  /** Notes the commands. */
  #heard(control: Stream): Stream {
    let unread = "";
    return {
      ...control,
      read: async (buffer) => {
        const count = await control.read(buffer);
        unread += count === null ? "" : textOf(buffer.slice(0, count));
        const lines = unread.split("\r\n");
        unread = lines.pop()!;
        this.commands.push(...lines);
        return count;
      },
    };
  }

  #fullPolicy(): FtpPolicy {
    const fs = this.#fs;
    return {
      authenticate: listedAccounts([
        { name: "anonymous", password: null, write: true, fs },
        { name: "alice", password: "secret", write: true, fs },
      ]),
      dataPorts: this.#dataPorts(),
      banner: "Ready.",
      ascii: true,
      dotfiles: "show",
      loginAttempts: 3,
      loginDelay: 0,
      now: () => Date.UTC(2026, 5, 15, 12),
      sleep: () => Promise.resolve(),
      ...this.#policy,
    };
  }

  #dataPorts(): DataPorts {
    return {
      passive: () => this.#passive(),
      active: ({ port }) => ({
        open: () => {
          const [client, server] = memoryPipe();
          this.#ports.get(port)?.(client);
          return Promise.resolve(server);
        },
        close: () => {},
      }),
    };
  }

  #passive(): PassivePort {
    const port = ++this.#lastPort;
    const arrived = Promise.withResolvers<Stream>();
    arrived.promise.catch(() => {}); // Nobody may wait for it.
    this.#ports.set(port, arrived.resolve);
    return {
      port,
      open: async (signal) => {
        const onAbort = () => arrived.reject(signal.reason);
        signal.addEventListener("abort", onAbort, { once: true });
        return await arrived.promise.finally(() => {
          this.#ports.delete(port);
          signal.removeEventListener("abort", onAbort);
        });
      },
      close: () => {
        this.#ports.delete(port);
        arrived.promise.then((end) => end.close(), () => {});
        arrived.reject(new Error("port closed"));
      },
    };
  }
}

/** One end of a connection. */
export interface PipeEnd extends Stream {
  /** Breaks the connection: the other end reads no more, either. */
  reset(): void;
}

/** Two ends of one connection. */
export function memoryPipe(): [PipeEnd, PipeEnd] {
  const there = new Way();
  const back = new Way();
  const end = (from: Way, to: Way): PipeEnd => ({
    read: (buffer) => from.read(buffer),
    write: (bytes) => to.write(bytes),
    close: () => {
      from.cut();
      to.end();
    },
    reset: () => {
      from.cut();
      to.cut();
    },
  });
  return [end(back, there), end(there, back)];
}

/** One direction of a connection. */
class Way {
  readonly #chunks: Bytes[] = [];
  #state: "open" | "ended" | "cut" = "open";
  #change = Promise.withResolvers<void>();

  async read(buffer: Bytes): Promise<number | null> {
    for (;;) {
      if (this.#state === "cut") throw new Error("Interrupted: closed");
      const [chunk] = this.#chunks;
      if (chunk !== undefined) {
        const count = Math.min(chunk.length, buffer.length);
        buffer.set(chunk.subarray(0, count));
        if (count === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(count);
        return count;
      }
      if (this.#state === "ended") return null;
      await this.#change.promise;
    }
  }

  write(bytes: Bytes): Promise<number> {
    if (this.#state !== "open") {
      return Promise.reject(new Error("Broken pipe"));
    }
    this.#chunks.push(bytes.slice());
    this.#changed();
    return Promise.resolve(bytes.length);
  }

  /** The writer has closed: what was written can still be read. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#changed();
  }

  /** The reader has closed. */
  cut(): void {
    this.#state = "cut";
    this.#changed();
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/**
 * The two ends of a connection in memory.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { joined } from "./byte_cases.ts";

/** One end of a connection in memory. */
export interface End extends Stream {
  /** Everything that was written here, all in all. */
  readonly sent: number;
  /** Bytes that were written here and not read over there. */
  readonly unread: number;
  /** Reads that wait here. */
  readonly pendingReads: number;
  /** Whether this end was closed. */
  readonly isClosed: boolean;
  /** Holds what the other end writes back until it is taken out. */
  hold(): { take(): Bytes };
  /** Ends this side's sending, as a bare FIN does. */
  endWrite(): void;
  /** Breaks the connection, as a reset does. */
  reset(): void;
}

/** Options for {@linkcode connection}. */
export interface ConnectionOptions {
  /** Bytes that fit between the two ends, each way. @default {65536} */
  readonly capacity?: number;
  /** Most bytes that one read or write moves. @default {no limit} */
  readonly most?: number;
}

/** One direction. */
class Way {
  readonly #capacity: number;
  readonly #most: number;
  #bytes: Bytes[] = [];
  #waiters: (() => void)[] = [];
  held = 0;
  total = 0;
  isOver = false;
  isHeld = false;
  fault: Error | null = null;

  constructor({ capacity = 65_536, most = Infinity }: ConnectionOptions) {
    this.#capacity = capacity;
    this.#most = most;
  }

  async put(bytes: Bytes, fault: () => Error | null): Promise<number> {
    await this.#until(() => this.held < this.#capacity || this.fault, fault);
    if (this.fault) throw this.fault;
    const room = Math.min(this.#capacity - this.held, this.#most);
    const part = bytes.slice(0, room);
    this.#bytes.push(part);
    this.held += part.length;
    this.total += part.length;
    this.wake();
    return part.length;
  }

  async get(buffer: Bytes, fault: () => Error | null): Promise<number | null> {
    await this.#until(
      () => !this.isHeld && (this.held > 0 || this.isOver || this.fault),
      fault,
    );
    if (this.held === 0) {
      if (this.fault) throw this.fault;
      return null;
    }
    const [first] = this.#bytes;
    const part = first!.subarray(0, Math.min(buffer.length, this.#most));
    buffer.set(part);
    if (part.length === first!.length) this.#bytes.shift();
    else this.#bytes[0] = first!.subarray(part.length);
    this.held -= part.length;
    this.wake();
    return part.length;
  }

  takeAll(): Bytes {
    const all = joined(this.#bytes.splice(0));
    this.held = 0;
    this.isHeld = false;
    return all;
  }

  wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  async #until(
    isSo: () => unknown,
    fault: () => Error | null,
  ): Promise<void> {
    for (;;) {
      const found = fault();
      if (found) throw found;
      if (isSo()) return;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }
}

/** The two ends of a new connection. */
export function connection(options: ConnectionOptions = {}): [End, End] {
  const there = new Way(options);
  const back = new Way(options);
  return [endOf(back, there), endOf(there, back)];
}

function endOf(incoming: Way, outgoing: Way): End {
  let closed: Error | null = null;
  let pendingReads = 0;
  const fault = () => closed;
  function wake(): void {
    incoming.wake();
    outgoing.wake();
  }
  return {
    async read(buffer) {
      pendingReads++;
      try {
        return await incoming.get(buffer, fault);
      } finally {
        pendingReads--;
      }
    },
    write: (bytes) => outgoing.put(bytes, fault),
    close() {
      closed ??= new Deno.errors.Interrupted("connection closed");
      outgoing.isOver = true;
      incoming.fault ??= new Deno.errors.BrokenPipe("the other end is gone");
      wake();
    },
    hold() {
      incoming.isHeld = true;
      return { take: () => incoming.takeAll() };
    },
    endWrite() {
      outgoing.isOver = true;
      wake();
    },
    reset() {
      const reset = new Deno.errors.ConnectionReset("connection reset");
      incoming.fault = outgoing.fault = reset;
      wake();
    },
    get sent() {
      return outgoing.total;
    },
    get unread() {
      return outgoing.held;
    },
    get pendingReads() {
      return pendingReads;
    },
    get isClosed() {
      return closed !== null;
    },
  };
}

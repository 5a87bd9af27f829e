/**
 * A connection in memory, to try a service without a socket.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { ServiceConn, StreamContext } from "./service.ts";

/** What a {@linkcode memoryConn} reads: each part is one read. */
export type MemoryInput = string | Bytes | readonly (string | Bytes)[];

/** Options for {@linkcode memoryConn}. */
export interface MemoryConnOptions {
  /** Most bytes that one write takes, as a busy socket does. @default no limit */
  maxWrite?: number;
}

/** A connection whose peer has said everything already. */
export interface MemoryConn extends ServiceConn {
  /** Everything that was written. */
  readonly output: Bytes;
  /** The same as text. */
  readonly text: string;
  /** Whether our side was ended. */
  readonly endedWrite: boolean;
}

/**
 * A connection that reads `input`, then its end, and keeps what is written.
 *
 * @example Try a service
 * ```ts
 * import { memoryConn, memoryContext } from "./memory_conn.ts";
 * import type { StreamService } from "./service.ts";
 *
 * const greet: StreamService = async (conn) => {
 *   await conn.write(new TextEncoder().encode("hello\n"));
 * };
 * const conn = memoryConn("");
 * await greet(conn, memoryContext());
 * console.assert(conn.text === "hello\n");
 * ```
 */
export function memoryConn(
  input: MemoryInput,
  { maxWrite = Infinity }: MemoryConnOptions = {},
): MemoryConn {
  const parts = partsOf(input);
  const written: Bytes[] = [];
  let endedWrite = false;
  return {
    read(buffer) {
      const [part] = parts;
      if (part === undefined) return Promise.resolve(null);
      const taken = part.subarray(0, buffer.length);
      buffer.set(taken);
      if (taken.length === part.length) parts.shift();
      else parts[0] = part.subarray(taken.length);
      return Promise.resolve(taken.length);
    },
    write(bytes) {
      if (endedWrite) {
        return Promise.reject(new Error("Cannot write: our side has ended"));
      }
      const taken = bytes.slice(0, maxWrite);
      written.push(taken);
      return Promise.resolve(taken.length);
    },
    closeWrite() {
      endedWrite = true;
      return Promise.resolve();
    },
    get output() {
      return joined(written);
    },
    get text() {
      return new TextDecoder().decode(joined(written));
    },
    get endedWrite() {
      return endedWrite;
    },
  };
}

/**
 * What a service knows of a connection that is only memory: a peer of the
 * documentation's network, nothing stops.
 */
export function memoryContext(
  given: Partial<StreamContext> = {},
): StreamContext {
  return {
    peer: { hostname: "192.0.2.7", port: 40001 },
    local: { hostname: "192.0.2.1", port: 50000 },
    stopping: new AbortController().signal,
    signal: new AbortController().signal,
    ...given,
  };
}

/** An empty part would look like a read of nothing: it is left out. */
function partsOf(input: MemoryInput): Bytes[] {
  const parts = typeof input === "string" || input instanceof Uint8Array
    ? [input]
    : input;
  return parts
    .map((part) =>
      typeof part === "string" ? new TextEncoder().encode(part) : part
    )
    .filter((part) => part.length > 0);
}

function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * A connection between two sides in memory: what one writes, the other reads.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { ServiceConn } from "../../lib/net/service.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { LinkConn } from "../../client/drop/link.ts";

/** One direction. A write waits until it is read, or nobody will. */
class Lane {
  #part: Bytes = new Uint8Array();
  #ended = false;
  #closed = false;
  #moved = Promise.withResolvers<void>();

  async write(bytes: Bytes): Promise<number> {
    this.#part = bytes.slice();
    this.#tell();
    while (this.#part.length > 0 && !this.#closed) await this.#moved.promise;
    if (this.#closed) throw gone();
    return bytes.length;
  }

  async read(buffer: Bytes): Promise<number | null> {
    while (this.#part.length === 0) {
      if (this.#closed) throw gone();
      if (this.#ended) return null;
      await this.#moved.promise;
    }
    const taken = this.#part.subarray(0, buffer.length);
    buffer.set(taken);
    this.#part = this.#part.subarray(taken.length);
    this.#tell();
    return taken.length;
  }

  end(): void {
    this.#ended = true;
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#tell();
  }

  #tell(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }
}

function gone(): ServiceError {
  return new ServiceError("closed", "the connection is closed");
}

/** The two sides of a connection. */
export interface Pipe {
  /** The client's side. */
  readonly client: LinkConn;
  /** The server's side. */
  readonly server: ServiceConn & {
    /** As the server's frame does: the answer arrives, then all is over. */
    close(): void;
  };
}

/** A connection in memory. */
export function pipe(): Pipe {
  const [up, down] = [new Lane(), new Lane()];
  const side = (from: Lane, to: Lane) => ({
    read: (buffer: Bytes) => from.read(buffer),
    write: (bytes: Bytes) => to.write(bytes),
    closeWrite: () => Promise.resolve(to.end()),
  });
  return {
    client: {
      ...side(down, up),
      close() {
        up.end();
        down.close();
      },
    },
    server: {
      ...side(up, down),
      close() {
        down.end();
        up.close();
      },
    },
  };
}

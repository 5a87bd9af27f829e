/**
 * A debug sink on loopback, for tests.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { serveUdp, type UdpServer } from "../../lib/net/udp.ts";
import {
  type BucketOptions,
  bucketService,
  type DebugRecord,
} from "../../server/services/bucket.ts";
import { soon } from "../net/loopback.ts";

/** A sink that listens on loopback. Disposing of it stops it. */
export interface Sink extends AsyncDisposable {
  /** Where it listens. */
  readonly at: HostPort;
  /** What came so far. */
  readonly records: readonly DebugRecord[];
  /** The same as texts. */
  readonly texts: readonly string[];
  /** What it counted. */
  readonly counters: Record<string, unknown>;
  /** Waits for a number of records. */
  has(count: number): Promise<void>;
}

/** Starts a sink; `hostname` is a loopback address. */
export async function startSink(
  options: Partial<BucketOptions> = {},
  hostname = "127.0.0.1",
): Promise<Sink> {
  const records: DebugRecord[] = [];
  const waiting = new Set<() => void>();
  const service = bucketService({
    ...options,
    onRecord(record) {
      records.push(record);
      options.onRecord?.(record);
      for (const look of [...waiting]) look();
    },
  });
  const server: UdpServer = await serveUdp(service.datagram!, {
    listen: [{ hostname, port: 0 }],
    silent: true,
  });
  return {
    at: server.addresses[0]!,
    records,
    get texts() {
      return records.map(({ data }) => new TextDecoder().decode(data));
    },
    get counters() {
      return { ...service.counters?.() };
    },
    has(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (records.length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      return soon(promise, `record ${count}`);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await service.close?.();
    },
  };
}

/** A program that sends. */
export interface Sender extends Disposable {
  /** The port that it sends from. */
  readonly port: number;
  /** Sends a datagram. */
  send(body: string | Bytes): Promise<void>;
}

/** A program that sends to `to`. */
export function sender(to: HostPort): Sender {
  const hostname = to.hostname.includes(":") ? "::1" : "127.0.0.1";
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  return {
    port: (socket.addr as Deno.NetAddr).port,
    async send(body: string | Bytes): Promise<void> {
      const data = typeof body === "string"
        ? new TextEncoder().encode(body)
        : body;
      const sent = await socket.send(data, { transport: "udp", ...to });
      assert(sent === data.length);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

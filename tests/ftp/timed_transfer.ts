/**
 * Transfers whose speed is measured.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { RawControl, soon } from "./helpers.ts";
import type { TlsClient } from "./tls_client.ts";

/** A transfer that has ended. */
export interface Timed {
  /** Bytes that moved. */
  readonly bytes: number;
  /** When the command was sent, in milliseconds. */
  readonly began: number;
  /** When the final reply came. */
  readonly ended: number;
}

/** Longest wait for a transfer that is held back, in milliseconds. */
const PATIENCE = 60_000;

/** Fetches a file over the next connection, protected or not. */
export function timedFetch(
  control: RawControl | TlsClient,
  path: string,
): Promise<Timed> {
  return timed(control, `RETR ${path}`, async (data) => {
    const buffer: Bytes = new Uint8Array(1 << 17);
    let bytes = 0;
    for (let count; (count = await data.read(buffer)) !== null;) bytes += count;
    return bytes;
  });
}

/** Stores so many bytes. */
export function timedStore(
  control: RawControl | TlsClient,
  path: string,
  size: number,
): Promise<Timed> {
  return timed(control, `STOR ${path}`, async (data) => {
    const buffer: Bytes = new Uint8Array(1 << 14);
    for (let left = size; left > 0;) {
      left -= await data.write(buffer.subarray(0, left));
    }
    if (data.closeWrite === undefined) return size;
    await data.closeWrite();
    await data.read(buffer);
    return size;
  });
}

type Data = Pick<Deno.Conn, "read" | "write" | "close"> & {
  closeWrite?(): Promise<void>;
};

async function timed(
  control: RawControl | TlsClient,
  line: string,
  move: (data: Data) => Promise<number>,
): Promise<Timed> {
  const conn = await control.passive();
  const began = performance.now();
  await control.say(line, 150);
  const isPlain = control instanceof RawControl;
  const data: Data = isPlain
    ? {
      read: (into) => conn.read(into),
      write: (bytes) => conn.write(bytes),
      close: () => conn.close(),
    }
    : await control.protect(conn);
  const bytes = await soon(move(data), line, PATIENCE);
  data.close();
  assertEquals((await control.reply()).slice(0, 3), "226");
  return { bytes, began, ended: performance.now() };
}

/**
 * Fails when transfers that ran together were faster than so many bytes a
 * second, or slower than a sixth of it: machines are busy at times, and the
 * lane's and the shaper's own tests have a clock that is not.
 */
export function assertRate(transfers: readonly Timed[], rate: number): void {
  const bytes = transfers.reduce((sum, { bytes }) => sum + bytes, 0);
  const took = Math.max(...transfers.map(({ ended }) => ended)) -
    Math.min(...transfers.map(({ began }) => began));
  const percent = bytes / took * 1000 / rate * 100;
  assert(percent < 105 && percent > 16, `${percent.toFixed(1)} % of ${rate}`);
}

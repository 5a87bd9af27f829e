/**
 * The bytes of a terminal's input: kept until somebody takes them.
 *
 * A read from the operating system cannot be called off. So at most one is
 * under way, it outlives whoever waited for it, and what it brings is for the
 * next one who asks.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { TerminalDevice } from "./terminal.ts";

/** What a wait for input brought. */
export type Came = "bytes" | "end" | "nothing";

/** Bytes that came and those that will. */
export interface Input {
  /** How many bytes came and were not taken. */
  readonly length: number;
  /** Takes one byte; there must be one. */
  shift(): number;
  /**
   * Waits for more bytes, at most `ms` milliseconds. Throws the reason of
   * `signal` when it aborts.
   */
  more(signal?: AbortSignal, ms?: number): Promise<Came>;
  /** See `Terminal.line`. */
  line(signal?: AbortSignal): Promise<string | null>;
}

/** The longest line in bytes. */
const LONGEST_LINE = 1024 * 1024;

const LF = 10;
const CR = 13;

/** Input of a device. */
export function createInput(
  device: Pick<TerminalDevice, "keyboard" | "read">,
  clock: Clock,
): Input {
  let bytes: Uint8Array = new Uint8Array();
  let reading: Promise<Came> | undefined;

  async function read(): Promise<Came> {
    try {
      const chunk = await device.read();
      if (chunk === null) return "end";
      bytes = joined(bytes, chunk);
      return "bytes";
    } catch (error) {
      if (device.keyboard) return "end"; // The terminal is gone.
      throw error;
    } finally {
      reading = undefined;
    }
  }

  async function more(signal?: AbortSignal, ms?: number): Promise<Came> {
    signal?.throwIfAborted();
    reading ??= read();
    reading.catch(() => {}); // Whoever waits for it next is told.
    return await firstOf(reading, clock, signal, ms);
  }

  async function line(signal?: AbortSignal): Promise<string | null> {
    for (let seen = 0;;) {
      const end = endOfLine(bytes, seen, device.keyboard);
      if (end >= 0) return take(end, end + 1);
      if (bytes.length > LONGEST_LINE) {
        throw new RangeError("A line of the input is longer than 1 MiB");
      }
      seen = bytes.length;
      if (await more(signal) !== "end") continue;
      return bytes.length === 0 ? null : take(bytes.length, bytes.length);
    }
  }

  /** Takes the bytes before `next`; those before `end` are the line. */
  function take(end: number, next: number): string {
    const text = new TextDecoder().decode(bytes.subarray(0, end));
    bytes = bytes.subarray(next);
    return text.replace(/\r+$/, "");
  }

  return {
    get length() {
      return bytes.length;
    },
    shift() {
      const byte = bytes[0]!;
      bytes = bytes.subarray(1);
      return byte;
    },
    more,
    line,
  };
}

/** `a` and `b` in one. */
function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Where a line ends, or -1. What was typed in raw mode ends with CR alone. */
function endOfLine(bytes: Uint8Array, from: number, typed: boolean): number {
  const feed = bytes.indexOf(LF, from);
  const enter = typed ? bytes.indexOf(CR, from) : -1;
  return feed < 0 || enter < 0 ? Math.max(feed, enter) : Math.min(feed, enter);
}

/** What `reading` brings, or `nothing` after `ms`, or the signal's reason. */
async function firstOf(
  reading: Promise<Came>,
  clock: Clock,
  signal: AbortSignal | undefined,
  ms: number | undefined,
): Promise<Came> {
  if (signal === undefined && ms === undefined) return await reading;
  const over = new AbortController();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const waits: Promise<Came>[] = [reading, aborted.promise];
  if (ms !== undefined) {
    const nap = clock.sleep(ms, over.signal).then((): Came => "nothing");
    nap.catch(() => {}); // It is called off as soon as something came.
    waits.push(nap);
  }
  try {
    return await Promise.race(waits);
  } finally {
    over.abort();
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * Sending debug messages: fire and forget.
 *
 * Whatever goes wrong, nothing here throws or rejects: a program that says
 * something to its programmer must not end because nobody listens.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { pause } from "../../lib/net/wait.ts";
import {
  isTag,
  type Label,
  type Level,
  LEVELS,
  SINK_PORT,
} from "../../lib/spew/label.ts";
import { splitMessage } from "./split.ts";
import { openWay, type Way } from "./way.ts";

export type { Level } from "../../lib/spew/label.ts";

/** What the first one took at once; longer messages come in parts. */
export const DEFAULT_SIZE = 1024;
/** The least size that leaves room for text behind the longest label. */
export const LEAST_SIZE = 128;
/** The longest datagram of IPv4. */
export const GREATEST_SIZE = 65_507;

/** Options for {@linkcode spew}. */
export interface SpewOptions {
  /** Where the sink is. @default 127.0.0.1:7739 */
  readonly to?: Readonly<HostPort>;
  /**
   * Who speaks, such as `pump`; at most 32 letters, digits, `_`, `.`, `-`, the
   * first a letter. Others become `-`. @default nobody
   */
  readonly tag?: string | undefined;
  /** How serious it is. @default not said */
  readonly level?: Level | undefined;
  /** Most bytes of a datagram, 128 to 65,507. @default {1024} */
  readonly maxSize?: number;
  /** Called with one line when sending fails, once until it works again. */
  onTrouble?(line: string): void;
}

/** Options for {@linkcode openSpew}. */
export interface SpewerOptions extends SpewOptions {
  /** Whether datagrams are numbered, from 1. @default {false} */
  readonly seq?: boolean;
}

/** A way to a sink, for many messages. */
export interface Spewer {
  /**
   * Sends a message, unless 4096 are under way. Says whether all of it was
   * handed to the network; nobody knows whether it arrives. Never rejects.
   */
  send(message: string | Bytes): Promise<boolean>;
  /** Closes the socket, after what is under way. Safe to call more than once. */
  close(): void;
}

const encoder = new TextEncoder();
/** Messages under way at a time; further ones are dropped. */
const MOST_UNDER_WAY = 4096;
/** Parts of a message after which the receiver gets time to take them. */
const AT_ONCE = 32;
const REST = 1;

/**
 * Opens the way to a sink, for more than one message: they leave from the same
 * port, and may be numbered.
 *
 * @example
 * ```ts
 * import { openSpew } from "./sender.ts";
 * const debug = openSpew({ tag: "pump", seq: true });
 * await debug.send("started"); // [pump #1] started
 * await debug.send("4.2 bar"); // [pump #2] 4.2 bar
 * debug.close();
 * ```
 */
export function openSpew(options: SpewerOptions = {}): Spewer {
  return spewerOn(openWay(options.to ?? DEFAULT_SINK), options);
}

const DEFAULT_SINK: HostPort = { hostname: "127.0.0.1", port: SINK_PORT };

/**
 * What {@linkcode openSpew} does, on a way that is there already.
 *
 * @example
 * ```ts
 * import { spewerOn } from "./sender.ts";
 * const sent: string[] = [];
 * const way = {
 *   send(datagram: Uint8Array) {
 *     sent.push(new TextDecoder().decode(datagram));
 *     return Promise.resolve();
 *   },
 *   close() {},
 * };
 * await spewerOn(way, { level: "warn" }).send("hot");
 * console.assert(sent[0] === "[warn] hot");
 * ```
 */
export function spewerOn(way: Way, options: SpewerOptions): Spewer {
  const label = labelOf(options);
  const maxSize = sizeOf(options);
  let next = 1;
  let underWay = 0;
  let isInTrouble = false;
  let isClosed = false;

  async function sendAll(message: string | Bytes): Promise<void> {
    const seq = options.seq ? next : undefined;
    const split = { maxSize, label, seq };
    const datagrams = splitMessage(bytesOf(message), split);
    next += datagrams.length;
    for (const [at, datagram] of datagrams.entries()) {
      if (at > 0 && at % AT_ONCE === 0) await pause(REST);
      await way.send(datagram);
    }
  }

  /** What is under way would open another socket, and nobody would close it. */
  function release(): void {
    if (underWay === 0) way.close();
  }

  function tell(error: unknown): void {
    const isNews = !isInTrouble;
    isInTrouble = true;
    try {
      if (isNews) options.onTrouble?.(lineOf(error));
    } catch {
      // That is no trouble of whoever sends.
    }
  }

  return {
    async send(message) {
      if (isClosed) return false;
      if (underWay >= MOST_UNDER_WAY) {
        next++; // The receiver shall see that one is missing.
        return false;
      }
      underWay++;
      try {
        await sendAll(message);
        isInTrouble = false;
        return true;
      } catch (error) {
        tell(error);
        return false;
      } finally {
        underWay--;
        if (isClosed) release();
      }
    },
    close() {
      isClosed = true;
      release();
    },
  };
}

/** Ways in use, and by how many messages. */
const ways = new Map<string, { way: Way; users: number }>();

/**
 * Sends one debug message; `await` it or not. Says whether all of it was handed
 * to the network; nobody knows whether it arrives. Never rejects.
 *
 * @example
 * ```ts
 * import { spew } from "./sender.ts";
 * spew("here we are");
 * await spew("disk is full", { tag: "backup", level: "error" });
 * ```
 */
export async function spew(
  message: string | Bytes,
  options: SpewOptions = {},
): Promise<boolean> {
  const { to = DEFAULT_SINK } = options;
  const name = `${to.hostname} ${to.port}`;
  const used = ways.get(name) ?? { way: openWay(to), users: 0 };
  if (used.users >= MOST_UNDER_WAY) return false;
  ways.set(name, used);
  used.users++;
  const sent = await spewerOn(used.way, options).send(message);
  if (--used.users === 0) {
    used.way.close();
    ways.delete(name);
  }
  return sent;
}

/** A label that every receiver can read, whatever was asked for. */
function labelOf(
  { tag = "", level }: SpewOptions,
): Pick<Label, "tag" | "level"> {
  const clean = String(tag).replace(/[^A-Za-z0-9_.-]/g, "-").slice(0, 32);
  return {
    ...isTag(clean) ? { tag: clean } : {},
    ...level !== undefined && LEVELS.includes(level) ? { level } : {},
  };
}

function sizeOf({ maxSize = DEFAULT_SIZE }: SpewOptions): number {
  const size = Number.isFinite(maxSize) ? Math.floor(maxSize) : DEFAULT_SIZE;
  return Math.min(GREATEST_SIZE, Math.max(LEAST_SIZE, size));
}

function bytesOf(message: string | Bytes): Bytes {
  return message instanceof Uint8Array
    ? message
    : encoder.encode(String(message));
}

function lineOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

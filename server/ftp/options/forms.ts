/**
 * Values of `ftpd`'s options that have a form of their own.
 *
 * @module
 */

import type { Form } from "../../../lib/cli.ts";
import { parseSize } from "../../../lib/cli/size.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { parseListenAddress } from "../../../lib/net/address.ts";
import { parseCidr } from "../../../lib/net/cidr.ts";
import type { Rates } from "../profile.ts";
import { HOOK_EVENTS, type HookEvent } from "../settings_parts.ts";

/** A number of bytes from 1 on. */
export const SIZE: Form<number> = {
  expected: "a size such as 500K, 10M or 2G",
  read: (text) => parseSize(text) ?? undefined,
};

/** A number of bytes from 1 on, or nothing at all: 0. */
export const SIZE_OR_OFF: Form<number> = {
  expected: "a size such as 500K, 10M or 2G, or off",
  read: (text) => text === "off" ? 0 : parseSize(text) ?? undefined,
};

/** How often something may be, each second. */
export const FREQUENCY: Form<number> = {
  expected: "a number from 0.1 to 1000000",
  read(text) {
    const value = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
    return value >= 0.1 && value <= 1_000_000 ? value : undefined;
  },
};

/** Bytes a second: one number for both ways, or one for each. */
export const RATES: Form<Rates> = {
  expected: "bytes a second such as 10M, or down=50M,up=10M",
  read: readRates,
};

/**
 * The rates of a text; `undefined` when it is none.
 *
 * @example
 * ```ts
 * import { readRates } from "./forms.ts";
 * console.assert(readRates("1K")?.up === 1024);
 * console.assert(readRates("down=2K")?.up === undefined);
 * ```
 */
export function readRates(text: string): Rates | undefined {
  const both = parseSize(text);
  if (both !== null) return { down: both, up: both };
  const rates: { down?: number; up?: number } = {};
  for (const part of text.split(",")) {
    const [, way, size = ""] = /^ *(down|up) *= *(\S+) *$/.exec(part) ?? [];
    const bytes = parseSize(size);
    if (bytes === null || way === undefined || way in rates) return undefined;
    rates[way as "down" | "up"] = bytes;
  }
  return rates;
}

/** An address, or a block of them. */
export const BLOCK: Form<string> = {
  expected: "an address or a block such as 10.0.0.0/8",
  read: readBlock,
};

/** A block of addresses as it was written; `undefined` when it is none. */
export function readBlock(text: string): string | undefined {
  try {
    parseCidr(text);
    return text;
  } catch {
    return undefined;
  }
}

/** A URL of the web. */
export const WEB_URL: Form<string> = {
  expected: "a URL such as http://127.0.0.1:8080/auth",
  read: readWebUrl,
};

/** A URL of the web as it was written; `undefined` when it is none. */
export function readWebUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  return isWeb && url.hostname !== "" ? text : undefined;
}

/** The value of a header of HTTP (RFC 9110 section 5.5). */
export const HEADER: Form<string> = {
  expected: "the value of a header: one line of ASCII",
  read: (text) =>
    /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : undefined,
};

/** A place to listen on. */
export const PLACE: Form<HostPort> = {
  expected: "HOST:PORT such as 127.0.0.1:9121",
  read: readPlace,
};

/** The place of a text; `undefined` when it is none. */
function readPlace(text: string): HostPort | undefined {
  try {
    const address = parseListenAddress(text, 0);
    if (address.transport === "unix" || !/:\d+$/.test(text)) return undefined;
    const { hostname, port } = address;
    return {
      hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
      port,
    };
  } catch {
    return undefined;
  }
}

/** When a log file is put aside. */
export const ROTATION: Form<number | "daily"> = {
  expected: "a size such as 100M, or daily",
  read: (text) => text === "daily" ? text : parseSize(text) ?? undefined,
};

/** What `--hook` says: of which events to tell whom. */
export interface HookText {
  /** Of which. */
  readonly on: readonly HookEvent[];
  /** A URL of the web, or the path of a pipe. */
  readonly target: string;
}

/** Somebody who is told of events. */
export const HOOK: Form<HookText> = {
  expected: `EVENT[,EVENT]=URL or =PIPE (events: ${HOOK_EVENTS.join(", ")})`,
  read: readHook,
};

function readHook(text: string): HookText | undefined {
  const at = text.indexOf("=");
  const target = text.slice(at + 1);
  if (at < 1 || target === "") return undefined;
  const on = readEvents(text.slice(0, at).split(","));
  const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(target);
  if (isUrl && readWebUrl(target) === undefined) return undefined;
  return on && { on, target };
}

/** The events of these names; `undefined` when one is none, or named twice. */
export function readEvents(names: readonly string[]): HookEvent[] | undefined {
  const events = HOOK_EVENTS.filter((event) => names.includes(event));
  return names.length > 0 && events.length === names.length
    ? events
    : undefined;
}

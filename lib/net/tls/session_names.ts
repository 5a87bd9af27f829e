/**
 * What the runtime keeps a client's sessions by.
 *
 * @module
 */

import { ipVersion } from "../ip.ts";

/** What a client's sessions are kept by, and whether the server hears it. */
export interface SessionName {
  /** What to call the server. */
  readonly name: string;
  /** Whether the server is told so (SNI). */
  readonly isSent: boolean;
  /** Lets the next one have the name. */
  release(): void;
}

/** A version of TLS. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Names of servers under which sessions are kept right now. */
const NAMES_IN_USE: Set<string> = new Set();
/** Names of servers that may have tickets of TLS 1.3 left. */
const NAMES_WITH_TICKETS: Set<string> = new Set();
/**
 * Numbers of hidden names that nobody has any more, by the highest version they
 * had. They are used again first: the runtime keeps sessions by 32 names, and
 * forgets those of the oldest one.
 */
const FREE_NUMBERS: Readonly<Record<TlsVersion, number[]>> = {
  "TLSv1.2": [],
  "TLSv1.3": [],
};
let lastNumber = 0;

/** Options for {@linkcode claimName}. */
export interface ClaimOptions {
  /** Take the server's own name even when somebody has it. @default {false} */
  readonly isShared?: boolean;
  /** Whether the runtime takes names that no server is told. @default {true} */
  readonly canHide?: boolean;
  /** Highest version that will be spoken. @default {"TLSv1.3"} */
  readonly maxVersion?: TlsVersion;
}

/**
 * A name for the server `host` by which nobody else keeps sessions right now:
 * its own, as long as nobody else has it or it is to be shared, and else an
 * address of the discard prefix (RFC 6666), which no server is told. Where the
 * runtime does not take those, names are shared and addresses have none.
 *
 * The runtime looks for a ticket of TLS 1.3 first and, where it can't be used,
 * for nothing else: who speaks TLS 1.2 only gets a name that has none, unless
 * the name is to be shared.
 */
export function claimName(
  host: string,
  options: ClaimOptions = {},
): SessionName {
  const { isShared = false, canHide = true, maxVersion = "TLSv1.3" } = options;
  const name = asciiName(host);
  if (ipVersion(name) !== null) return hiddenName(canHide, maxVersion);
  const isFree = !NAMES_IN_USE.has(name);
  const isSpoiled = maxVersion === "TLSv1.2" && NAMES_WITH_TICKETS.has(name);
  if ((!isFree || isSpoiled) && !isShared && canHide) {
    return hiddenName(canHide, maxVersion);
  }
  NAMES_IN_USE.add(name);
  if (maxVersion === "TLSv1.3") NAMES_WITH_TICKETS.add(name);
  const release = () => void (isFree && NAMES_IN_USE.delete(name));
  return { name, isSent: true, release };
}

/**
 * An address that nobody has. The dot behind it hides from `node:tls` that it
 * is one, which it would refuse; then it takes the dot away.
 */
function hiddenName(canHide: boolean, version: TlsVersion): SessionName {
  if (!canHide) return { name: "", isSent: false, release: () => {} };
  const number = FREE_NUMBERS[version].pop() ?? ++lastNumber;
  const high = Math.floor(number / 65_536) % 65_536;
  const digits = [high, number % 65_536].map((group) => group.toString(16));
  let isOurs = true;
  function release(): void {
    if (isOurs) FREE_NUMBERS[version].push(number);
    isOurs = false;
  }
  return { name: `100::${digits.join(":")}.`, isSent: false, release };
}

/**
 * Lower case, without the dot of the root, and in ASCII (RFC 5891). What is no
 * name stays as it is.
 */
export function asciiName(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, "");
  // deno-lint-ignore no-control-regex -- What a URL has a meaning of its own for.
  const isPlain = /^[\x00-\x7f]*$|[\x00-\x20%/:?#@\\]/.test(name);
  return isPlain ? name : URL.parse(`ftp://${name}`)?.hostname ?? name;
}

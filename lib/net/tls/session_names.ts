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

/** Names of servers under which sessions are kept right now. */
const NAMES_IN_USE: Set<string> = new Set();
let lastNumber = 0;

/** Options for {@linkcode claimName}. */
export interface ClaimOptions {
  /** Take the server's own name even when somebody has it. @default {false} */
  readonly isShared?: boolean;
  /** Whether the runtime takes names that no server is told. @default {true} */
  readonly canHide?: boolean;
}

/**
 * A name for the server `host` by which nobody else keeps sessions right now:
 * its own, as long as nobody else has it or it is to be shared, and else an
 * address of the discard prefix (RFC 6666), which no server is told. Where the
 * runtime does not take those, names are shared and addresses have none.
 */
export function claimName(
  host: string,
  { isShared = false, canHide = true }: ClaimOptions = {},
): SessionName {
  const name = asciiName(host);
  if (ipVersion(name) !== null) return hiddenName(canHide);
  const isFree = !NAMES_IN_USE.has(name);
  if (!isFree && !isShared && canHide) return hiddenName(canHide);
  NAMES_IN_USE.add(name);
  const release = () => void (isFree && NAMES_IN_USE.delete(name));
  return { name, isSent: true, release };
}

/**
 * An address that nobody has. The dot behind it hides from `node:tls` that it
 * is one, which it would refuse; then it takes the dot away.
 */
function hiddenName(canHide: boolean): SessionName {
  const number = ++lastNumber;
  const high = Math.floor(number / 65_536) % 65_536;
  const digits = [high, number % 65_536].map((group) => group.toString(16));
  const name = canHide ? `100::${digits.join(":")}.` : "";
  return { name, isSent: false, release: () => {} };
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

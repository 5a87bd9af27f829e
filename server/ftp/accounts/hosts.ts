/**
 * Virtual hosts: several servers at one address, told apart by the name that a
 * client says (RFC 7151), to HOST or at the beginning of TLS.
 *
 * @module
 */

import type { FtpPolicy, Session } from "../session.ts";
import type { TlsDemand } from "../tls.ts";

/** One of several servers at an address. */
export interface VirtualHost {
  /** Its names, in lower case; accounts are looked up with the first. */
  readonly names: readonly string[];
  /** Its greeting; may have several lines. @default the server's */
  readonly banner?: string | undefined;
  /** Who must use TLS there. @default what the server says */
  readonly tls?: TlsDemand | undefined;
}

/**
 * The host of this name; `undefined` when there is none. Neither case nor a
 * dot at the end counts.
 *
 * @example
 * ```ts
 * import { hostNamed } from "./hosts.ts";
 * const hosts = [{ names: ["ftp.example", "www.example"] }];
 * console.assert(hostNamed("FTP.Example.", hosts) === hosts[0]);
 * console.assert(hostNamed("example", hosts) === undefined);
 * ```
 */
export function hostNamed(
  name: string,
  hosts: readonly VirtualHost[] = [],
): VirtualHost | undefined {
  const plain = name.toLowerCase().replace(/\.$/, "");
  return hosts.find(({ names }) => names.includes(plain));
}

/**
 * The host that a session is with: what HOST said, or else the name that the
 * client began TLS with, if it is known; `null` for the server itself.
 */
export function hostOf(
  { host, security }: Pick<Session, "host" | "security">,
  { hosts }: Pick<FtpPolicy, "hosts">,
): VirtualHost | null {
  if (host !== null) return host;
  const name = security.control?.serverName;
  return name ? hostNamed(name, hosts) ?? null : null;
}

/** The lines of the greeting of a session's host. */
export function greetingOf(
  session: Pick<Session, "host" | "security">,
  policy: Pick<FtpPolicy, "hosts" | "banner">,
): string[] {
  const banner = hostOf(session, policy)?.banner ?? policy.banner;
  // A text of several lines ends with one that nobody needs to see.
  return banner.trimEnd().split("\n");
}

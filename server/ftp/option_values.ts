/**
 * What the texts of `ftpd`'s options mean.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import type { HostPort } from "../../lib/host_port.ts";
import {
  formatHostPort,
  ipVersion,
  type ListenAddress,
  normalizeAddress,
  parseListenAddress,
} from "../../lib/net/address.ts";
import type { AccountSettings } from "./settings.ts";

/** Where `ftpd` listens when it is not told. */
export const DEFAULT_LISTEN = "127.0.0.1:2121";

/**
 * Where to listen, as an option of this name says. Nobody listens on the name
 * of this machine: it has one address too many.
 *
 * @throws {UsageError} when a text is no address.
 *
 * @example
 * ```ts
 * import { readAddresses } from "./option_values.ts";
 * const [at] = readAddresses("listen", ["localhost:21"], 2121);
 * console.assert(at?.hostname === "127.0.0.1" && at.port === 21);
 * ```
 */
export function readAddresses(
  option: string,
  texts: readonly string[],
  defaultPort: number,
): HostPort[] {
  return texts.map((text) => {
    const address = readAddress(option, text, defaultPort);
    if (address.transport === "unix") {
      throw new UsageError(`--${option} takes HOST:PORT; FTP needs addresses`);
    }
    const { hostname, port } = address;
    return {
      hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
      port,
    };
  });
}

function readAddress(
  option: string,
  text: string,
  defaultPort: number,
): ListenAddress {
  try {
    return parseListenAddress(text, defaultPort);
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`);
  }
}

/**
 * Places to listen on, when each has a port of its own: nobody can tell on one
 * port who begins with TLS.
 *
 * @throws {UsageError} when two of them are the same; port 0 never is.
 *
 * @example
 * ```ts
 * import { refuseSamePlaces } from "./option_values.ts";
 * refuseSamePlaces([
 *   { hostname: "127.0.0.1", port: 2121 },
 *   { hostname: "127.0.0.1", port: 990 },
 * ]);
 * ```
 */
export function refuseSamePlaces(places: readonly HostPort[]): void {
  const fixed = places.filter(({ port }) => port !== 0);
  const twice = fixed.find((one, at) =>
    fixed.slice(0, at).some((other) => isSamePlace(one, other))
  );
  if (twice === undefined) return;
  const { hostname, port } = twice;
  throw new UsageError(
    `${formatHostPort(hostname, port)} is taken by another --listen or ` +
      "--implicit-tls already; give each a port of its own",
  );
}

/** "Every address" is also each single one. */
function isSamePlace(one: HostPort, other: HostPort): boolean {
  const hosts = [one, other].map(({ hostname }) => normalizeAddress(hostname));
  const [first, second] = hosts;
  if (one.port !== other.port) return false;
  if (first === second) return true;
  return ipVersion(first!) === ipVersion(second!) &&
    hosts.some((host) => host === "0.0.0.0" || host === "::");
}

/**
 * An IPv4 address, or a name to be looked up.
 *
 * @throws {UsageError} when the text is neither.
 */
export function readPassiveAddress(text?: string): string | undefined {
  if (text === undefined || isPassiveAddress(text)) return text;
  throw new UsageError(
    `--passive-address ${text}: expected an IPv4 address or a host name`,
  );
}

/**
 * Whether PASV can show a text: an IPv4 address, or a name to be looked up.
 *
 * @example
 * ```ts
 * import { isPassiveAddress } from "./option_values.ts";
 * console.assert(isPassiveAddress("192.0.2.1") && !isPassiveAddress("::1"));
 * ```
 */
export function isPassiveAddress(text: string): boolean {
  return ipVersion(text) === 4 || /^(?=.*[a-z])[a-z\d.-]+$/i.test(text);
}

/** What the command line says of users. */
export interface UserOptions {
  /** Texts of `--user`. */
  readonly user: readonly string[];
  /** `--anonymous`, when it was given. */
  readonly anonymous?: "ro" | "rw" | "off" | undefined;
  /** `--write`. */
  readonly write: boolean;
}

/** Options for {@linkcode readAccounts}. */
export interface ReadAccountsOptions {
  /** Whether there are other accounts, of a file for instance. @default {false} */
  readonly others?: boolean;
}

/**
 * Who may come in, to `root` where nothing else is said.
 *
 * @throws {UsageError} when options contradict each other or can't be read.
 */
export function readAccounts(
  options: UserOptions,
  root: string,
  { others = false }: ReadAccountsOptions = {},
): AccountSettings[] {
  if (options.write && (options.anonymous ?? "rw") !== "rw") {
    throw new UsageError(
      `--write contradicts --anonymous ${options.anonymous}; leave one out`,
    );
  }
  const users = options.user.map((text) => readUser(text, root));
  const names = users.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UsageError(`--user ${twice} is given twice; leave one out`);
  }
  const anonymous = options.write
    ? "rw"
    : options.anonymous ?? (users.length > 0 || others ? "off" : "ro");
  if (anonymous !== "off") {
    const write = anonymous === "rw";
    users.push({ name: "anonymous", password: null, write, root });
  }
  if (users.length === 0 && !others) {
    throw new UsageError(
      "nobody could log in: give --user NAME:PASSWORD, or --anonymous ro",
    );
  }
  return users;
}

/** The text itself is never shown: it holds a password. */
function readUser(text: string, root: string): AccountSettings {
  const [name = "", password = "", ...rest] = text.split(":");
  if (name === "" || password === "") {
    throw new UsageError("--user: expected NAME:PASSWORD[:ro|rw][:ROOT]");
  }
  if (name === "anonymous" || name === "ftp") {
    throw new UsageError(`--user ${name}: use --anonymous for this name`);
  }
  const mode = rest[0] === "ro" || rest[0] === "rw" ? rest.shift() : "ro";
  const own = rest.join(":");
  return { name, password, write: mode === "rw", root: own || root };
}

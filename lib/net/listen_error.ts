/**
 * Why a server cannot listen: one line with the cause and the remedy.
 *
 * @module
 */
import type { HostPort } from "../host_port.ts";
import { formatHostPort, type ListenAddress } from "./address.ts";

/** Where a server wanted to listen; UDP addresses are `{transport: "udp", …}`. */
export type ListenPlace = ListenAddress | (HostPort & { transport: "udp" });

/** What kept a server from listening. */
export type ListenErrorKind =
  /** Another program has the address. */
  | "in-use"
  /** The port is below 1024 and the user may not use those. */
  | "privileged"
  /** This machine has no such address. */
  | "not-local"
  /** Nobody knows the host name. */
  | "unknown-host"
  /** Deno was started without the permission. */
  | "not-permitted"
  /** The path of a Unix socket is too long, taken, or in a place out of reach. */
  | "bad-path"
  /** Anything else the operating system said. */
  | "other";

/** A server cannot listen. The message says where, why, and what to do. */
export class ListenError extends Error {
  /** For `error.name` in logs and across workers. */
  override readonly name = "ListenError";
  /** The cause, for programs. */
  readonly kind: ListenErrorKind;
  /** Where it wanted to listen. */
  readonly address: ListenPlace;

  /** `why` completes "cannot listen on ADDRESS: …". */
  constructor(
    kind: ListenErrorKind,
    address: ListenPlace,
    why: string,
    cause?: unknown,
  ) {
    super(`cannot listen on ${placeName(address)}: ${why}`, { cause });
    this.kind = kind;
    this.address = address;
  }
}

/**
 * What the runtime threw while opening a listener on `address`, as a
 * {@linkcode ListenError}.
 *
 * @example
 * ```ts
 * import { listenError } from "./listen_error.ts";
 * const { message } = listenError(
 *   new Deno.errors.AddrInUse("Address already in use (os error 98)"),
 *   { transport: "tcp", hostname: "127.0.0.1", port: 2121 },
 * );
 * console.assert(message.startsWith("cannot listen on 127.0.0.1:2121: "));
 * ```
 */
export function listenError(error: unknown, address: ListenPlace): ListenError {
  if (error instanceof ListenError) return error;
  const [kind, why] = explain(error, address);
  return new ListenError(kind, address, why, error);
}

type Explanation = [ListenErrorKind, string];

function explain(error: unknown, address: ListenPlace): Explanation {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    return ["not-permitted", missingPermission(message, address)];
  }
  const known = address.transport === "unix"
    ? explainPath(error, address.path)
    : explainHost(error, address);
  return known ?? explainSystem(error, message);
}

function explainHost(
  error: unknown,
  { hostname, port }: HostPort,
): Explanation | null {
  if (error instanceof Deno.errors.AddrInUse) return ["in-use", inUse(port)];
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return [
      "not-local",
      "this machine has no such address; use 127.0.0.1 for this machine only, or 0.0.0.0 for all its IPv4 addresses",
    ];
  }
  if (
    error instanceof Deno.errors.PermissionDenied && port > 0 && port < 1024
  ) {
    return [
      "privileged",
      "ports below 1024 are privileged; use a port above 1023, or allow the program once with setcap cap_net_bind_service=+ep FILE",
    ];
  }
  if (/lookup address/.test(String(error))) {
    return [
      "unknown-host",
      `the host name ${hostname} is unknown; check its spelling, or give a numeric address`,
    ];
  }
  if (codeOf(error) === "EAFNOSUPPORT") {
    return [
      "not-local",
      "this machine has no IPv6; use an IPv4 address, such as 127.0.0.1 or 0.0.0.0",
    ];
  }
  if (codeOf(error) === "EINVAL" && /^fe[89ab]/i.test(hostname)) {
    return [
      "not-local",
      `a link-local address needs its interface, as in [${hostname}%eth0]:${port}`,
    ];
  }
  return null;
}

function inUse(port: number): string {
  if (port === 0) {
    return "no port is free; end some programs that hold ports, or name a port";
  }
  return "the address is in use by another program; stop it or choose another port (port 0 picks a free one)";
}

/** Bytes that Linux has for the path of a Unix socket, without its NUL. */
const MAX_PATH_BYTES = 107;

function explainPath(error: unknown, path: string): Explanation | null {
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > MAX_PATH_BYTES) {
    return [
      "bad-path",
      `the path has ${bytes} bytes and may have ${MAX_PATH_BYTES}; choose a shorter one`,
    ];
  }
  if (error instanceof Deno.errors.AddrInUse) {
    return [
      "in-use",
      "another program listens there; stop it or choose another path",
    ];
  }
  if (error instanceof Deno.errors.NotFound) {
    return [
      "bad-path",
      "the folder does not exist; create it or choose another path",
    ];
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return [
      "bad-path",
      "you may not create files in that folder; choose another path",
    ];
  }
  return null;
}

function explainSystem(error: unknown, message: string): Explanation {
  if (codeOf(error) === "EMFILE" || codeOf(error) === "ENFILE") {
    return [
      "other",
      "too many files are open; raise the limit with ulimit -n, or end some programs",
    ];
  }
  return [
    "other",
    message.replace(/ \(os error \d+\)/, "").replaceAll(/\s+/g, " "),
  ];
}

/**
 * The flag that is missing. Deno says which one in its message: `Requires net
 * access to "127.0.0.1:2121", run again with …`.
 */
function missingPermission(message: string, address: ListenPlace): string {
  const [, need = "net", target] =
    /Requires (\w+) access to "([^"]*)"/.exec(message) ?? [];
  const flag = `--allow-${need}=${target ?? targetOf(address)}`;
  if (address.transport === "unix") {
    return `Deno was started without the permission; add ${flag} to create this socket`;
  }
  if (address.transport === "udp") {
    return `Deno was started without the permission; add ${flag} to listen there, and the clients' addresses to answer them (or --allow-net alone)`;
  }
  return `Deno was started without the permission; add ${flag} to listen there`;
}

function targetOf(address: ListenPlace): string {
  if (address.transport === "unix") return address.path;
  return formatHostPort(address.hostname, address.port);
}

function placeName(address: ListenPlace): string {
  const target = targetOf(address);
  return address.transport === "tcp"
    ? target
    : `${address.transport}:${target}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error
    ? (error as { code?: unknown }).code
    : undefined;
}

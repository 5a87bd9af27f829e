/**
 * What can go wrong between a small client and its server, each in one line:
 * what was tried, where, why it failed, what to do.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli/errors.ts";
import { visible } from "../../lib/visible.ts";
import { formatTarget, type Target } from "./target.ts";

/** How a service could not be used. */
export type ServiceFailure =
  /** Nobody knows the host's name. */
  | "name"
  /** Nobody listens there. */
  | "refused"
  /** There is no way to the host. */
  | "unreachable"
  /** No answer in time. */
  | "timeout"
  /** The server broke off. */
  | "closed"
  /** The runtime or the system forbids it. */
  | "permission"
  /** A Unix socket's path does not exist or is too long. */
  | "path"
  /** A datagram or an answer is longer than it may be. */
  | "size"
  /** Anything else the system said. */
  | "other";

/** A service cannot be reached, or broke off: exit code 3. */
export class ServiceError extends ToolError {
  /** What happened, for programs. */
  readonly kind: ServiceFailure;

  /** The message is the line that a person sees. */
  constructor(kind: ServiceFailure, message: string, options?: ErrorOptions) {
    super(visible(message), EXIT.network, options);
    this.name = "ServiceError";
    this.kind = kind;
  }
}

/** Bytes that a system has for the path of a Unix socket: Linux, the others. */
const MAX_PATH_BYTES = 107;

/**
 * What the runtime threw, as a {@linkcode ServiceError}; one that is one
 * already stays as it is.
 *
 * @param what What was tried, such as `cannot connect to`; the target follows.
 *
 * @example
 * ```ts
 * import { serviceError } from "./errors.ts";
 * const target = { transport: "tcp", hostname: "127.0.0.1", port: 7 } as const;
 * const cause = new Deno.errors.ConnectionRefused("Connection refused");
 * console.assert(
 *   serviceError("cannot connect to", target, cause).message ===
 *     "cannot connect to 127.0.0.1:7 (tcp): connection refused; " +
 *       "is a server listening?",
 * );
 * ```
 */
export function serviceError(
  what: string,
  target: Target,
  cause: unknown,
): ServiceError {
  if (cause instanceof ServiceError) return cause;
  const kind = kindOf(target, cause);
  const why = WHY[kind](target, cause);
  return new ServiceError(kind, `${what} ${formatTarget(target)}: ${why}`, {
    cause,
  });
}

/**
 * Nothing came back: `no reply in 2 s from 127.0.0.1:7 (udp); is a server
 * listening?`
 *
 * @param timeout Milliseconds that were waited.
 */
export function noReply(target: Target, timeout: number): ServiceError {
  const where = formatTarget(target);
  return new ServiceError(
    "timeout",
    `no reply in ${timeout / 1000} s from ${where}; is a server listening?`,
  );
}

/** The runtime's names and codes, in our words. */
const KINDS: Readonly<Record<string, ServiceFailure>> = {
  ConnectionRefused: "refused",
  ECONNREFUSED: "refused",
  NotFound: "path",
  TimedOut: "timeout",
  TimeoutError: "timeout",
  ETIMEDOUT: "timeout",
  NotCapable: "permission",
  PermissionDenied: "permission",
  EPERM: "permission",
  EACCES: "permission",
  HostUnreachable: "unreachable",
  NetworkUnreachable: "unreachable",
  NetworkDown: "unreachable",
  AddrNotAvailable: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EAFNOSUPPORT: "unreachable",
  ConnectionReset: "closed",
  ConnectionAborted: "closed",
  BrokenPipe: "closed",
  NotConnected: "closed",
  UnexpectedEof: "closed",
  ECONNRESET: "closed",
  ECONNABORTED: "closed",
  EPIPE: "closed",
  EMSGSIZE: "size",
  ENOTFOUND: "name",
  EAI_AGAIN: "name",
};

function kindOf(target: Target, cause: unknown): ServiceFailure {
  if (!(cause instanceof Error)) return "other";
  const code = String((cause as { code?: unknown }).code);
  if (target.transport === "unix" && tooLong(target.path)) return "path";
  if (/lookup address|getaddrinfo E(?!PERM)/.test(cause.message)) return "name";
  return KINDS[cause.name] ?? KINDS[code] ?? "other";
}

type Why = (target: Target, cause: unknown) => string;

const WHY: Readonly<Record<ServiceFailure, Why>> = {
  name: () => "no such host; check the name's spelling",
  refused: () => "connection refused; is a server listening?",
  unreachable: () => "the host cannot be reached; check the address",
  timeout: () => "no answer in time; is a server listening?",
  closed: () => "the server broke the connection off",
  permission: forbidden,
  path: wrongPath,
  size: () => "a datagram holds at most 65507 bytes over IPv4, 65527 over IPv6",
  other: (_target, cause) => systemText(cause),
};

/** What the system said, without what only its makers read. */
function systemText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/ \(os error \d+\)/, "").replaceAll(/\s+/g, " ");
}

function wrongPath(target: Target): string {
  if (target.transport !== "unix" || !tooLong(target.path)) {
    return "there is no such socket; is a server listening?";
  }
  return `the path has ${bytesOf(target.path)} bytes and may have ` +
    `${MAX_PATH_BYTES}; choose a shorter one`;
}

function tooLong(path: string): boolean {
  return bytesOf(path) > MAX_PATH_BYTES;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The system said no, or the runtime, which says what it wanted. */
function forbidden(target: Target, cause: unknown): string {
  const { name, message } = cause as Error;
  const isOurs = name === "NotCapable" || message.includes("getaddrinfo");
  if (!isOurs) return "the system does not permit it";
  const [, kind = "net", what] =
    /Requires (\w+) access to "([^"]*)"/.exec(message) ?? [];
  return `the runtime needs ${flagsFor(target, kind, what)}`;
}

/**
 * Everything that a target needs, not only what was asked for first: nobody
 * wants to be told one flag after the other.
 */
function flagsFor(target: Target, kind: string, what?: string): string {
  if (target.transport === "unix") {
    const socket = kind === "net" ? ` --allow-net=unix:${target.path}` : "";
    return `--allow-read=${target.path} --allow-write=${target.path}${socket}`;
  }
  const place = formatTarget(target).replace(/ \(.*/, "");
  const bound = what?.endsWith(":0") ? `,${what}` : "";
  return `--allow-net=${place}${bound}`;
}

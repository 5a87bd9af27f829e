/**
 * What a failure is called, and the exit code that it ends the tool with.
 *
 * @module
 */

import { errorLine } from "../../../lib/cli/run.ts";
import { EXIT, ToolError, UsageError } from "../../../lib/cli/errors.ts";
import {
  DamagedError,
  FtpError,
  IncompleteError,
  LocalError,
  NetworkError,
} from "../errors.ts";
import { redactUrls } from "../url.ts";
import { distrustLine, isDistrust } from "./distrust_line.ts";
import { missingFlag } from "./missing_flag.ts";
import { isVague, kindOfReply } from "./reply_kind.ts";
import { makes, meaningOf } from "./reply_meaning.ts";

/** Every kind of failure; {@linkcode EXIT_CODES} says what they mean. */
export type FailureKind =
  | "failed"
  | "usage"
  | "connect"
  | "name"
  | "login"
  | "missing"
  | "permission"
  | "incomplete"
  | "local"
  | "tls"
  | "cancelled";

/** One row of {@linkcode EXIT_CODES}. */
export interface ExitCode {
  /** What the tool ends with. */
  readonly code: number;
  /** What it says, for the help. */
  readonly meaning: string;
}

/** How the tool ends: one code for each kind of failure. */
export const EXIT_CODES: Readonly<Record<FailureKind | "done", ExitCode>> = {
  done: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "failed in a way that has no code of its own" },
  usage: { code: 2, meaning: "the command line or a command makes no sense" },
  connect: {
    code: 3,
    meaning: "no connection, none that can be trusted, or it broke",
  },
  name: { code: 4, meaning: "there is no host of this name" },
  login: { code: 5, meaning: "the server refused the user or the password" },
  missing: { code: 6, meaning: "the server has no such file or folder" },
  permission: {
    code: 7,
    meaning: "the server or the runtime did not allow it",
  },
  incomplete: { code: 8, meaning: "a transfer ended before it was complete" },
  local: { code: 9, meaning: "a local file could not be read or written" },
  tls: { code: 10, meaning: "TLS failed, is refused, or is insisted on" },
  cancelled: { code: 130, meaning: "cancelled, as with Ctrl-C" },
};

/** Options for {@linkcode ShellError}. */
export interface ShellErrorOptions extends ErrorOptions {
  /** Whether the user has read its line already. @default {false} */
  told?: boolean;
}

/** The shell could not do what it was told to do, and knows why. */
export class ShellError extends ToolError {
  /** What the failure is called. */
  readonly kind: FailureKind;
  /** Whether the user has read its line already. */
  readonly told: boolean;

  /** The message is the line that the user sees. */
  constructor(
    kind: FailureKind,
    message: string,
    { told = false, ...options }: ShellErrorOptions = {},
  ) {
    super(message, EXIT_CODES[kind].code, options);
    this.name = "ShellError";
    this.kind = kind;
    this.told = told;
  }
}

/** Whether the user has read it already. */
export function isTold(error: unknown): boolean {
  return error instanceof ShellError && error.told;
}

/** What there is to say about a failure. */
export interface Failure {
  /** What it is called. */
  readonly kind: FailureKind;
  /** What the tool ends with. */
  readonly exitCode: number;
  /** One line, safe to show, without passwords. */
  readonly message: string;
  /** Code of the server's reply, if one was the reason. */
  readonly code?: number;
}

/**
 * What to say about anything that was thrown. Never throws.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { failureOf } from "./failure.ts";
 * const reply = { code: 550, lines: ["No such file."] };
 * const { kind, exitCode } = failureOf(new FtpError("RETR a", reply));
 * console.assert(kind === "missing" && exitCode === 6);
 * ```
 */
export function failureOf(error: unknown): Failure {
  const kind = kindOf(error);
  const message = redactUrls(messageOf(error, kind));
  const failure = { kind, exitCode: EXIT_CODES[kind].code, message };
  return error instanceof FtpError ? { ...failure, code: error.code } : failure;
}

/** What a failure means, and how that is known. */
export interface CloserLook {
  /** What it is called. */
  readonly kind: FailureKind;
  /** What a look at the server showed, in a few words; `null` for nothing. */
  readonly reason: string | null;
}

/**
 * What a failure means, with a second look where neither code nor words of the
 * server's reply say why: vsftpd's `Failed to open file.` is "missing" when
 * there is no entry and "permission" when there is one. What stays unclear is
 * what {@linkcode failureOf} says. Never rejects.
 *
 * @param stat Resolves to the entry that the command was about, or to `null`.
 * @param above Resolves to the folder above it, or to `null`.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { lookCloser } from "./failure.ts";
 * const reply = { code: 550, lines: ["Failed to open file."] };
 * const error = new FtpError("RETR a", reply);
 * const { kind } = await lookCloser(error, () => Promise.resolve(null));
 * console.assert(kind === "missing");
 * ```
 */
export async function lookCloser(
  error: unknown,
  stat: () => Promise<unknown | null>,
  above?: () => Promise<unknown | null>,
): Promise<CloserLook> {
  const { kind } = failureOf(error);
  const known = { kind, reason: null };
  if (!(error instanceof FtpError) || !isVague(error)) return known;
  try {
    const entry = await stat();
    const isUnmade = entry === null && makes(error);
    return meaningOf(error, entry, isUnmade ? await above?.() : undefined);
  } catch {
    return known;
  }
}

/** Names of the runtime's errors that are about connections. */
const NETWORK_NAMES: readonly string[] = [
  "ConnectionRefused",
  "ConnectionReset",
  "ConnectionAborted",
  "NotConnected",
  "AddrInUse",
  "AddrNotAvailable",
  "HostUnreachable",
  "NetworkUnreachable",
  "TimedOut",
  "TimeoutError",
];
/** Those about files. */
const LOCAL_NAMES: readonly string[] = [
  "NotFound",
  "PermissionDenied",
  "AlreadyExists",
  "IsADirectory",
  "NotADirectory",
  "FilesystemLoop",
  "Busy",
  "BrokenPipe",
  "WriteZero",
  "UnexpectedEof",
];

function kindOf(error: unknown): FailureKind {
  if (error instanceof ShellError) return error.kind;
  if (error instanceof FtpError) return kindOfReply(error);
  if (error instanceof NetworkError) return kindOfNetwork(error);
  if (error instanceof IncompleteError) return "incomplete";
  if (error instanceof DamagedError) return "incomplete";
  if (error instanceof LocalError) {
    return missingFlag(error) === null ? "local" : "permission";
  }
  if (error instanceof UsageError || isUnsendable(error)) return "usage";
  if (error instanceof ToolError) return kindOfExit(error.exitCode);
  return error instanceof Error ? kindOfName(error) : "failed";
}

function kindOfNetwork(error: NetworkError): FailureKind {
  const { kind } = error;
  if (kind === "tls") return isDistrust(error) ? "connect" : kind;
  return kind === "name" || kind === "permission" ? kind : "connect";
}

function kindOfExit(code: number): FailureKind {
  if (code === EXIT.usage) return "usage";
  return code === EXIT.network ? "connect" : "failed";
}

function kindOfName({ name, message }: Error): FailureKind {
  if (name === "AbortError") return "cancelled";
  if (name === "NotCapable") return "permission";
  if (NETWORK_NAMES.includes(name)) return "connect";
  // A full disk, for one, has no name.
  const isSystems = /\(os error \d+\)/.test(message);
  return LOCAL_NAMES.includes(name) || isSystems ? "local" : "failed";
}

/** Thrown for a command that could not be sent as it was typed. */
function isUnsendable(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message.startsWith("Cannot send ");
}

function messageOf(error: unknown, kind: FailureKind): string {
  if (kind === "cancelled" && !(error instanceof ShellError)) {
    return "cancelled";
  }
  if (isUnsendable(error)) return errorLine(new UsageError(error.message));
  const line = missingFlag(error) ?? distrustLine(error) ?? errorLine(error);
  return line === "" && error instanceof Error ? error.name : line;
}

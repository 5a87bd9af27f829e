/**
 * What a time server can answer instead of the time.
 *
 * @module
 */

import { ToolError } from "../../lib/cli/errors.ts";
import { formatTarget, type Target } from "../service/target.ts";

/** How an answer was none. */
export type TimeFailure =
  /** The server ended without a byte: it does not know the time. */
  | "unknown"
  /** The answer has a length that no time has. */
  | "malformed"
  /** A line in none of the forms that are understood. */
  | "unreadable";

/** A server was reached, but told no time: exit code 1. */
export class TimeError extends ToolError {
  /** What happened, for programs. */
  readonly kind: TimeFailure;

  /** The message is the line that a person sees. */
  constructor(kind: TimeFailure, target: Target, why: string) {
    super(`${formatTarget(target)}: ${why}`);
    this.name = "TimeError";
    this.kind = kind;
  }
}

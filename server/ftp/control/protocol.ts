/**
 * What is said over the control socket: one line of JSON asks, one line of JSON
 * answers, as often as a client likes.
 *
 * @module
 */

import type { ServerSurvey } from "../operations/survey.ts";

/** What can be asked for. */
export type ControlRequest =
  /** Who is there, and what they do. */
  | { readonly do: "who" }
  /** What was counted, and how the server is. */
  | { readonly do: "stats" }
  /** Ends a session. */
  | { readonly do: "kick"; readonly session: number }
  /** Lets an address come again that was banned. */
  | { readonly do: "unban"; readonly address: string }
  /** Takes no more sessions, and ends with the last one. */
  | { readonly do: "drain" };

/** The answer; which fields it has follows from the question. */
export type ControlAnswer =
  | { readonly ok: true; readonly status?: ServerStatus }
  | { readonly ok: false; readonly error: string };

/** How a server is. Plain data. */
export interface ServerStatus {
  /** Its version. */
  readonly version: string;
  /** The time of this answer: milliseconds since 1970. */
  readonly now: number;
  /** When it started: milliseconds since 1970. */
  readonly since: number;
  /** Whether it waits for its last session to end. */
  readonly draining: boolean;
  /** Workers that died. */
  readonly deaths: number;
  /** Reloads that worked, and that did not. */
  readonly reloads: { readonly ok: number; readonly failed: number };
  /** Addresses that are shut out, and for how many milliseconds more. */
  readonly bans: readonly { readonly address: string; readonly left: number }[];
  /** Sessions, counts and workers. */
  readonly survey: ServerSurvey;
}

/** Longest request, in bytes. */
export const MAX_REQUEST = 4096;
/** Longest answer, in bytes: 50 000 sessions have room. */
export const MAX_ANSWER: number = 64 << 20;

const PLAIN = ["who", "stats", "drain"] as const;

/**
 * The request that a line means.
 *
 * @throws {RangeError} when it means none: one line that says why.
 *
 * @example
 * ```ts
 * import { readControlRequest } from "./protocol.ts";
 * const request = readControlRequest('{"do":"kick","session":7}');
 * console.assert(request.do === "kick" && request.session === 7);
 * ```
 */
export function readControlRequest(line: string): ControlRequest {
  const { do: what, session, address } = recordOf(line);
  const plain = PLAIN.find((name) => name === what);
  if (plain !== undefined) return { do: plain };
  if (what === "unban" && typeof address === "string") {
    return { do: "unban", address };
  }
  if (what !== "kick") {
    throw new RangeError(
      'expected "do" to be who, stats, kick, unban or drain',
    );
  }
  if (!Number.isSafeInteger(session)) {
    throw new RangeError('expected "session" to be the number of a session');
  }
  return { do: "kick", session: session as number };
}

function recordOf(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RangeError("expected one JSON object a line");
  }
  if (typeof value === "object" && value !== null) {
    return value as Record<string, unknown>;
  }
  throw new RangeError("expected a JSON object");
}

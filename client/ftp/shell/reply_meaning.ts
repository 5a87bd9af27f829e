/**
 * What a server means by a "no" that says nothing, by a look at what is there.
 *
 * @module
 */

import type { FtpError } from "../errors.ts";
import {
  kindOfReply,
  type ReplyKind,
  saysUnmade,
  verbOf,
} from "./reply_kind.ts";

/** What a refusal means, and how that is known. */
export interface Meaning {
  /** The kind of the failure. */
  readonly kind: ReplyKind;
  /** What a look at the server shows, in a few words; `null` for nothing. */
  readonly reason: string | null;
}

/** What the path of a command has to be for the command to make sense. */
const NEEDED: Readonly<Record<string, "file" | "directory" | "any">> = {
  RETR: "file",
  DELE: "file",
  SIZE: "file",
  CWD: "directory",
  MLSD: "directory",
  LIST: "any",
  NLST: "any",
  MLST: "any",
  STAT: "any",
  MDTM: "any",
  MFMT: "any",
  RNFR: "any",
  SITE: "any",
};

/**
 * What a vague refusal means, as `Failed to open file.`: "missing" when there
 * is no such entry, "permission" when there is one that the command could have
 * used. A folder that cannot be removed may just not be empty: that stays
 * "failed". What could not be made is told by what is there already, and by
 * the folder that it belongs into.
 *
 * @param entry What is there; `null` for nothing.
 * @param above The folder above it; `null` for nothing, `undefined` when
 * nobody has looked.
 *
 * @example
 * ```ts
 * import { FtpError } from "../errors.ts";
 * import { meaningOf } from "./reply_meaning.ts";
 * const reply = { code: 550, lines: ["Failed to open file."] };
 * const error = new FtpError("RETR a", reply);
 * console.assert(meaningOf(error, null).kind === "missing");
 * console.assert(meaningOf(error, { type: "file" }).kind === "permission");
 * ```
 */
export function meaningOf(
  error: FtpError,
  entry: unknown,
  above?: unknown,
): Meaning {
  const verb = verbOf(error);
  if (makes(error)) return meaningOfMaking(error, entry ?? null, above);
  const needed = NEEDED[verb];
  if (entry === null || entry === undefined) {
    const isMissing = needed !== undefined || verb === "RMD";
    return isMissing ? MISSING : unclear(error);
  }
  const type = typeOf(entry);
  const isOther = (type === "file" || type === "directory") && type !== needed;
  if (needed === undefined || needed !== "any" && isOther) {
    return unclear(error);
  }
  return FORBIDDEN;
}

const MISSING: Meaning = {
  kind: "missing",
  reason: "there is nothing of this name",
};
const FORBIDDEN: Meaning = {
  kind: "permission",
  reason: "it is there, but this is not allowed",
};

/** Whether a command makes what it names, so that the folder above counts. */
export function makes(error: FtpError): boolean {
  return ["MKD", "STOR", "APPE"].includes(verbOf(error));
}

function meaningOfMaking(
  error: FtpError,
  entry: unknown,
  above: unknown,
): Meaning {
  // A disk that is full, for one, has other words.
  const isUntold = saysUnmade(error);
  if (entry !== null) {
    if (verbOf(error) === "MKD") {
      return { kind: "failed", reason: "it is there already" };
    }
    const isFile = typeOf(entry) !== "directory";
    return isFile && isUntold ? FORBIDDEN : { kind: "failed", reason: null };
  }
  if (above === undefined) return unclear(error);
  if (above === null) {
    return { kind: "missing", reason: "the folder above it is not there" };
  }
  if (typeOf(above) === "file") {
    return { kind: "failed", reason: "what is above it is no folder" };
  }
  return isUntold
    ? { kind: "permission", reason: "its folder does not allow it" }
    : unclear(error);
}

function unclear(error: FtpError): Meaning {
  return { kind: kindOfReply(error), reason: null };
}

function typeOf(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null && "type" in entry
    ? entry.type
    : null;
}

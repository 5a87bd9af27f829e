/**
 * A line for each transfer in the form that wu-ftpd introduced and most log
 * analysers read (xferlog(5)).
 *
 * @module
 */

import type { TransferEnd } from "./observer.ts";

/** Who transferred something. */
export interface XferlogClient {
  /** The client's address. */
  readonly address: string;
  /** Whether the account takes any password. */
  readonly isAnonymous: boolean;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * The line, with its end: time (local, as all servers write it), whole seconds
 * (at least 1), address, bytes, path, `a` or `b` for the type, `_` for no
 * conversion, `o` or `i`, `a` or `r` for anonymous or real users, the account,
 * the service, no RFC 931 answers (`0 *`), and `c` or `i` for complete or not.
 *
 * Blanks and characters that do not print are `_`, because fields are parted
 * by blanks.
 *
 * @example
 * ```ts
 * import type { TransferEnd } from "./observer.ts";
 * import { xferlogLine } from "./xferlog.ts";
 * const end = {
 *   transfer: { verb: "RETR", path: "/a b" },
 *   direction: "download",
 *   outcome: "complete",
 *   bytes: 5,
 *   duration: 1234,
 *   ascii: false,
 *   account: "ann",
 * } as unknown as TransferEnd;
 * const client = { address: "192.0.2.7", isAnonymous: false };
 * console.assert(
 *   xferlogLine(end, client, new Date(2026, 10, 3, 4, 5, 6)) ===
 *     "Tue Nov  3 04:05:06 2026 1 192.0.2.7 5 /a_b b _ o r ann ftp 0 * c\n",
 * );
 * ```
 */
export function xferlogLine(
  end: TransferEnd,
  { address, isAnonymous }: XferlogClient,
  now: Date,
): string {
  const fields = [
    timeOf(now),
    Math.max(1, Math.round(end.duration / 1000)),
    address,
    end.bytes,
    fieldOf(end.transfer.path),
    end.ascii ? "a" : "b",
    "_",
    end.direction === "upload" ? "i" : "o",
    isAnonymous ? "a" : "r",
    fieldOf(end.account ?? "?"),
    "ftp 0 *",
    end.outcome === "complete" ? "c" : "i",
  ];
  return fields.join(" ") + "\n";
}

/** As ctime(3) writes it: `Sun Nov  1 02:03:04 2026`. */
function timeOf(now: Date): string {
  const day = String(now.getDate()).padStart(2);
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((number) => String(number).padStart(2, "0")).join(":");
  const names = `${DAYS[now.getDay()]} ${MONTHS[now.getMonth()]}`;
  return `${names} ${day} ${clock} ${now.getFullYear()}`;
}

/** One word; `_` for what would make it another, or move a cursor. */
function fieldOf(text: string): string {
  return text.replace(/[\s\p{C}\p{Z}]/gu, "_") || "?";
}

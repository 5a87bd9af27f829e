/**
 * The runtime's refusals, in words that say which flag is missing.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { quoteWord } from "./words.ts";

/** What a network error says of a refusal without a name. */
const NO_FLAG = /no permission; allow it with --allow-net$/;
/** No flag but all of them together opens these. */
const KEPT_OUT = "the runtime keeps programs out of /dev, /proc and /sys";
const REFUSAL_REGEXP =
  /Requires (\w+) access to (?:"(.*)"|<?([^>,]*)>?), (?:run|specify)/s;

/**
 * What could not be done and which permission flag allows it, when the runtime
 * forbade it; `null` for every other error.
 *
 * @param error An error, or one whose cause it is.
 *
 * @example
 * ```ts
 * import { missingFlag } from "./missing_flag.ts";
 * const refusal = 'Requires read access to "/a", run again with the flag';
 * const cause = Object.assign(new Error(refusal), { name: "NotCapable" });
 * const error = new Error(`Cannot read /a: ${refusal}`, { cause });
 * console.assert(
 *   missingFlag(error) ===
 *     "Cannot read /a: the runtime forbids it; allow it with --allow-read=/a",
 * );
 * ```
 */
export function missingFlag(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const refusal = error.name === "NotCapable" ? error : error.cause;
  if (!(refusal instanceof Error) || refusal.name !== "NotCapable") return null;
  const [, kind, quoted, named = ""] = REFUSAL_REGEXP.exec(refusal.message) ??
    [];
  if (kind === undefined) return visible(error.message);
  if (kind === "all") {
    return visible(`${triedOf(error, refusal)}${KEPT_OUT}`);
  }
  // Data connections use other ports: it is the host that is needed.
  const place = quoted ?? named;
  const what = kind === "net" ? place.replace(/:\d+$/, "") : place;
  const flag = quoteWord(`--allow-${kind}${what === "" ? "" : `=${what}`}`);
  const tried = error === refusal
    ? `Cannot ${kind} ${what}: `
    : triedOf(error, refusal);
  return visible(`${tried}the runtime forbids it; allow it with ${flag}`);
}

/** What was tried, without why it failed. */
function triedOf(error: Error, refusal: Error): string {
  return error.message.replace(refusal.message, "").replace(NO_FLAG, "");
}

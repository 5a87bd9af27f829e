/**
 * Names that may be given to local files, and names that the local file system
 * takes for the same.
 *
 * @module
 */

import { isPlainName } from "../listing.ts";

/** Whose rules hold for local names. */
export type NameRules = "posix" | "windows" | "darwin";

/**
 * Devices, with any extension. The small digits are digits to Windows.
 */
const DEVICE_REGEXP =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:[.:]|$)/i;

/** No file system of today has longer names. */
const LONGEST = 255;

/**
 * The rules of a system, by default of the one that this runs on.
 *
 * @param system Its name, as `linux`.
 *
 * @example
 * ```ts
 * import { nameRulesOf } from "./local_name.ts";
 * console.assert(nameRulesOf("freebsd") === "posix");
 * ```
 */
export function nameRulesOf(system: string = Deno.build.os): NameRules {
  return system === "windows" || system === "darwin" ? system : "posix";
}

/**
 * Why a name from a server must not be used here, or `null` when it may be.
 * What could leave the folder is refused on every system, so that a mirror is
 * the same everywhere.
 *
 * @example
 * ```ts
 * import { nameProblem } from "./local_name.ts";
 * console.assert(nameProblem("-rf |x $(y) ~", "posix") === null);
 * console.assert(nameProblem("..", "posix") === "name could leave the folder");
 * console.assert(nameProblem("NUL.txt", "windows") === "name of a device");
 * ```
 */
export function nameProblem(name: string, rules: NameRules): string | null {
  if (name === "") return "no name";
  if (/[/\\]/.test(name) || name === "." || name === "..") {
    return "name could leave the folder";
  }
  if (!isPlainName(name)) return "name with a control character";
  if (lengthOf(name, rules) > LONGEST) return "name is too long";
  return rules === "windows" ? windowsProblem(name) : null;
}

/** Windows and macOS count UTF-16, others bytes. */
function lengthOf(name: string, rules: NameRules): number {
  return rules === "posix"
    ? new TextEncoder().encode(name).length
    : name.length;
}

function windowsProblem(name: string): string | null {
  if (/^[a-z]:/i.test(name)) return "name could leave the folder";
  if (DEVICE_REGEXP.test(name)) return "name of a device";
  if (/[. ]$/.test(name)) return "name ends with a dot or space";
  return /[<>:"|?*]/.test(name) ? "no name for this system" : null;
}

/**
 * Why a local name cannot be sent to a server, or `null` when it can.
 *
 * @example
 * ```ts
 * import { sendingProblem } from "./local_name.ts";
 * console.assert(sendingProblem("a\nb") === "name with a control character");
 * ```
 */
export function sendingProblem(name: string): string | null {
  if (!isPlainName(name)) return "name with a control character";
  return name.isWellFormed() ? null : "name cannot be written in Unicode";
}

/**
 * Equal for names that the local file system does not tell apart: by case on
 * Windows and macOS, by Unicode normal form on macOS.
 *
 * @example
 * ```ts
 * import { nameKey } from "./local_name.ts";
 * console.assert(nameKey("A", "windows") === nameKey("a", "windows"));
 * console.assert(nameKey("A", "posix") !== nameKey("a", "posix"));
 * ```
 */
export function nameKey(name: string, rules: NameRules): string {
  if (rules === "posix") return name;
  const folded = name.toUpperCase().toLowerCase();
  return rules === "darwin" ? folded.normalize("NFC") : folded;
}

/**
 * Names that a drop box takes: the same ones on every system.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { MAX_NAME_BYTES } from "../../fs/names.ts";

/** Devices of Windows, with any extension; the small digits count there. */
const DEVICE =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;

/** Characters of no width that no script needs, unlike the two joiners. */
const ZERO_WIDTH = /[\u200b\u2060\ufeff]/;

/**
 * Why a drop box does not take `name`, or `null` when it does. A name is one
 * component of at most 255 bytes, shows all its characters, and is no other
 * file on some system: no `/` or `\`, no dot in front, no space at either end,
 * no dot at the end, no device of Windows. Nor does it begin with `error:`, so
 * that a listing cannot be taken for a refusal.
 *
 * @example
 * ```ts
 * import { nameProblem } from "./name.ts";
 * console.assert(nameProblem("Grüße – 1.txt") === null);
 * console.assert(nameProblem("../x") === "a name has no / and no \\");
 * ```
 */
export function nameProblem(name: string): string | null {
  if (name === "") return "a name is missing";
  if (/[/\\]/.test(name)) return "a name has no / and no \\";
  if (visible(name) !== name || ZERO_WIDTH.test(name)) {
    return "a name has no control or invisible characters";
  }
  if (name.startsWith(".")) return "a name does not begin with a dot";
  if (name.trim() !== name) return "a name has no space at its ends";
  if (name.endsWith(".")) return "a name does not end with a dot";
  if (name.startsWith("error:")) return 'a name does not begin with "error:"';
  if (DEVICE.test(name)) return "this is the name of a device on Windows";
  const { length } = new TextEncoder().encode(name);
  if (length > MAX_NAME_BYTES) {
    return `a name has at most ${MAX_NAME_BYTES} bytes, not ${length}`;
  }
  return null;
}

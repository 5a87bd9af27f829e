/**
 * A colour for each sender, so that the eye can follow one of many.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";

/** Foregrounds of ECMA-48 that can be read on black and on white. */
const COLORS = [31, 32, 33, 34, 35, 36, 91, 92, 94, 95];
const DEFAULT_COLOR = 39;

/**
 * Puts `text` into the colour of a sender; the same one for as long as it
 * keeps its address and port.
 *
 * @example
 * ```ts
 * import { inColorOf } from "./color.ts";
 * const text = inColorOf({ hostname: "127.0.0.1", port: 4001 }, "hello");
 * console.assert(/^\x1b\[\d\dmhello\x1b\[39m$/.test(text));
 * ```
 */
export function inColorOf(
  { hostname, port }: Readonly<HostPort>,
  text: string,
): string {
  let sum = port;
  for (let at = 0; at < hostname.length; at++) {
    sum = (sum * 31 + hostname.charCodeAt(at)) >>> 0;
  }
  return `\x1b[${COLORS[sum % COLORS.length]}m${text}\x1b[${DEFAULT_COLOR}m`;
}

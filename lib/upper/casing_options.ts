/**
 * The options `--unicode` and `--turkish`, which the upper-case server and its
 * client share.
 *
 * @module
 */

import type { Casing } from "./mapping.ts";

/** The rows of the options. */
export const CASING_OPTIONS = {
  unicode: {
    type: "flag",
    help: "change every letter of UTF-8 text, not only a to z",
    group: "Letters",
  },
  turkish: {
    type: "flag",
    help: "the same, with i to İ as in Turkish and Azeri",
    group: "Letters",
  },
} as const;

/** Their values. */
export interface CasingValues {
  /** `--unicode`. */
  readonly unicode: boolean;
  /** `--turkish`, which means Unicode, too. */
  readonly turkish: boolean;
}

/**
 * Which letters change.
 *
 * @example
 * ```ts
 * import { readCasing } from "./casing_options.ts";
 * const none = readCasing({ unicode: false, turkish: false });
 * console.assert(none === "ascii");
 * ```
 */
export function readCasing({ unicode, turkish }: CasingValues): Casing {
  if (turkish) return "turkish";
  return unicode ? "unicode" : "ascii";
}

/**
 * How many: few in the suite, many when somebody has the time.
 *
 * @module
 */

/** Whether the environment variable `WHARF_ATTACKS` says `long`. */
const IS_LONG: boolean = Deno.env.get("WHARF_ATTACKS") === "long";

/** The number for the suite, or the one for the long form. */
export function many(few: number, long: number): number {
  return IS_LONG ? long : few;
}

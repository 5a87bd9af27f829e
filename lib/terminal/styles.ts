/**
 * Colours, where they are wanted.
 *
 * @module
 */

/** Makes text look different. */
export type Style = (text: string) => string;

/** The styles there are. */
export interface Styles {
  /** Heavier. */
  readonly bold: Style;
  /** Less important. */
  readonly dim: Style;
  /** What went wrong. */
  readonly red: Style;
  /** What went well. */
  readonly green: Style;
  /** Folders. */
  readonly blue: Style;
  /** Links. */
  readonly cyan: Style;
}

/**
 * Styles that are escape sequences (ECMA-48 SGR) when `color`, and otherwise
 * leave text as it is. Measure text before styling it.
 *
 * @example
 * ```ts
 * import { styles } from "./styles.ts";
 * console.assert(styles(false).bold("x") === "x");
 * console.assert(styles(true).bold("x") === "\x1b[1mx\x1b[22m");
 * ```
 */
export function styles(color: boolean): Styles {
  const style = (on: number, off: number): Style => (text) =>
    color && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    blue: style(34, 39),
    cyan: style(36, 39),
  };
}

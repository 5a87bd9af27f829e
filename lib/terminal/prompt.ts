/**
 * What stands before the line that is typed.
 *
 * @module
 */

import { visible } from "../visible.ts";
import type { Style } from "./styles.ts";
import { displayWidth, truncateMiddle } from "./width.ts";

/** A piece of a prompt with a style of its own. */
export interface PromptPart {
  /** What it says; control characters are made visible. */
  readonly text: string;
  /** How it looks. @default plain */
  readonly style?: Style;
}

/**
 * A prompt: plain text, or pieces with styles. Control characters in the text
 * are made visible, so a name from a server may stand in it.
 */
export type Prompt = string | readonly PromptPart[];

/** A prompt as it is written, and the columns it takes. */
export interface ShownPrompt {
  /** Safe text with styles. */
  readonly text: string;
  /** The columns it takes. */
  readonly width: number;
}

/** A prompt made safe, in at most `width` columns. */
export function showPrompt(prompt: Prompt, width: number): ShownPrompt {
  const parts = typeof prompt === "string" ? [{ text: prompt }] : prompt;
  const safe = parts.map((part) => ({ ...part, text: visible(part.text) }));
  const plain = safe.map((part) => part.text).join("");
  const whole = displayWidth(plain);
  if (whole > width) {
    const text = truncateMiddle(plain, width);
    return { text, width: displayWidth(text) };
  }
  const text = safe.map(({ text, style = asIs }) => style(text)).join("");
  return { text, width: whole };
}

function asIs(text: string): string {
  return text;
}

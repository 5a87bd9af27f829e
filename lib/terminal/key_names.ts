/**
 * What the keys of xterm, rxvt, the Linux console and their kin are called.
 *
 * @module
 */

/**
 * A key, or a paste as a whole.
 *
 * Names are lower case: `enter`, `tab`, `backspace`, `escape`, `delete`,
 * `home`, `end`, `up`, `down`, `left`, `right`, `page-up`, `page-down`,
 * `insert`, `f1` … and `ctrl-a`, `alt-b`, `shift-tab`, `ctrl-left`; several
 * modifiers come in the order ctrl, alt, shift.
 */
export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "key"; readonly name: string };

/** By the last character of a control sequence. */
const FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

/** By the number before a final `~`. */
const NUMBERS: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** By the character after `ESC O`, where it differs from the above. */
const SINGLE_SHIFTS: Readonly<Record<string, string>> = {
  M: "enter",
  a: "ctrl-up",
  b: "ctrl-down",
  c: "ctrl-right",
  d: "ctrl-left",
};

/** Controls that have names of their own. */
const CONTROLS: Readonly<Record<number, string>> = {
  0x00: "ctrl-space",
  0x09: "tab",
  0x0a: "enter",
  0x0d: "enter",
  0x1b: "escape",
  0x7f: "backspace",
};

/** The key of this name, with Alt when `alt`. */
export function namedKey(name: string, alt: boolean): Key {
  return { kind: "key", name: alt ? `alt-${name}` : name };
}

/** The key of a control character. */
export function controlKey(byte: number, alt: boolean): Key {
  const letter = String.fromCharCode(byte + 0x40).toLowerCase();
  return namedKey(CONTROLS[byte] ?? `ctrl-${letter}`, alt);
}

/** Text, or with Alt the key of this name. */
export function textKey(text: string, alt: boolean): Key {
  return alt ? namedKey(text.toLowerCase(), true) : { kind: "text", text };
}

/** The key of `ESC O` and this character, if there is one. */
export function singleShiftKey(char: string, alt: boolean): Key[] {
  const name = FINALS[char] ?? SINGLE_SHIFTS[char];
  return name === undefined ? [] : [namedKey(name, alt)];
}

/**
 * The key of `ESC [` and this sequence, if there is one: `D`, `1;5D`, `3~`,
 * `3;5~`, `Z`. The second number is one more than the sum of Shift 1, Alt 2
 * and Ctrl 4.
 */
export function sequenceKey(sequence: string, alt: boolean): Key[] {
  if (sequence === "Z") return [{ kind: "key", name: "shift-tab" }];
  const match = /^(\d*)(?:;(\d+))?([A-Z~])$/.exec(sequence);
  if (match === null) return [];
  const [, number = "", modifiers = "1", final = ""] = match;
  const name = final === "~" ? NUMBERS[number] : FINALS[final];
  if (name === undefined) return [];
  const bits = Number(modifiers) - 1 | (alt ? 2 : 0);
  const prefix = (bits & 4 ? "ctrl-" : "") + (bits & 2 ? "alt-" : "") +
    (bits & 1 ? "shift-" : "");
  return [{ kind: "key", name: prefix + name }];
}

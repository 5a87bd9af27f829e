/**
 * Keys out of the bytes a terminal sends, however they are cut.
 *
 * Text is UTF-8, the rest is control functions of ECMA-48. A sequence that
 * means nothing here is left out as a whole, so that no part of it is ever
 * taken for text.
 *
 * @module
 */

import {
  controlKey,
  type Key,
  namedKey,
  sequenceKey,
  singleShiftKey,
  textKey,
} from "./key_names.ts";

/** Makes keys of bytes. */
export interface KeyDecoder {
  /**
   * Whether an escape came that may be the Escape key or the start of more:
   * only time tells. Call {@linkcode KeyDecoder.flush} when nothing follows.
   */
  readonly undecided: boolean;
  /** The keys that `byte` completes: mostly none or one. */
  push(byte: number): Key[];
  /** The keys that are complete if nothing follows. */
  flush(): Key[];
}

/** Where the decoder is; `string` is what ends with ST or BEL. */
type State = "ground" | "utf8" | "escape" | "csi" | "ss3" | "string" | "paste";

const CTRL_C = 0x03;
const BEL = 0x07;
const ESC = 0x1b;
const DEL = 0x7f;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;

/** Bytes of a control sequence that are kept: no key has more. */
const LONGEST_SEQUENCE = 64;
/** Bytes of a paste that are kept. */
const LONGEST_PASTE = 1024 * 1024;

/** What follows `ESC [` before a paste, and all that follows a paste. */
const PASTE_BEGIN = "200~";
const PASTE_END: readonly number[] = [ESC, BRACKET, 0x32, 0x30, 0x31, 0x7e];

/** What a key cannot be made of. */
const UNKNOWN = "\ufffd";

/**
 * A decoder with nothing before it.
 *
 * @example
 * ```ts
 * import { createKeyDecoder } from "./keys.ts";
 * const decoder = createKeyDecoder();
 * const keys = [0x1b, 0x5b, 0x44].flatMap((byte) => decoder.push(byte));
 * console.assert(JSON.stringify(keys) === '[{"kind":"key","name":"left"}]');
 * ```
 */
export function createKeyDecoder(): KeyDecoder {
  let state: State = "ground";
  let held: number[] = [];
  let matched = 0; // Bytes of PASTE_END that came.
  let alt = false;

  function enter(next: State, bytes: number[] = []): Key[] {
    state = next;
    held = bytes;
    matched = 0;
    return [];
  }

  /** Back to the ground, with these keys. */
  function done(...keys: Key[]): Key[] {
    alt = false;
    return [...enter("ground"), ...keys];
  }

  function keep(bytes: readonly number[], limit: number): Key[] {
    if (held.length < limit) held.push(...bytes);
    return [];
  }

  const steps: Record<State, (byte: number) => Key[]> = {
    ground(byte) {
      if (byte === ESC) return enter("escape");
      if (byte < 0x20 || byte === DEL) return done(controlKey(byte, alt));
      if (byte < 0x80) return done(textKey(String.fromCharCode(byte), alt));
      if (utf8Length(byte) > 0) return enter("utf8", [byte]);
      return done(textKey(UNKNOWN, alt));
    },
    utf8(byte) {
      const goesOn = (byte & 0xc0) === 0x80;
      if (!goesOn) return again(byte, textKey(UNKNOWN, alt));
      held.push(byte);
      return held.length < utf8Length(held[0]!) ? [] : done(...utf8Key());
    },
    escape(byte) {
      if (byte === BRACKET) return enter("csi");
      if (byte === 0x4f) return enter("ss3");
      if (isStringStart(byte)) return enter("string");
      alt = true;
      return byte === ESC ? [] : steps.ground(byte);
    },
    csi(byte) {
      const isConsole = byte === BRACKET && held.length === 0;
      const goesOn = byte >= 0x20 && byte <= 0x3f;
      if (goesOn || isConsole) return keep([byte], LONGEST_SEQUENCE);
      if (byte < 0x40 || byte >= DEL) return again(byte);
      const sequence = String.fromCharCode(...held, byte);
      if (sequence === PASTE_BEGIN) return enter("paste");
      return done(...sequenceKey(sequence, alt));
    },
    ss3(byte) {
      if (byte < 0x20 || byte >= DEL) return again(byte);
      return done(...singleShiftKey(String.fromCharCode(byte), alt));
    },
    string(byte) {
      if (byte === CTRL_C) return again(byte);
      const ended = byte === BEL || byte === BACKSLASH && held[0] === ESC;
      held = [byte];
      return ended ? done() : [];
    },
    paste(byte) {
      if (byte === CTRL_C) return again(byte);
      if (byte === PASTE_END[matched]) {
        return ++matched < PASTE_END.length ? [] : done(pasteKey(held));
      }
      keep(PASTE_END.slice(0, matched), LONGEST_PASTE);
      matched = byte === ESC ? 1 : 0;
      return matched === 1 ? [] : keep([byte], LONGEST_PASTE);
    },
  };

  /** `byte` broke off what was under way, and is looked at anew. */
  function again(byte: number, ...keys: Key[]): Key[] {
    return [...done(...keys), ...steps.ground(byte)];
  }

  /** What is no valid UTF-8 is unknown; C1 controls are no keys. */
  function utf8Key(): Key[] {
    const text = decode(held);
    return /^\p{Cc}/u.test(text) ? [] : [textKey(text, alt)];
  }

  return {
    get undecided() {
      return state === "escape" || state === "string";
    },
    push: (byte) => steps[state](byte),
    flush() {
      return done(...state === "escape" ? [namedKey("escape", false)] : []);
    },
  };
}

/** How long a character is, or 0 when `byte` begins none. */
function utf8Length(byte: number): number {
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

/** Whether `byte` begins a DCS, SOS, OSC, PM or APC string. */
function isStringStart(byte: number): boolean {
  return "PX]^_".includes(String.fromCharCode(byte));
}

function pasteKey(bytes: readonly number[]): Key {
  return { kind: "paste", text: decode(bytes) };
}

function decode(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}

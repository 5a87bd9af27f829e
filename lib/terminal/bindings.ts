/**
 * What keys do to a line: the table of the Emacs keys that every shell has.
 *
 * @module
 */

import {
  after,
  argumentStart,
  before,
  between,
  end,
  erase,
  insert,
  type Line,
  moveTo,
  type Place,
  start,
  transpose,
  wordEnd,
  wordStart,
} from "./line.ts";

/** A line and what was cut out of it. */
export interface Editing {
  /** The line. */
  readonly line: Line;
  /** What Ctrl-Y puts back. */
  readonly killed: string;
  /** Whether the last key cut something: then the next cut adds to it. */
  readonly killing: boolean;
}

/** Keys that move the cursor. */
const MOVES: Readonly<Record<string, Place>> = {
  "left": before,
  "ctrl-b": before,
  "right": after,
  "ctrl-f": after,
  "home": start,
  "ctrl-a": start,
  "end": end,
  "ctrl-e": end,
  "ctrl-left": wordStart,
  "alt-left": wordStart,
  "alt-b": wordStart,
  "ctrl-right": wordEnd,
  "alt-right": wordEnd,
  "alt-f": wordEnd,
};

/** Keys that erase. */
const ERASES: Readonly<Record<string, Place>> = {
  "backspace": before,
  "ctrl-h": before,
  "delete": after,
  "ctrl-d": after,
};

/** Keys that cut: what they erase can be put back. */
const KILLS: Readonly<Record<string, Place>> = {
  "ctrl-k": end,
  "ctrl-u": start,
  "ctrl-w": argumentStart,
  "alt-backspace": wordStart,
  "alt-ctrl-h": wordStart,
  "alt-d": wordEnd,
  "ctrl-delete": wordEnd,
  "alt-delete": wordEnd,
};

/** What the key of this name makes of a line: nothing if it is unknown. */
export function press(editing: Editing, name: string): Editing {
  const still = { ...editing, killing: false };
  const { line, killed } = editing;
  const [move, gone, kill] = [MOVES[name], ERASES[name], KILLS[name]];
  if (move) return { ...still, line: moveTo(line, move) };
  if (gone) return { ...still, line: erase(line, gone) };
  if (kill) return cut(editing, kill);
  if (name === "ctrl-t") return { ...still, line: transpose(line) };
  if (name === "ctrl-y") return { ...still, line: insert(line, killed) };
  return still;
}

/** What typing `text` makes of a line. */
export function type(editing: Editing, text: string): Editing {
  return { ...editing, line: insert(editing.line, text), killing: false };
}

function cut({ line, killed, killing }: Editing, place: Place): Editing {
  const part = between(line, place);
  const back = place(line) < line.cursor;
  const before = killing ? killed : "";
  return {
    line: erase(line, place),
    killed: back ? part + before : before + part,
    killing: true,
  };
}

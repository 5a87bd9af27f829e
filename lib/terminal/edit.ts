/**
 * One line, from its prompt to the Enter key.
 *
 * @module
 */

import { type Editing, press, type } from "./bindings.ts";
import type { Completer } from "./completion.ts";
import type { Key } from "./key_names.ts";
import { lineOf } from "./line.ts";
import { createLineScreen, type LineScreen } from "./line_screen.ts";
import type { Prompt } from "./prompt.ts";
import { createRecall, type Recall } from "./recall.ts";
import {
  beginSearch,
  foundLine,
  type Search,
  searchPrompt,
  stepSearch,
} from "./search.ts";
import { pressTab } from "./tab.ts";
import type { Terminal } from "./terminal.ts";

/** How a line ended: Enter, Ctrl-C, or Ctrl-D where there was nothing. */
export type Edited =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "end" };

/** What a line is edited with. */
export interface EditOptions {
  /** The lines that were typed before, oldest first. */
  readonly history: readonly string[];
  /** What Tab does, if anything. */
  readonly complete?: Completer | undefined;
  /** Milliseconds that Tab waits at most. */
  readonly completeTimeout: number;
  /** What the line is at first. */
  readonly initial: string;
  /** What Ctrl-Y puts back at first. */
  readonly killed: string;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** Everything that is known about a line while it is edited. */
export interface EditState {
  /** The line and what was cut out of it. */
  editing: Editing;
  /** The search that is under way. */
  search: Search | undefined;
  /** Whether the last key was a Tab that could add nothing. */
  tabbed: boolean;
  /** Keys that were typed while Tab was at work. */
  readonly typed: (Key | null)[];
  /** Lines of a paste that come after this one. */
  readonly pasted: string[];
  /** Where one is in the history. */
  readonly recall: Recall;
}

/** What the keys work on. */
export interface EditScene {
  /** Where the keys come from. */
  readonly terminal: Terminal;
  /** Where the line is shown. */
  readonly screen: LineScreen;
  /** What stands before it. */
  readonly prompt: Prompt;
  /** What it is edited with. */
  readonly options: EditOptions;
}

/** How a line ended, and what of it outlives it. */
export interface EditResult {
  /** How it ended. */
  readonly edited: Edited;
  /** Lines of a paste that come after it. */
  readonly pasted: readonly string[];
  /** What Ctrl-Y puts back. */
  readonly killed: string;
}

/** Edits one line, on a terminal that is interactive. */
export function editLine(
  terminal: Terminal,
  prompt: Prompt,
  options: EditOptions,
): Promise<EditResult> {
  return terminal.raw(async () => {
    using screen = createLineScreen(terminal);
    const state = initialState(options);
    const scene = { terminal, screen, prompt, options };
    try {
      const edited = await loop(scene, state);
      const { pasted, editing: { killed } } = state;
      return { edited, pasted, killed };
    } catch (error) {
      screen.leave();
      throw error;
    }
  });
}

function initialState({ initial, killed, history }: EditOptions): EditState {
  return {
    editing: { line: lineOf(initial), killed, killing: false },
    search: undefined,
    tabbed: false,
    typed: [],
    pasted: [],
    recall: createRecall(history),
  };
}

async function loop(scene: EditScene, state: EditState): Promise<Edited> {
  const { terminal, options: { signal } } = scene;
  draw(scene, state);
  for (;;) {
    const key = state.typed.length > 0
      ? state.typed.shift()!
      : await terminal.key(signal);
    const edited = await pressKey(scene, state, key);
    const busy = state.typed.length > 0 || terminal.hasInput;
    if (edited !== undefined || !busy) draw(scene, state);
    if (edited === undefined) continue;
    scene.screen.leave(edited.kind === "cancelled" ? "^C" : "");
    return edited;
  }
}

/** Draws the line as it is now. */
export function draw(
  { screen, prompt, options }: EditScene,
  state: EditState,
): void {
  const { search, editing: { line } } = state;
  if (search === undefined) return screen.draw(prompt, line);
  screen.draw(searchPrompt(search), foundLine(search, options.history, line));
}

/** Does what a key means; returns how the line ended if it did. */
async function pressKey(
  scene: EditScene,
  state: EditState,
  key: Key | null,
): Promise<Edited | undefined> {
  if (key === null) return { kind: "end" };
  if (searchOn(scene, state, key)) return undefined;
  const name = key.kind === "key" ? key.name : key.kind;
  if (name !== "tab") state.tabbed = false;
  switch (name) {
    case "enter":
      return { kind: "line", text: state.editing.line.text };
    case "ctrl-c":
      state.pasted.length = 0;
      return { kind: "cancelled" };
    case "ctrl-d":
      if (state.editing.line.text === "") return { kind: "end" };
      break;
    case "ctrl-l":
      scene.screen.clear();
      return undefined;
    case "ctrl-r":
      state.search = beginSearch(scene.options.history);
      return undefined;
    case "tab":
      await pressTab(scene, state);
      return undefined;
  }
  state.editing = edit(scene, state, key);
  return undefined;
}

/** Whether `key` belonged to a search. */
function searchOn(scene: EditScene, state: EditState, key: Key): boolean {
  const { search } = state;
  if (search === undefined) return false;
  const { history } = scene.options;
  const step = stepSearch(search, key, history);
  if (step.kind === "search") {
    if (step.search.failed) scene.screen.bell();
    state.search = step.search;
    return true;
  }
  state.search = undefined;
  if (step.kind === "cancel") return true;
  const line = foundLine(search, history, state.editing.line);
  state.editing = { ...state.editing, line };
  return false;
}

/** What a key that does not end the line makes of it. */
function edit(scene: EditScene, state: EditState, key: Key): Editing {
  const { editing } = state;
  if (key.kind === "text") return type(editing, key.text);
  if (key.kind === "paste") return type(editing, paste(state, key.text));
  const step = STEPS[key.name];
  if (step === undefined) return press(editing, key.name);
  const line = state.recall.move(editing.line, step);
  if (line === undefined) scene.screen.bell();
  return { ...editing, line: line ?? editing.line, killing: false };
}

/** Keys that go through the history. */
const STEPS: Readonly<Record<string, -1 | 1>> = {
  "up": -1,
  "ctrl-p": -1,
  "down": 1,
  "ctrl-n": 1,
};

/** The first line of a paste; the others wait for their turn. */
function paste(state: EditState, text: string): string {
  const [first = "", ...others] = text.split(/\r\n|\r|\n/).map(printable);
  if (others.at(-1) === "") others.pop();
  state.pasted.unshift(...others);
  return first;
}

/** `text` without what cannot be typed; a tab is a space. */
export function printable(text: string): string {
  return text.replaceAll("\t", " ").replace(/\p{Cc}/gu, "");
}

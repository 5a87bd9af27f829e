/**
 * The Tab key while a line is edited: asks the completer, adds what is
 * certain, and lists the rest when it is pressed again.
 *
 * @module
 */

import { complete, type Completion, listCandidates } from "./completion.ts";
import { draw, type EditScene, type EditState } from "./edit.ts";
import type { Key } from "./key_names.ts";

/** So many words are listed without asking. */
const LISTED_UNASKED = 100;

/** Does what Tab means. */
export async function pressTab(
  scene: EditScene,
  state: EditState,
): Promise<void> {
  if (scene.options.complete === undefined) return scene.screen.bell();
  draw(scene, state); // It may take a while.
  const completion = await ask(scene, state);
  const before = state.editing.line;
  const line = completion ? complete(before, completion) : before;
  const added = line.text !== before.text;
  state.editing = { ...state.editing, line, killing: false };
  const several = (completion?.candidates.length ?? 0) > 1;
  if (completion && several && !added && state.tabbed) {
    return await list(scene, state, completion);
  }
  state.tabbed = several && !added;
  if (!added) scene.screen.bell();
}

/**
 * Asks the completer. Keys that are typed meanwhile wait; only Ctrl-C does not
 * and ends the question, as time does.
 */
async function ask(
  scene: EditScene,
  state: EditState,
): Promise<Completion | null> {
  const { terminal: { clock }, options } = scene;
  const { text, cursor } = state.editing.line;
  const over = new AbortController();
  const { signal } = over;
  const answer = Promise.resolve()
    .then(() => options.complete?.(text, cursor, signal) ?? null);
  const gaveUp = clock.sleep(options.completeTimeout, signal).then(() => null);
  const typed = watchKeys(scene, state, signal).then(() => null);
  for (const promise of [answer, gaveUp, typed]) promise.catch(() => {});
  try {
    return await Promise.race([answer, gaveUp, typed]);
  } catch {
    options.signal?.throwIfAborted();
    return null;
  } finally {
    over.abort();
    await typed.catch(() => {});
  }
}

/** Keeps the keys that are typed until `over`; returns after a Ctrl-C. */
async function watchKeys(
  { terminal, options }: EditScene,
  { typed }: EditState,
  over: AbortSignal,
): Promise<void> {
  const signal = options.signal
    ? AbortSignal.any([over, options.signal])
    : over;
  for (;;) {
    const key = await terminal.key(signal);
    if (isCtrlC(key)) typed.length = 0;
    typed.push(key);
    if (key === null || isCtrlC(key)) return;
  }
}

function isCtrlC(key: Key | null): boolean {
  return key?.kind === "key" && key.name === "ctrl-c";
}

/** Lists what may stand there, below the line. */
async function list(
  scene: EditScene,
  state: EditState,
  { candidates }: Completion,
): Promise<void> {
  const { terminal, screen } = scene;
  screen.leave();
  const many = candidates.length > LISTED_UNASKED;
  if (many && !await wanted(scene, state, candidates.length)) return;
  const lines = listCandidates(candidates, terminal.size().columns - 1);
  terminal.write(lines.map((line) => `${line}\r\n`).join(""));
}

async function wanted(
  { terminal, options }: EditScene,
  { typed }: EditState,
  count: number,
): Promise<boolean> {
  terminal.write(`Display all ${count} possibilities? (y or n) `);
  const key = typed.shift() ?? await terminal.key(options.signal);
  const yes = key?.kind === "text" && /^[yY ]$/.test(key.text);
  terminal.write("\r\n");
  if (key === null || isCtrlC(key)) typed.push(key);
  return yes;
}

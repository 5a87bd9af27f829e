/**
 * Talking with a person at a terminal: a line editor with history and
 * completion, questions with and without echo, progress bars, and the small
 * things that text on a screen needs.
 *
 * Only `device.ts` touches the runtime; everything else works on the
 * {@linkcode TerminalDevice} it is given.
 *
 * @example A shell that asks for a password first
 * ```ts
 * import { askSecret, createLineEditor, openTerminal } from "./mod.ts";
 * async function main(): Promise<void> {
 *   const terminal = openTerminal({ term: Deno.env.get("TERM") });
 *   const password = await askSecret(terminal, "Password: ");
 *   const editor = createLineEditor(terminal);
 *   const line = await editor.read("> ");
 *   terminal.write(`${password?.length} ${line}\n`);
 * }
 * ```
 *
 * @module
 */

export { columns, type ColumnsOptions } from "./columns.ts";
export type { Candidate, Completer, Completion } from "./completion.ts";
export {
  openTerminal,
  type OpenTerminalOptions,
  terminalDevice,
} from "./device.ts";
export {
  createLineEditor,
  type LineEditor,
  type LineEditorOptions,
  type ReadOptions,
} from "./editor.ts";
export { formatBytes, formatDuration, formatRate } from "./format.ts";
export {
  createHistory,
  type History,
  type HistoryOptions,
  type HistoryStore,
} from "./history.ts";
export type { Key } from "./key_names.ts";
export {
  createProgressBoard,
  type ProgressBar,
  type ProgressBoard,
  type ProgressBoardOptions,
  type ProgressOutput,
  type ProgressStart,
} from "./progress.ts";
export type { Prompt, PromptPart } from "./prompt.ts";
export {
  type AskOptions,
  askSecret,
  askText,
  type AskTextOptions,
  askYesNo,
  type AskYesNoOptions,
} from "./ask.ts";
export { type Style, type Styles, styles } from "./styles.ts";
export {
  createTerminal,
  type Display,
  type Terminal,
  type TerminalDevice,
  type TerminalOptions,
  type TerminalSize,
} from "./terminal.ts";
export { displayWidth, truncateEnd, truncateMiddle } from "./width.ts";

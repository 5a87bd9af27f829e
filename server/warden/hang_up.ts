/**
 * SIGHUP, which means two things: an administrator wants files to be read
 * again, or the terminal that the program was started in has gone.
 *
 * @module
 */

import type { SignalSource } from "../../lib/cli.ts";
import { listenFor } from "../../lib/cli/signals.ts";

/** What {@linkcode onHangUp} calls. */
export interface HangUp {
  /** Somebody wants files to be read again. */
  reload(): void;
  /** The terminal has gone, and with it who started the program. */
  leave(): void;
}

/** Options for {@linkcode onHangUp}. */
export interface HangUpOptions {
  /** Who reports signals. @default {Deno} */
  readonly source?: SignalSource;
  /** Whether the program has a terminal now. @default standard error tells */
  readonly hasTerminal?: () => boolean;
}

/**
 * Listens for SIGHUP; returns how to stop that. Without a terminal at the start
 * it always means to reload.
 *
 * @example
 * ```ts
 * import { onHangUp } from "./hang_up.ts";
 * const stop = onHangUp({ reload: () => {}, leave: () => {} });
 * stop();
 * ```
 */
export function onHangUp(
  { reload, leave }: HangUp,
  {
    source = Deno,
    hasTerminal = () => Deno.stderr.isTerminal(),
  }: HangUpOptions = {},
): () => void {
  const hadTerminal = hasTerminal();
  return listenFor(source, "SIGHUP", () => {
    if (hadTerminal && !hasTerminal()) leave();
    else reload();
  });
}

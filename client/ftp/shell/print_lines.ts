/**
 * Listings as the server sends them.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { onPath } from "./on_server.ts";
import type { Shell } from "./shell.ts";

/** Options for {@linkcode printLines}. */
export interface PrintLinesOptions {
  /** What makes the server send them. */
  command: "LIST" | "NLST";
  /** Names with a leading dot, where the server knows `-a`. */
  hidden: boolean;
  /** Cancels it. */
  signal: AbortSignal;
}

/**
 * Shows the lines of a listing, in the order and in the form they come.
 *
 * @throws {FtpError} when the server refuses.
 */
export async function printLines(
  shell: Shell,
  path: string,
  { command, hidden, signal }: PrintLinesOptions,
): Promise<void> {
  const { output } = shell;
  await onPath(shell, path, async (client, signal) => {
    const options = { lines: command, hidden, signal };
    for await (const { unparsed: line = "" } of client.list(path, options)) {
      output.line(visible(line));
      output.record({ line });
    }
  }, signal);
}

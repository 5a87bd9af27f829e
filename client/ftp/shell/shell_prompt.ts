/**
 * What stands in front of the line that is typed.
 *
 * @module
 */

import { displayWidth } from "../../../lib/terminal/mod.ts";
import { graphemes } from "../../../lib/terminal/width.ts";
import { visible } from "../../../lib/visible.ts";
import type { Site } from "./shell.ts";

/** Columns of the folder. */
const FOLDER_WIDTH = 40;

/**
 * The prompt: who is where. `~` is the folder that the login led to.
 *
 * @example
 * ```ts
 * import { shellPrompt } from "./shell_prompt.ts";
 * console.assert(shellPrompt(null) === "ftp> ");
 * ```
 */
export function shellPrompt(site: Site | null): string {
  if (site === null) return "ftp> ";
  const { hostname, user } = site.url;
  const named = user !== null && user !== "anonymous";
  const who = named ? `${visible(user)}@` : "";
  const folder = visible(site.pool.folder ?? "~");
  return `ftp ${who}${visible(hostname)}:${tail(folder, FOLDER_WIDTH)}> `;
}

/** The end of `text`, in at most `width` columns. */
function tail(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const chars = graphemes(text);
  while (displayWidth(chars.join("")) > width - 1) chars.shift();
  return `…${chars.join("")}`;
}

/**
 * Bookmarks: a file of lines `NAME URL`, with comments behind `#`. In front of
 * a URL with TLS may stand `--pin`, `--clear-data` and `--ccc`.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli/errors.ts";
import { redactUrls } from "../url.ts";
import { formatTarget, parseTarget } from "./target.ts";

/** What a file of bookmarks says. */
export interface Bookmarks {
  /**
   * URLs by name, with the options in front, as {@linkcode parseTarget} reads
   * them; in the order of the file, without passwords.
   */
  readonly urls: Map<string, string>;
  /** What could not be read or kept, with line numbers, never with a secret. */
  readonly problems: string[];
}

const NAME_REGEXP = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63}$/u;
const LINE_REGEXP = /^\s*(\S+)(?:\s+(.*?))?\s*$/s;

/**
 * Reads a file of bookmarks. It never throws: what makes no sense is left out
 * and told in `problems`. Of two lines with one name, the last one counts.
 *
 * @example
 * ```ts
 * import { parseBookmarks } from "./bookmarks.ts";
 * const { urls } = parseBookmarks("# Mine\nnas ftp://ada@nas/photos\n");
 * console.assert(urls.get("nas") === "ftp://ada@nas/photos");
 * ```
 */
export function parseBookmarks(text: string): Bookmarks {
  const urls = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, line] of linesOf(text).entries()) {
    const name = nameOf(line);
    if (name === null) continue;
    try {
      const typed = LINE_REGEXP.exec(line)?.[2] ?? "";
      checkedName(name);
      const url = bookmarkUrl(typed);
      if (url !== typed) {
        problems.push(`line ${index + 1}: a password is not kept here`);
      }
      urls.set(name, url);
    } catch (error) {
      problems.push(`line ${index + 1}: ${(error as UsageError).message}`);
    }
  }
  return { urls, problems };
}

/**
 * Writes bookmarks as {@linkcode parseBookmarks} reads them, without passwords.
 *
 * @param before What the file held: its comments, empty lines and order stay;
 * lines of no meaning become comments.
 * @throws {UsageError} when a name or a URL cannot be one.
 *
 * @example
 * ```ts
 * import { formatBookmarks } from "./bookmarks.ts";
 * const urls = new Map([["nas", "ftp://ada:hush@nas/"]]);
 * console.assert(formatBookmarks(urls, "# Mine\n") === "# Mine\nnas ftp://ada@nas\n");
 * ```
 */
export function formatBookmarks(
  urls: ReadonlyMap<string, string>,
  before = "",
): string {
  const left = new Map(urls);
  const lines = linesOf(before).flatMap((line) => {
    const name = nameOf(line);
    if (name === null) return [redactUrls(line)];
    if (!isRead(line)) return [`# ${redactUrls(line)}`];
    const url = left.get(name);
    left.delete(name);
    return url === undefined ? [] : [bookmarkLine(name, url)];
  });
  while (lines.at(-1) === "") lines.pop();
  for (const [name, url] of left) lines.push(bookmarkLine(name, url));
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Gives back the name of a bookmark: up to 64 letters and digits, and, behind
 * the first of them, `.`, `-` and `_`.
 *
 * @throws {UsageError} when `name` is not like that.
 */
export function checkedName(name: string): string {
  if (NAME_REGEXP.test(name)) return name;
  throw new UsageError(
    "the name of a bookmark is up to 64 letters, digits, '.', '-' and '_'",
  );
}

function bookmarkLine(name: string, url: string): string {
  return `${checkedName(name)} ${bookmarkUrl(url)}`;
}

/** As it was typed, if that can stay. */
function bookmarkUrl(text: string): string {
  const target = parseTarget(text);
  const stays = target.password === null && text === text.trim();
  return stays ? text : formatTarget(target);
}

function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
}

/** The first word of a line; `null` for comments and empty lines. */
function nameOf(line: string): string | null {
  const [, name] = LINE_REGEXP.exec(line) ?? [];
  return name === undefined || name.startsWith("#") ? null : name;
}

/** Whether the line is a bookmark. */
function isRead(line: string): boolean {
  return parseBookmarks(line).urls.size > 0;
}

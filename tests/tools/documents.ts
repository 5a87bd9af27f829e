/**
 * Reading the documents, for tests that compare them with the code.
 *
 * @module
 */
import { assert } from "@std/assert";

/** The repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** The text of a file of the repository. */
export function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The rows of every table in a Markdown text, as cells. */
export function tableRows(text: string): string[][] {
  return text.split("\n").filter((line) => /^\|(?! *-)/.test(line))
    .map((line) =>
      line.split(/(?<!\\)\|/).slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\\|", "|"))
    );
}

/** What stands under a heading, up to the next one of its level or above. */
export function section(text: string, heading: string): string {
  const [hashes = ""] = heading.split(" ");
  const [, behind] = text.split(`\n${heading}\n`);
  assert(behind !== undefined, `there is no heading "${heading}"`);
  return behind.split(new RegExp(`^#{1,${hashes.length}} `, "m"))[0]!;
}

/** The rows of the tables under a heading, without the first. */
export function rowsOf(path: string, heading: string): string[][] {
  const rows = tableRows(section(read(path), heading)).slice(1);
  assert(rows.length > 0, `${path} has no table under "${heading}"`);
  return rows;
}

/** The first word of each row that is an option, without its dashes. */
export function optionNames(rows: string[][]): string[] {
  return rows.flatMap(([first]) => /^`--([a-z-]+)/.exec(first!)?.[1] ?? []);
}

/** Everything in a cell that stands between backticks. */
export function codes(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

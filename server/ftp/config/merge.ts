/**
 * What the command line and a file say together: whoever types an option means
 * it, so it counts more than the file.
 *
 * @module
 */

import { type OptionTexts, UsageError } from "../../../lib/cli.ts";
import type { ConfigText } from "./config_file.ts";

/** Options that say the same thing in different ways. */
const SAME: readonly (readonly string[])[] = [
  ["anonymous", "write"],
  ["tls-cert", "tls-key", "tls-self-signed"],
];

/**
 * The texts of both. An option of the command line takes the place of the
 * file's, of those that say the same in another way, and `--tls off` that of
 * all that the file says of TLS.
 *
 * @example
 * ```ts
 * import { mergedTexts } from "./merge.ts";
 * const texts = mergedTexts({ write: ["given"] }, { anonymous: ["ro"] });
 * console.assert(Object.keys(texts).join() === "write");
 * ```
 */
export function mergedTexts(
  typed: OptionTexts,
  file: OptionTexts,
): OptionTexts {
  const names = Object.keys(typed);
  const noTls = typed.tls?.includes("off") ?? false;
  const kept = Object.entries(file).filter(([name]) =>
    !names.includes(name) && !(noTls && name.includes("tls")) &&
    !SAME.some((group) =>
      group.includes(name) && group.some((other) => names.includes(other))
    )
  );
  return { ...Object.fromEntries(kept), ...typed };
}

/**
 * What `read` returns. What it says against options that stand in the file gets
 * the file's name and the line of the first of them.
 *
 * @throws {UsageError} what it throws, with its place.
 */
export function located<T>(
  { file, lines }: Pick<ConfigText, "file" | "lines">,
  typed: OptionTexts,
  read: () => T,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError) || error.more.length > 0) throw error;
    const named = [...error.message.matchAll(/--([a-z][a-z-]*)/g)]
      .map(([, name]) => name!);
    const own = named.find((name) => !(name in typed) && name in lines);
    if (own === undefined) throw error;
    const text = error.message.replaceAll(
      /--([a-z][a-z-]*)/g,
      (option, name) => name in typed || !(name in lines) ? option : name,
    );
    throw new UsageError(`${file}:${lines[own]}: ${text}`, { cause: error });
  }
}

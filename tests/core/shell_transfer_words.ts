/**
 * Words of tests about verbs that move files.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { HOME, type ShellStage } from "./shell_harness.ts";

/** Runs lines of words, one after the other. */
export async function run(
  stage: ShellStage,
  ...lines: string[]
): Promise<void> {
  for (const line of lines) {
    const [name = "", ...args] = line.split(" ");
    await stage.run(TRANSFER_VERBS, name, args);
  }
}

/** Runs one line that must fail. */
export async function fails(
  stage: ShellStage,
  line: string,
): Promise<ShellError> {
  return await assertRejects(() => run(stage, line), ShellError);
}

/** What is in the local folder, by name. */
export function here({ disk }: ShellStage): Record<string, string> {
  const files = [...disk.files].map(([path, text]) =>
    [path.replace(`${HOME}/`, ""), text] as const
  );
  return Object.fromEntries(files.sort());
}

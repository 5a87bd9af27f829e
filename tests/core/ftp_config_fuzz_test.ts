import { assert } from "@std/assert";
import { STANDARD_OPTIONS, ToolError, UsageError } from "../../lib/cli.ts";
import { readAccountsText } from "../../server/ftp/config/accounts_file.ts";
import { configTemplate } from "../../server/ftp/config/template.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { requestWith } from "./ftp_config.ts";
import { type Random, randomOf } from "./random.ts";

const WHOLE = configTemplate({ ...FTPD.options, ...STANDARD_OPTIONS })
  .replaceAll(/^#(?=[a-z"[])/gm, "").split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

const PIECES: readonly string[] = [
  ..."[]{}=.,\"'#\n\r\t \\-_0a:/",
  ...['"""', "'''", "[[", "]]", "true", "1e9", "nan", "2027-01-01", "{user}"],
  ...["\0", "\u007f", "\ufeff", "😀", "\ud800", "__proto__", "constructor"],
  ...["[account.a]\n", "[defaults]\n", "[[hook]]\n", "[host.a]\n"],
  ...["account.a = 1\n", "on", "off", "-1", "0x1F", "..", "/", "\\u0000"],
];

/** A few lines of a file that could be right, changed in a few places. */
function mutated(random: Random): string {
  const from = random.below(WHOLE.length);
  let text = WHOLE.slice(from, from + 1 + random.below(30)).join("\n");
  for (let left = random.below(6); left > 0; left--) {
    const at = random.below(text.length + 1);
    const end = at + random.below(4);
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(end);
  }
  return text;
}

/** Throws unless `error` is what a person is told, a line for each mistake. */
function isTold(error: unknown, text: string): void {
  const context = JSON.stringify(text);
  // A file of accounts by another name is not there.
  if (error instanceof ToolError) return;
  assert(error instanceof UsageError, `${context}: ${error}`);
  for (const line of [error.message, ...error.more]) {
    assert(!/\bundefined\b|\[object/.test(line), `${context}: ${line}`);
  }
  assert(error.more.length <= 20, context);
}

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`completeRequest() reads or refuses whatever comes (seed ${seed})`, async () => {
    const random = randomOf(seed);
    for (let round = 0; round < 400; round++) {
      const text = mutated(random);
      try {
        await requestWith(text, [], { "accounts.toml": "" });
      } catch (error) {
        isTold(error, text);
      }
    }
  });

  Deno.test(`readAccountsText() reads or refuses whatever comes (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 400; round++) {
      let text = "";
      for (let left = random.below(20); left > 0; left--) {
        text += random.pick(PIECES);
      }
      try {
        readAccountsText(text, { file: "f" });
      } catch (error) {
        isTold(error, text);
      }
    }
  });
}

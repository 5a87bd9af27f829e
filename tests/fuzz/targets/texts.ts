/**
 * What administrators write: configuration, accounts and options.
 *
 * @module
 */

import { assert } from "@std/assert";
import { STANDARD_OPTIONS, ToolError, UsageError } from "../../../lib/cli.ts";
import { parseOptions } from "../../../lib/cli/parse.ts";
import {
  isList,
  isTable,
  parseToml,
  TomlError,
  type TomlTable,
  type TomlValue,
} from "../../../lib/toml.ts";
import { readAccountsText } from "../../../server/ftp/config/accounts_file.ts";
import { configTemplate } from "../../../server/ftp/config/template.ts";
import { FTPD } from "../../../server/ftp/options.ts";
import { requestWith } from "../../core/ftp_config.ts";
import {
  attempt,
  attemptLater,
  defineTarget,
  type Target,
  textOf,
} from "../target.ts";

/** Every line that a configuration may have, a table a seed. */
function configSeeds(): string[] {
  const lines = configTemplate({ ...FTPD.options, ...STANDARD_OPTIONS })
    .replaceAll(/^#(?=[a-z"[])/gm, "").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const seeds: string[] = [];
  for (let at = 0; at < lines.length; at += 12) {
    seeds.push(`${lines.slice(at, at + 12).join("\n")}\n`);
  }
  return [...seeds, ...ACCOUNTS];
}

const ACCOUNTS: readonly string[] = [
  '[account.alice]\npassword = "secret"\nhome = "/srv/{user}"\nwrite = true\n',
  '[account."b c"]\nanonymous = true\nquota = "10M"\nrules = [{path = "/in", permissions = ["store"]}]\n',
  '[account.d]\nhash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="\nexpires = 2027-12-31\n',
  "# list\nann:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/\nbob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n",
  '[[hook]]\non = ["upload"]\nurl = "http://127.0.0.1/x"\n[host."a.example"]\nbanner = "A"\n',
];

const TOML_TOKENS: readonly string[] = [
  ..."[]{}=.,\"'#\n\r\t \\-_0a:/",
  ...['"""', "'''", "[[", "]]", "true", "1e9", "nan", "2027-01-01", "{user}"],
  ...["\0", "\u007f", "\ufeff", "😀", "__proto__", "constructor", "toString"],
  ...["[account.a]\n", "[defaults]\n", "[[hook]]\n", "[host.a]\n", "= {}\n"],
  ...[
    "account.a = 1\n",
    "on",
    "off",
    "-1",
    "0x1F",
    "..",
    "\\u0000",
    "\\U0010FFFF",
  ],
];

/** Lines that are told: few, each of one line, and none that says nothing. */
function checkTold(found: unknown): string {
  if (!(found instanceof Error)) return "read";
  const more = found instanceof UsageError ? found.more : [];
  assert(more.length <= 20, `${more.length} lines`);
  for (const line of [found.message, ...more]) {
    assert(!/\bundefined\b|\[object /.test(line), line);
    assert(line.length < 4000, `a line of ${line.length}`);
  }
  return found.message.replace(/^\S*:\d+: /, "")
    .replace(/[\d"'“].*/s, "").slice(0, 40);
}

/** Fails unless a table is what its type says; counts what is in it. */
function checkTable(table: TomlTable, lines: number): number {
  let count = 0;
  assert(table.entries instanceof Map);
  for (const { value, line } of table.entries.values()) {
    assert(line >= 1 && line <= lines, `line ${line} of ${lines}`);
    count += 1 + checkValue(value, lines);
  }
  return count;
}

function checkValue(value: TomlValue, lines: number): number {
  if (isTable(value)) return checkTable(value, lines);
  if (isList(value)) {
    return value.reduce((sum, each) => sum + checkValue(each.value, lines), 0);
  }
  assert(typeof value !== "string" || value.isWellFormed());
  return 1;
}

/** A command line, an argument a line. */
function checkOptions(text: string): string {
  const args = text.split("\n").slice(0, 40);
  const parsed = attempt(() => parseOptions(FTPD, args), UsageError);
  if (parsed instanceof Error) return checkTold(parsed);
  assert(
    [...parsed.given].every((name) =>
      Object.hasOwn(FTPD.options, name) || Object.hasOwn(STANDARD_OPTIONS, name)
    ),
  );
  return `${parsed.given.size} ${parsed.positionals.length}`;
}

/** What administrators write. */
export const TEXT_TARGETS: readonly Target[] = [
  defineTarget({
    name: "toml",
    about: "TOML",
    seeds: () => [
      ...ACCOUNTS,
      'a = 1\nb.c = [1, 2.5, "x", {d = true}]\n[t]\ne = """\nx\\\n  y"""\n',
      "x = 2027-01-31T12:00:00Z\ny = 0xff\nz = +inf\n'q r' = '''\n'''\n",
      '"\\u00e9" = -0.0\n[[l]]\n[l.m]\nk = 1_000\n[[l]]\n',
    ],
    tokens: TOML_TOKENS,
    isScript: true,
    longest: 4096,
    check(input) {
      const text = textOf(input);
      const table = attempt(() => parseToml(text), TomlError);
      const lines = text.split("\n").length;
      if (table instanceof TomlError) {
        assert(table.line >= 1 && table.line <= lines, `line ${table.line}`);
        assert(!/\n/.test(table.message));
        return table.message.slice(0, 30);
      }
      return `${Math.min(50, checkTable(table as TomlTable, lines))}`;
    },
  }),
  defineTarget({
    name: "configuration",
    about: "the configuration of ftpd, and every mistake in it",
    seeds: configSeeds,
    tokens: TOML_TOKENS,
    isScript: true,
    cost: 0.5,
    async check(input) {
      const text = textOf(input);
      return checkTold(
        await attemptLater(
          () => requestWith(text, [], { "accounts.toml": "" }),
          UsageError,
          ToolError,
        ),
      );
    },
  }),
  defineTarget({
    name: "accounts",
    about: "files of accounts: tables, and lines of NAME:HASH",
    seeds: () => ACCOUNTS,
    tokens: TOML_TOKENS,
    isScript: true,
    check(input) {
      const text = textOf(input);
      const found = attempt(
        () => readAccountsText(text, { file: "f" }),
        UsageError,
        ToolError,
      );
      return found instanceof Error ? checkTold(found) : `${found.length}`;
    },
  }),
  defineTarget({
    name: "options",
    about: "command lines of ftpd, an argument a line",
    seeds: () => [
      "--listen\n127.0.0.1:2121\n--write\n/srv",
      "--idle-timeout=2m\n--passive-ports\n50000-50100\n--user\nann:pw:/srv",
      "--rate\ndown=10M,up=1M\n--tls=optional\n--quiet\n--\n-x",
      "--hook\nupload=http://127.0.0.1/\n--max-sessions\n5\n--no-ascii",
    ],
    tokens: [
      "--",
      "=",
      "\n",
      "--no-",
      "--user\n",
      ":",
      "-h",
      "--help",
      "unix:/x",
    ],
    isScript: true,
    check: (input) => checkOptions(textOf(input)),
  }),
];

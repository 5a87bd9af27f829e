/** docs/config.md has every key of the configuration file, as the tables say it. */
import { assert, assertEquals } from "@std/assert";
import { STANDARD_OPTIONS } from "../../lib/cli.ts";
import { parseToml } from "../../lib/toml.ts";
import { keysOf, readConfig } from "../../server/ftp/config/config_file.ts";
import { PERMISSION_SETS } from "../../server/ftp/config/forms.ts";
import { TABLES } from "../../server/ftp/config/keys.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { PERMISSIONS } from "../../server/ftp/profile.ts";
import { keyRows } from "./config_rows.ts";
import { codes, read, rowsOf, section, tableRows } from "./documents.ts";

const PAGE = "docs/config.md";
const OPTIONS = { ...FTPD.options, ...STANDARD_OPTIONS };

Deno.test("docs/config.md explains every key of the first level, and no other", () => {
  assertEquals(rowsOf(PAGE, "## Every option"), keyRows(keysOf(OPTIONS)));
});

Deno.test("docs/config.md explains every key of every table, and no other", () => {
  const rows = tableRows(read(PAGE));
  for (const [name, keys] of Object.entries(TABLES)) {
    const expected = keyRows(keys);
    const at = rows.findIndex((row) => row.join() === expected[0]!.join());
    assert(at >= 0, `${name} has no row ${expected[0]}`);
    assertEquals(rows.slice(at, at + expected.length), expected, name);
    // The next row belongs to another table, or to none.
    assert(!/^`[a-z-]+`$/.test(rows[at + expected.length]?.[0] ?? ""), name);
  }
});

Deno.test("docs/config.md explains every permission, and no other", () => {
  const told = rowsOf(PAGE, "## Accounts")
    .filter(({ length }) => length === 2)
    .flatMap(([name]) => codes(name));
  assertEquals(told, [...PERMISSIONS, ...Object.keys(PERMISSION_SETS)]);
});

Deno.test("docs/config.md shows files that can be read", () => {
  const blocks = [...read(PAGE).matchAll(/^```toml\n(.*?)^```/gms)];
  assert(blocks.length >= 2);
  for (const [, text] of blocks) {
    parseToml(text!);
    const known = text!.replace(/^hash = .*$/gm, 'password = "x"');
    readConfig(known, { file: "x.toml", options: OPTIONS });
  }
});

Deno.test("docs/config.md quotes mistakes as they are told", () => {
  const lines = section(read(PAGE), "## The form").split("\n")
    .filter((line) => line.includes("ftpd: ftpd.toml:"))
    .map((line) => line.trim().replace(/^ftpd: ftpd.toml:\d+: /, ""));
  const text = 'idel-timeout = 1\nmax-sessions = "many"\n[account.bob]\n' +
    'password = "x"\n';
  let told: string[] = [];
  try {
    readConfig(text, { file: "f", options: OPTIONS });
  } catch (error) {
    const { message, more } = error as Error & { more: string[] };
    told = [message, ...more].map((line) => line.replace(/^f:\d+: /, ""));
  }
  assertEquals(lines, told);
});

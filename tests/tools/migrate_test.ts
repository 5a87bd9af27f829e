/** What docs/migrate.md says is in the option tables, and its examples are read. */
import { assert, assertEquals } from "@std/assert";
import {
  FILE_KEYS,
  FOLDER_KEYS,
  HOOK_KEYS,
  HOST_KEYS,
  PROFILE_KEYS,
  SECRET_KEYS,
} from "../../server/ftp/config/keys.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { isInstalled } from "../interop/program.ts";
import { checkConfig } from "./config_examples.ts";
import { codes, read, rowsOf, section } from "./documents.ts";

const PAGE = "docs/migrate.md";
const SERVERS = ["## vsftpd", "## ProFTPD", "## Pure-FTPd"];

/** The keys of each table, by what stands in brackets. */
const TABLES: Readonly<Record<string, object>> = {
  "": { ...FTPD.options, ...FILE_KEYS, "passive-address-for": {} },
  "defaults": PROFILE_KEYS,
  "account.NAME": { ...PROFILE_KEYS, ...SECRET_KEYS },
  "account.anonymous": PROFILE_KEYS,
  'account.NAME.folder."/PATH"': FOLDER_KEYS,
  'host."NAME"': HOST_KEYS,
  "[hook]": HOOK_KEYS,
};

/** Whether a text is a key of ours, such as `[defaults] root`. */
function isKey(text: string): boolean {
  if (text === "[passive-address-for]") return true;
  const [, table = "", key = ""] = /^(?:\[(.+)\] )?([a-z-]+)$/.exec(text) ?? [];
  return Object.hasOwn(TABLES[table] ?? {}, key);
}

for (const server of SERVERS) {
  Deno.test(`docs/migrate.md names only keys that exist: ${server.slice(3)}`, () => {
    for (const [theirs = "", ours = "", note = ""] of rowsOf(PAGE, server)) {
      assert(codes(theirs).length > 0, `${theirs} is no option`);
      const keys = codes(ours);
      assert(keys.length > 0 || ours === "–", `${theirs}: "${ours}"`);
      assert(ours !== "–" || note !== "" || theirs !== "", theirs);
      for (const key of keys) {
        assert(isKey(key), `${theirs}: there is no ${key}`);
      }
    }
  });

  Deno.test(`docs/migrate.md translates a configuration that --check takes: ${server.slice(3)}`, async () => {
    const examples = [
      ...section(read(PAGE), server).matchAll(
        /^```toml\n([^]*?)^```$/gm,
      ),
    ];
    assertEquals(examples.length, 1);
    const { code, stdout, stderr } = await checkConfig(examples[0]![1]!);
    assertEquals(code, 0, stderr);
    assert(stdout.includes("the options are good"), stdout);
  });
}

Deno.test("docs/migrate.md says nothing twice", () => {
  for (const server of SERVERS) {
    const theirs = rowsOf(PAGE, server).flatMap(([cell]) => codes(cell));
    const twice = theirs.filter((name, at) => theirs.indexOf(name) !== at);
    assertEquals(twice, []);
  }
});

const MANUAL = "/usr/share/man/man5/vsftpd.conf.5.gz";
const hasManual = isInstalled("zcat") && await isThere(MANUAL);

Deno.test({
  name: `docs/migrate.md has every option of vsftpd.conf(5)${
    hasManual ? "" : " (skipped: its manual is not installed)"
  }`,
  ignore: !hasManual,
  fn: async () => {
    const { stdout } = await new Deno.Command("zcat", { args: [MANUAL] })
      .output();
    const manual = new TextDecoder().decode(stdout);
    const options = [...manual.matchAll(/^\.B ([a-z_0-9]+)$/gm)]
      .map(([, name]) => name!);
    assert(options.length > 100, `${options.length} options`);
    const known = rowsOf(PAGE, "## vsftpd").flatMap(([cell]) => codes(cell));
    assertEquals(options.filter((name) => !known.includes(name)), []);
  },
});

/** Every flag of pure-ftpd(8). */
const PURE_FLAGS = "0123" + "46" +
  "aAbBcCdDeEfFgGHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";

Deno.test("docs/migrate.md has every flag of pure-ftpd(8)", () => {
  const known = rowsOf(PAGE, "## Pure-FTPd").flatMap(([cell]) => codes(cell));
  const flags = [...PURE_FLAGS].map((flag) => `-${flag}`);
  assertEquals(flags.filter((flag) => !known.includes(flag)), []);
});

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { STANDARD_OPTIONS } from "../../lib/cli.ts";
import { parseToml } from "../../lib/toml.ts";
import { keysOf } from "../../server/ftp/config/config_file.ts";
import { TABLES } from "../../server/ftp/config/keys.ts";
import { configTemplate, valueText } from "../../server/ftp/config/template.ts";
import { FTPD, readRequest } from "../../server/ftp/options.ts";
import { requestWith } from "./ftp_config.ts";

const OPTIONS = { ...FTPD.options, ...STANDARD_OPTIONS };
const TEXT = configTemplate(OPTIONS);

Deno.test("configTemplate() means what nothing at all means", async () => {
  const { settings: { reload: _, ...settings }, told } = await requestWith(
    TEXT,
  );
  assertEquals(settings, readRequest([]).settings);
  assertEquals(told, []);
});

Deno.test("configTemplate() names every key of every table", () => {
  const keys = [...Object.values(TABLES), keysOf(OPTIONS)]
    .flatMap((table) => Object.keys(table));
  for (const key of keys) {
    assert(TEXT.includes(`\n#${key} = `), `there is no key ${key}`);
  }
  for (const name of [...Object.keys(TABLES), "[passive-address-for]"]) {
    assert(TEXT.includes(`\n#${name}\n`), `there is no table ${name}`);
  }
});

Deno.test("configTemplate() without its comments is TOML that has no key twice", () => {
  // The hooks of the option and those of tables exclude each other.
  const text = TEXT.replaceAll(/^#(?=[a-z"[])/gm, "")
    .replace(/^hook = .*$/m, "");
  assertEquals(parseToml(text).entries.get("idle-timeout")?.value, 300);
});

/** What else must be said for an option to make sense. */
const COMPANIONS: Readonly<Record<string, string>> = {
  "passive-share": 'passive-ports = "5000-5009"',
  "proxy-data": 'proxy-from = "10.0.0.1"',
  "auth-url": 'auth-root = "/"',
  "auth-root": 'auth-url = "http://a"',
  "log-rotate": 'log-file = "l"',
  "tls-key": 'tls-cert = "c"',
  "tls-client-ca": 'tls-cert = "c"',
  "implicit-tls": 'tls-cert = "c"',
};

const TLS = 'tls-cert = "c"\ntls-client-ca = "a"';

for (const [name, spec] of Object.entries(keysOf(OPTIONS))) {
  Deno.test(`configTemplate() shows a value for ${name} that can be read`, async () => {
    const more = COMPANIONS[name] ??
      (/^tls-(?!cert|self)/.test(name) ? TLS : "");
    const line = `${name} = ${valueText(spec)}`;
    const files = {
      "accounts.toml": '[account.a]\nroot = "/"\npassword = "x"',
    };
    const { told } = await requestWith(`${line}\n${more}`, [], files);
    const isUsual = told.every((each) => each.name !== name);
    // A value that is not the default shows what else there is.
    const hasDefault = "default" in spec || spec.type === "flag";
    assertEquals(isUsual, hasDefault || name === "root", line);
  });
}

Deno.test("configTemplate() shows values that differ from nothing", () => {
  for (const spec of Object.values(keysOf(OPTIONS))) {
    assertNotEquals(valueText(spec), '""');
    assertNotEquals(valueText(spec), '[""]');
  }
});

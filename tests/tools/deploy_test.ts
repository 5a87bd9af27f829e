/** What deploy/ holds is what ftpd takes, and what its readers take. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseOptions, STANDARD_OPTIONS } from "../../lib/cli.ts";
import { readAccountsText } from "../../server/ftp/config/accounts_file.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { startFtpd, tempFolders } from "../ftp/helpers.ts";
import { run, runWell } from "../interop/program.ts";
import { isInstalled } from "../interop/program.ts";
import { checkConfig } from "./config_examples.ts";
import { read, ROOT } from "./documents.ts";

const DEPLOY = new URL("deploy/", ROOT).pathname;
const TEMP = { cwd: "/tmp" };

/** A test with a program that may be missing; then its name says so. */
function programTest(
  program: string,
  name: string,
  fn: () => Promise<void>,
): void {
  const isThere = isInstalled(program);
  Deno.test({
    name: isThere ? name : `${name} (skipped: ${program} is not installed)`,
    ignore: !isThere,
    fn,
  });
}

/** The words that a file starts ftpd with, by the file's name. */
const STARTS: Readonly<Record<string, (text: string) => string[]>> = {
  "ftpd.service": (text) => /^ExecStart=\S+ (.*)$/m.exec(text)![1]!.split(" "),
  "ftpd.openrc": (text) =>
    /^command_args="(.*)"$/m.exec(text)![1]!
      .replace("$ftpd_config", /ftpd_config:=([^}]+)/.exec(text)![1]!)
      .split(" "),
  "Dockerfile": (text) => {
    const joined = text.replaceAll("\\\n", "");
    const words = (line: string): string[] =>
      JSON.parse(new RegExp(`^${line} (\\[.*\\])$`, "m").exec(joined)![1]!);
    return [...words("ENTRYPOINT").slice(1), ...words("CMD")];
  },
  "compose.yaml": (text) =>
    /command:\n((?: +- .*\n)+)/.exec(text)![1]!.trimEnd().split("\n")
      .map((line) => line.replace(/^ +- "?(.*?)"?$/, "$1"))
      .map((word) => word.replace(/\$\{\w+(?::-|:\?)([^}]*)\}/g, "$1")),
};

for (const [name, wordsOf] of Object.entries(STARTS)) {
  Deno.test(`deploy/${name} starts ftpd with options that exist`, () => {
    const words = wordsOf(read(`deploy/${name}`));
    assert(words.length > 0);
    const { given } = parseOptions(FTPD, words);
    assert(given.size > 0, words.join(" "));
  });
}

Deno.test("deploy/ftpd.toml is a configuration that ftpd --check takes", async () => {
  const text = read("deploy/ftpd.toml");
  for (const each of [text, completed(text)]) {
    const { code, stdout, stderr } = await checkConfig(each);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /alice/);
  }
});

/** The same text with everything that stands in comments as an example. */
function completed(text: string): string {
  return text
    .replace(/^# (passive-address = ).*$/m, '$1"203.0.113.9"')
    .replace(/^# (\[passive-address-for\])\n# /m, "$1\n");
}

Deno.test("deploy/accounts.toml shows how an account looks", () => {
  const text = read("deploy/accounts.toml")
    .replaceAll(/^# (?=\[|hash|quota)/gm, "")
    .replace(/^hash = .*$/m, 'password = "only for tests"\nroot = "/srv/ftp"');
  const accounts = readAccountsText(text, { file: "accounts.toml" });
  assertEquals(accounts.map(({ name, quota }) => [name, quota?.bytes]), [
    ["alice", 10 * 2 ** 30],
  ]);
});

Deno.test("docs/deploy.md shows configurations that ftpd --check takes", async () => {
  const examples = [
    ...read("docs/deploy.md").matchAll(
      /^```toml\n([^]*?)^```$/gm,
    ),
  ];
  assertEquals(examples.length, 2);
  for (const [, text] of examples) {
    const { code, stderr } = await checkConfig(text!);
    assertEquals(code, 0, stderr);
  }
});

programTest(
  "haproxy",
  "docs/deploy.md shows a configuration that haproxy takes",
  async () => {
    const [, text] = /^```haproxy\n([^]*?)^```$/m.exec(read("docs/deploy.md"))!;
    await using folders = await tempFolders();
    const path = `${folders.base}/haproxy.cfg`;
    await Deno.writeTextFile(path, text!);
    await runWell(["haproxy", "-c", "-f", path], TEMP);
  },
);

programTest(
  "systemd-analyze",
  "deploy/ftpd.service is a unit without mistakes, and little exposed",
  async () => {
    await using folders = await tempFolders();
    const path = `${folders.base}/ftpd.service`;
    const text = read("deploy/ftpd.service").replaceAll(
      "/usr/local/bin/ftpd",
      "/bin/true",
    );
    await Deno.writeTextFile(path, text);
    const verified = await run(["systemd-analyze", "verify", path], TEMP);
    assertEquals([verified.code, verified.stderr], [0, ""], verified.report);
    const said = await runWell(
      ["systemd-analyze", "security", "--offline=true", path],
      TEMP,
    );
    const exposure = Number(/exposure level for \S+ ([\d.]+)/.exec(said)?.[1]);
    assert(exposure <= 2, said);
  },
);

const canCheck = isInstalled("nft") &&
  (await run(["nft", "--check", "list", "ruleset"], TEMP)).code === 0;

Deno.test({
  name: `deploy/ftpd.nft is what nft takes${
    canCheck ? "" : " (skipped: there is no nft, or no right to ask it)"
  }`,
  ignore: !canCheck,
  fn: async () => {
    await runWell(["nft", "--check", "--file", `${DEPLOY}ftpd.nft`], TEMP);
  },
});

programTest("sh", "deploy/ftpd.openrc is a shell script", async () => {
  await runWell(["sh", "-n", `${DEPLOY}ftpd.openrc`], TEMP);
});

programTest(
  "logrotate",
  "deploy/ftpd.logrotate is what logrotate takes",
  async () => {
    await using folders = await tempFolders();
    const [log, state, path] = ["log", "state", "conf"]
      .map((name) => `${folders.base}/${name}`);
    await Deno.mkdir(log!);
    await Deno.writeTextFile(`${log}/ftpd.log`, "a line\n");
    const text = read("deploy/ftpd.logrotate")
      .replaceAll("/var/log/ftpd", log!)
      .replace(/^\tsu .*\n/m, "");
    await Deno.writeTextFile(path!, text, { mode: 0o644 });
    const words = ["logrotate", "--debug", "--force", "--state", state!, path!];
    const { code, report } = await run(words, TEMP);
    assertEquals(code, 0, report);
    assert(!/^error/im.test(report), report);
    assertMatch(report, /log needs rotating/);
  },
);

/** Names of users that would like somebody else to be banned. */
const NAMES = [
  "bob",
  "bob address=198.51.100.7",
  'bob" address=198.51.100.7 "',
  "x WARN login-failed session=1 address=198.51.100.7",
];

programTest(
  "fail2ban-regex",
  "deploy/fail2ban-filter.conf finds every failed login, and nobody else",
  async () => {
    await using folders = await tempFolders();
    const log = await failedLogins(folders.pub);
    const path = `${folders.base}/ftpd.log`;
    await Deno.writeTextFile(path, log);
    const filter = `${DEPLOY}fail2ban-filter.conf`;
    const said = await runWell(
      ["fail2ban-regex", "--print-all-matched", path, filter],
      { ...TEMP, timeout: 60_000 },
    );
    assertMatch(said, new RegExp(` ${NAMES.length} matched`));
    const found = await runWell(
      ["fail2ban-regex", "--out", "ip", path, filter],
      { ...TEMP, timeout: 60_000 },
    );
    assertEquals(
      found.trim().split("\n").filter((line) => line !== ""),
      NAMES.map(() => "127.0.0.1"),
      log,
    );
  },
);

/** The log of a server where each of {@linkcode NAMES} failed once. */
async function failedLogins(pub: string): Promise<string> {
  const args = ["--listen", "127.0.0.1:0", "--login-delay", "0"];
  const ftpd = await startFtpd([...args, "--user", "ann:secret", pub]);
  for (const name of NAMES) {
    using control = await ftpd.connect();
    await control.say(`USER ${name}`, 331);
    await control.say("PASS wrong", 530);
    await control.say("QUIT", 221);
  }
  (await ftpd.login("ann", "secret")).close();
  assertEquals(await ftpd.stop(), 0);
  return ftpd.log;
}

Deno.test("docs/deploy.md names only options of ftpd that exist", () => {
  const names = [...read("docs/deploy.md").matchAll(/`--([a-z-]+)/g)]
    .map(([, name]) => name!);
  assert(names.length >= 3, names.join());
  const known = Object.keys({ ...FTPD.options, ...STANDARD_OPTIONS });
  assertEquals(names.filter((name) => !known.includes(name)), []);
});

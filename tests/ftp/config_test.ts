/** The configuration file, through the tool as people run it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Folders, runFtpd, startFtpd, tempFolders } from "./helpers.ts";

/** Writes files into the folder of a test. */
async function place(
  { base }: Folders,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${base}/${name}`, text, { mode: 0o600 });
  }
}

const ANY = 'listen = ["127.0.0.1:0"]\n';

Deno.test("ftpd --config serves the accounts of a file, each with its rights", async () => {
  await using folders = await tempFolders({ "a.txt": "hello" });
  const { base } = folders;
  await Deno.mkdir(`${base}/music`);
  await Deno.writeTextFile(`${base}/music/song`, "la");
  await place(folders, {
    "f.toml": `${ANY}banner = "From a file."\n` +
      '[account.alice]\npassword = "x"\nroot = "pub"\n' +
      '[account.alice.mount."/music"]\nroot = "music"\n' +
      '[account.bob]\npassword = "y"\nroot = "pub"\n' +
      'permissions = "upload-only"\n',
  });
  await using ftpd = await startFtpd(["--config", `${base}/f.toml`]);
  using alice = await ftpd.login("alice", "x");
  assertEquals(await alice.fetch("RETR a.txt"), "hello");
  assertEquals(await alice.fetch("RETR music/song"), "la");
  await alice.say("DELE a.txt", 550);
  using bob = await ftpd.login("bob", "y");
  await bob.say("EPSV", 229);
  await bob.say("RETR a.txt", 550);
  using stranger = await ftpd.connect({ greeting: false });
  assertEquals(await stranger.reply(), "220 From a file.");
  await stranger.say("USER anonymous", 331);
  await stranger.say("PASS x", 530);
});

Deno.test("ftpd --config lets its command line count more", async () => {
  await using folders = await tempFolders();
  await place(folders, { "f.toml": `${ANY}banner = "file"\nroot = "pub"\n` });
  const args = ["--config", `${folders.base}/f.toml`, "--banner", "typed"];
  await using ftpd = await startFtpd(args);
  using control = await ftpd.connect({ greeting: false });
  assertEquals(await control.reply(), "220 typed");
});

Deno.test("ftpd --config tells every mistake with its line, and exits with 2", async () => {
  await using folders = await tempFolders();
  await place(folders, {
    "f.toml": 'idel-timeout = "5m"\nidle-timeout = "soon"\n[account.bob]\n',
  });
  const file = `${folders.base}/f.toml`;
  const { code, stdout, stderr } = await runFtpd(["--config", file]);
  assertEquals([code, stdout], [2, ""]);
  const told = stderr.trimEnd().split("\n");
  assertEquals(told.slice(0, 1), [
    `ftpd: ${file}:1: unknown key "idel-timeout"; did you mean "idle-timeout"?`,
  ]);
  assertStringIncludes(told[1]!, `ftpd: ${file}:2: idle-timeout: expected`);
  assert(told.slice(2).every((line) => line.startsWith(`ftpd: ${file}:3: `)));
});

Deno.test("ftpd --config says what cannot be read", async () => {
  await using folders = await tempFolders();
  const { base } = folders;
  await place(folders, { "big.toml": `#${"x".repeat(1 << 20)}\n` });
  const told = async (file: string) =>
    (await runFtpd(["--config", `${base}/${file}`])).stderr;
  assertEquals(
    await told("gone.toml"),
    `ftpd: cannot read ${base}/gone.toml: there is no such file\n`,
  );
  assertEquals(
    await told("pub"),
    `ftpd: cannot read ${base}/pub: it is not a file\n`,
  );
  assertEquals(
    await told("big.toml"),
    `ftpd: cannot read ${base}/big.toml: it has more than 1 MiB\n`,
  );
});

Deno.test("ftpd --check shows what a configuration means, and starts nothing", async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  await place(folders, {
    "f.toml": `${ANY}idle-timeout = 60\ncontrol = "control"\n` +
      'metrics = "127.0.0.1:0"\nlog-file = "log"\n' +
      '[passive-address-for]\n"10.0.0.0/8" = "10.0.0.1"\n' +
      '[account.bob]\npassword = "secret"\nroot = "pub"\n' +
      'quota = "1M"\nsession-rate = "1M"\naddresses = "127.0.0.0/8"\n' +
      '[host."a.example"]\naccounts = ["bob"]\n' +
      '[[hook]]\non = ["login"]\nurl = "http://127.0.0.1:1/secret"\n',
  });
  const file = `${base}/f.toml`;
  const run = await runFtpd(["--config", file, "--check", "--grace", "3"]);
  assertEquals([run.code, run.stderr], [0, ""]);
  for (
    const line of [
      `serve  ${pub} to bob, read-only`,
      "quota 1 MiB; each session 1 MiB/s down, 1 MiB/s up; from 127.0.0.0/8",
      "host   a.example: bob",
      "pasv   10.0.0.1 for clients of 10.0.0.0/8",
      "hook   login to http://127.0.0.1:1",
      `set    idle-timeout = 60 (${file}:2)`,
      "set    grace = 3 (command line)",
      `grant  read  ${pub} (serving)`,
      `grant  read  ${file} (configuration, for no worker)`,
      `grant  write ${base}/control (control, for no worker)`,
      `grant  write ${base}/log (logs, for no worker)`,
      "grant  net   127.0.0.1:0 (metrics, for the herald)",
      "grant  net   127.0.0.1:1 (hooks, for the herald)",
      "ftpd: the options are good",
    ]
  ) assertStringIncludes(run.stdout, `${line}\n`);
  assert(!run.stdout.includes("secret"), run.stdout);
});

Deno.test("ftpd --check --log json tells programs what a configuration means", async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  await place(folders, {
    "f.toml": `${ANY}log = "json"\nuser = ["eve:secret"]\nroot = "pub"\n` +
      '[account.bob]\npassword = "secret"\nroot = "pub"\nquota = "1M"\n' +
      '[[hook]]\non = "ban"\npipe = "pipe"\n',
  });
  const { code, stdout } = await runFtpd([
    ...["--config", `${base}/f.toml`, "--check"],
  ]);
  assertEquals(code, 0);
  assert(!stdout.includes("secret"), stdout);
  const { event, accounts, hooks, options, grants, kept } = JSON.parse(stdout);
  assertEquals(event, "check");
  assertEquals(accounts, [
    { name: "eve", write: false, root: pub },
    { name: "bob", root: pub, quota: { bytes: 1 << 20 }, write: false },
  ]);
  assertEquals(hooks, [{
    ...{ on: ["ban"], pipe: `${base}/pipe`, timeout: 5000, retries: 5 },
  }]);
  assertEquals(
    options.find(({ name }: { name: string }) => name === "user"),
    { name: "user", value: "…", from: `${base}/f.toml:3` },
  );
  assertEquals(grants.read, [pub]);
  assertEquals(kept[0].feature, "configuration");
});

Deno.test("ftpd warns of passwords that every user can read", async () => {
  await using folders = await tempFolders();
  const file = `${folders.base}/f.toml`;
  await place(folders, { "f.toml": `${ANY}user = "a:b"\nroot = "pub"\n` });
  const quiet = await runFtpd(["--config", file, "--check"]);
  assertEquals(quiet.stderr, "");
  await Deno.chmod(file, 0o644);
  const { code, stderr } = await runFtpd(["--config", file, "--check"]);
  assertEquals(code, 0);
  assertStringIncludes(stderr, `can read the passwords in ${file}: chmod 600`);
});

Deno.test("ftpd --print-config prints a file that changes nothing", async () => {
  await using folders = await tempFolders();
  const { code, stdout, stderr } = await runFtpd(["--print-config"]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "\n#idle-timeout = 300\n");
  await place(folders, { "f.toml": stdout });
  const file = `${folders.base}/f.toml`;
  const shown = await runFtpd(["--config", file, "--check", folders.pub]);
  const without = await runFtpd(["--check", folders.pub]);
  // A file that can be read again, and that is all.
  const own =
    /^(keep .*|grant {2}read {2}\S+ \(configuration, for no worker\))\n/gm;
  assertEquals(shown.stdout.replaceAll(own, ""), without.stdout);
});

Deno.test("ftpd --accounts reads lines of NAME:HASH, with what [defaults] say", async () => {
  await using folders = await tempFolders({ "a.txt": "hello" });
  await Deno.rename(folders.pub, `${folders.base}/bob`);
  await place(folders, {
    "f.toml": `${ANY}[defaults]\nroot = "{user}"\n`,
    // htpasswd -s, of "secret".
    "who": "# staff\nbob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
  });
  await using ftpd = await startFtpd([
    ...["--config", `${folders.base}/f.toml`],
    ...["--accounts", `${folders.base}/who`],
  ]);
  using bob = await ftpd.login("bob", "secret");
  assertEquals(await bob.fetch("RETR a.txt"), "hello");
  using wrong = await ftpd.connect();
  await wrong.say("USER bob", 331);
  await wrong.say("PASS guess", 530);
});

Deno.test("ftpd refuses files of its own that clients could reach, links followed", async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  const text = `${ANY}[account.bob]\npassword = "x"\n` +
    `root = ${JSON.stringify(pub)}\n`;
  await place(folders, {
    "pub/inner.toml": text,
    "pub/accounts": text.replace(ANY, ""),
    "pub/log": "",
    "other.toml": `${ANY}accounts = "accounts"\nroot = "pub"\n`,
    "logs.toml": `${text}`.replace(ANY, `${ANY}log-file = "log"\n`),
  });
  await Deno.symlink(`${pub}/inner.toml`, `${base}/link.toml`);
  await Deno.symlink(`${pub}/accounts`, `${base}/accounts`);
  await Deno.symlink(`${pub}/log`, `${base}/log`);
  for (
    const name of ["link.toml", "pub/inner.toml", "other.toml", "logs.toml"]
  ) {
    const run = await runFtpd(["--config", `${base}/${name}`, "--check"]);
    assertEquals(run.code, 1, `${name}: ${run.stdout}${run.stderr}`);
    assertStringIncludes(run.stderr, `is in ${pub}, which is served`);
  }
});

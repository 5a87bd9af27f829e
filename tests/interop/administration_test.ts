import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { soon } from "../ftp/helpers.ts";
import { sampleOf, until } from "../ftp/operations_tool.ts";
import { readAll } from "../ftp/raw_control.ts";
import { agree } from "./administration_agree.ts";
import {
  type Administration,
  administration,
  type Event,
  HAS_TLS,
  PASSWORD,
} from "./administration_scene.ts";
import { isInstalled, run, runWell } from "./program.ts";

const CURLS = 6;
const MIRRORED = 8;
const DROPPED = 20;
const SIZE = 300_000;
const TLS = HAS_TLS ? "with TLS" : "without TLS, which this runtime lacks";
const MISSING = ["curl", "lftp", "python3"].filter((it) => !isInstalled(it));

Deno.test({
  name: `ftpd as an administrator runs it, ${TLS}` +
    (MISSING.length > 0 ? ` (skipped: no ${MISSING.join(", ")})` : ""),
  ignore: MISSING.length > 0,
  async fn() {
    await using scene = await administration();
    await fill(scene);
    // Its session lives through everything, in a worker of the first set.
    using witness = await scene.ftpd.login("bob", PASSWORD);
    await Promise.all([
      curls(scene),
      mirrors(scene),
      drops(scene),
      refusals(scene),
      attack(scene),
      kicked(scene),
      reloads(scene),
    ]);
    await scene.ask("drain");
    await until(async () => {
      const sessions = sampleOf(
        await scene.metrics(),
        "wharf_ftpd_sessions_open",
      );
      return sessions === 1 || undefined;
    }, "the end of all sessions but one");
    await agree(scene, {
      upload: [CURLS + MIRRORED + DROPPED, 0, 1],
      download: [CURLS + MIRRORED + 1, 1, 0],
      failedLogins: 5 + 2,
      secure: 2 * (CURLS + MIRRORED),
    });
    await witness.say("NOOP", 200);
    await witness.say("QUIT", 221);
    assertEquals((await soon(scene.ftpd.status, "the end")).code, 0);
    const gone = await scene.logged("disconnected");
    assertEquals(gone.length, (await scene.logged("connected")).length);
    await nothingSecret(scene);
  },
});

async function fill({ base }: Administration): Promise<void> {
  await Deno.writeFile(`${base}/pub/big`, new Uint8Array(4 << 20));
  await Deno.writeTextFile(`${base}/music/song`, "la la");
  await Deno.writeTextFile(`${base}/alice/contracts/one`, "signed");
  await Deno.mkdir(`${base}/home/tree`);
  const bytes = (size: number) => new Uint8Array(size).fill(size);
  for (let at = 0; at < CURLS; at++) {
    await Deno.writeFile(`${base}/home/c${at}`, bytes(SIZE + at));
  }
  for (let at = 0; at < MIRRORED; at++) {
    await Deno.writeFile(`${base}/home/tree/m${at}`, bytes(1000 + at));
  }
}

/** curl, several at once: a file up as alice, and down again. */
async function curls({ base, ftpd }: Administration): Promise<void> {
  const flags = [
    ...["--silent", "--show-error", "--noproxy", "*", "--retry", "3"],
    ...["--retry-all-errors", ...(HAS_TLS ? ["--ssl-reqd", "-k"] : [])],
    ...["--user", `alice:${PASSWORD}`],
  ];
  const cwd = `${base}/home`;
  await Promise.all(Array.from({ length: CURLS }, async (_, at) => {
    const url = `ftp://127.0.0.1:${ftpd.ports[0]}/c${at}`;
    await runWell(["curl", ...flags, "-T", `c${at}`, url], { cwd });
    await runWell(["curl", ...flags, "-o", `back${at}`, url], { cwd });
    const [sent, back] = [`c${at}`, `back${at}`]
      .map((name) => Deno.readFileSync(`${cwd}/${name}`));
    assertEquals(back, sent);
  }));
}

/** lftp: a tree up as alice and down again, three files at a time. */
async function mirrors({ base, ftpd }: Administration): Promise<void> {
  const script = [
    "set cmd:fail-exit yes; set net:reconnect-interval-base 0",
    "set net:max-retries 5; set net:timeout 20; set ssl:verify-certificate no",
    `set ftp:ssl-force ${HAS_TLS ? "yes" : "no"}`,
    `set ftp:ssl-allow ${HAS_TLS ? "yes" : "no"}`,
    "set ftp:ssl-protect-data yes",
    `open -u "alice,${PASSWORD}" ftp://127.0.0.1:${ftpd.ports[0]}`,
    "mirror -R --parallel=3 tree up",
    "mirror --parallel=3 up down",
  ];
  const cwd = `${base}/home`;
  await runWell(["lftp", "--norc", "-c", script.join("; ")], { cwd });
  for (let at = 0; at < MIRRORED; at++) {
    assertEquals(Deno.statSync(`${cwd}/down/m${at}`).size, 1000 + at);
  }
}

/** Python's ftplib, four at once: anonymous files for the drop box. */
async function drops({ base, ftpd }: Administration): Promise<void> {
  const script = `
import ftplib, io, sys, threading
port, wrong = int(sys.argv[1]), []
def connect():
    for attempt in range(5):
        try:
            ftp = ftplib.FTP(timeout=20)
            ftp.connect('127.0.0.1', port)
            ftp.login()
            return ftp
        except (ConnectionError, EOFError):
            if attempt == 4: raise
def refused(action, *words):
    try:
        action(*words)
    except ftplib.error_perm as error:
        if str(error).startswith('550'): return
    wrong.append('not refused: ' + repr(words))
def work(first):
    try:
        ftp = connect()
        for at in range(first, ${DROPPED}, 4):
            ftp.storbinary('STOR /incoming/d%d' % at, io.BytesIO(b'x' * (500 + at)))
        refused(ftp.nlst, '/incoming')
        refused(ftp.size, '/incoming/d%d' % first)
        refused(ftp.retrbinary, 'RETR /incoming/d%d' % first, len)
        ftp.quit()
    except Exception as error:
        wrong.append(repr(error))
threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
if wrong: sys.exit('; '.join(wrong))
`;
  const cwd = `${base}/home`;
  await runWell(["python3", "-c", script, `${ftpd.ports[0]}`], { cwd });
  for (let at = 0; at < DROPPED; at++) {
    assertEquals(Deno.statSync(`${base}/pub/incoming/d${at}`).size, 500 + at);
  }
}

/** What alice may not do: what rules forbid, and more than her quota. */
async function refusals(scene: Administration): Promise<void> {
  const { ftpd } = scene;
  using control = await ftpd.login("alice", PASSWORD);
  assertEquals(await control.fetch("RETR /music/song"), "la la");
  await control.say("DELE /music/song", 550);
  await control.say("DELE /contracts/one", 550);
  await control.say("MKD /contracts/two", 550);
  await control.say("ALLO 13000000", 552);
  await control.say("QUIT", 221);
  await overQuota(scene);
}

/** An upload that is larger than what dan may have. */
async function overQuota({ ftpd, base }: Administration): Promise<void> {
  using control = await ftpd.login("dan", PASSWORD);
  const data = await control.passive();
  await control.say("STOR much", 150);
  const block = new Uint8Array(1 << 20);
  // It ends when the server has enough: by a reset, or by its reply.
  const sending = (async () => {
    for (let at = 0; at < 16; at++) await writeAll(data, block);
  })().catch(() => {});
  await control.expect(552);
  data.close();
  await sending;
  assert(
    ![...Deno.readDirSync(`${base}/alice`)].some(({ name }) => name === "much"),
  );
  await control.say("QUIT", 221);
}

/** Somebody guesses from an address of their own, and is shut out. */
async function attack({ base, ftpd }: Administration): Promise<void> {
  const script = `
import socket, sys
def talk(*lines):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 20,
                                 source_address=('127.0.0.66', 0))
    f = s.makefile('rw', newline='')
    said = [f.readline()]
    for line in lines:
        f.write(line + '\\r\\n')
        f.flush()
        said.append(f.readline())
    return said
guesses = talk(*(line for at in range(5) for line in ('USER alice', 'PASS wrong')))
print(guesses[-1].strip())
print(talk()[0].strip())
`;
  const stdout = await runWell(["python3", "-c", script, `${ftpd.ports[0]}`], {
    cwd: `${base}/home`,
  });
  assertEquals(
    stdout.match(/^421 Too many failed logins.*$/gm)?.length,
    2,
    stdout,
  );
}

/** A slow download, which the administrator ends. */
async function kicked(scene: Administration): Promise<void> {
  using control = await scene.ftpd.login("bob", PASSWORD);
  using data = await control.passive();
  await control.say("RETR big", 150);
  const { id } = await until(async () => {
    const { sessions } = JSON.parse(await scene.ask("who", "--json"));
    return (sessions as { id: number; account: string; transfer?: Event }[])
      .find((it) => it.account === "bob" && it.transfer);
  }, "the transfer in ftpd who");
  await scene.ask("kick", `${id}`);
  await readAll(data).catch(() => "");
  assertMatch(await control.ended(), /421 Disconnected by the administrator/);
}

/** Accounts come and go while everybody works. */
async function reloads(scene: Administration): Promise<void> {
  const { ftpd, base } = scene;
  const fate = async () => {
    const login = ["--user", `carol:${PASSWORD}`, "--retry", "0"];
    const url = `ftp://127.0.0.1:${ftpd.ports[0]}/`;
    const words = ["curl", "-sS", "--noproxy", "*", ...login, "-l", url];
    return (await run(words, { cwd: `${base}/home` })).code;
  };
  const carol = `
[account.carol]
password = "${PASSWORD}"
root = "carol"
`;
  assertEquals(await fate(), 67, "curl's code for a login that is denied");
  await scene.configure(carol);
  assertEquals((await scene.reload("reloaded")).how, "anew");
  await until(async () => await fate() === 0 || undefined, "carol is let in");
  await scene.configure(`${carol}idel-timeout = 5\n`);
  const { reason } = await scene.reload("reload-failed");
  assertStringIncludes(String(reason), "idel-timeout");
  await until(async () => await fate() === 0 || undefined, "carol stays");
  await scene.configure("");
  await scene.reload("reloaded");
  assertEquals(await fate(), 67, "carol is not let in any more");
}

/** No password is anywhere but in the configuration. */
async function nothingSecret(
  { base, ftpd, told }: Administration,
): Promise<void> {
  const seen = await Promise.all(
    ["ftpd.log", "xferlog"].map((name) =>
      Deno.readTextFile(`${base}/log/${name}`)
    ),
  );
  seen.push(ftpd.log, ftpd.ready, JSON.stringify(told));
  for (const text of seen) assert(!/correct horse|\$scrypt\$/.test(text));
}

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Ftpd, IS_ROOT, runFtpd, tempFolders } from "./helpers.ts";
import {
  linesOf,
  metricsUrl,
  page,
  retrieve,
  sampleOf,
  start,
  store,
  textOf,
  until,
} from "./operations_tool.ts";

const SECRET = "very-s3cret";
const USER = ["--user", `ann:${SECRET}:rw`];

/** So many clients at a time, each with an upload, a download and a list. */
async function crowd(ftpd: Ftpd, clients: number): Promise<void> {
  await Promise.all(Array.from({ length: clients }, async (_, at) => {
    using control = await ftpd.login("ann", SECRET);
    await store(control, `up ${at}`, "x".repeat(1000 + at));
    assertEquals(await retrieve(control, `up ${at}`), 1000 + at);
    using data = await control.passive();
    await control.say("NLST", 150);
    while (await data.read(new Uint8Array(4096)) !== null);
    await control.expect(226);
    await control.say("QUIT", 221);
  }));
}

Deno.test("log files and metrics of two workers agree, under load", async () => {
  await using folders = await tempFolders();
  const [log, xferlog] = [`${folders.base}/f.log`, `${folders.base}/f.xfer`];
  const clients = 24;
  await using ftpd = await start([
    ...["--workers", "2", "--log", "json", "--metrics", "127.0.0.1:0"],
    ...["--log-file", log, "--xferlog", xferlog, ...USER, folders.pub],
  ]);
  const url = await until(async () => {
    const found = /"event":"metrics","at":"([^"]+)"/.exec(await textOf(log));
    return found === null ? undefined : `http://${found[1]}`;
  }, "the address of the metrics");
  await crowd(ftpd, clients);
  const moved = await linesOf(xferlog, 2 * clients);
  assertEquals(moved.length, 2 * clients);
  for (const line of moved) {
    assertMatch(
      line,
      /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} \d+ 127\.0\.0\.1 1\d{3} \/up_\d+ b _ [io] r ann ftp 0 \* c$/,
    );
  }
  const events = await until(async () => {
    const lines = (await textOf(log)).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const left = lines.filter(({ event }) => event === "disconnected");
    return left.length === clients ? lines : undefined;
  }, "the last session's end");
  const transfers = events.filter(({ event }) => event === "transfer");
  assertEquals(transfers.length, 3 * clients);
  assert(
    transfers.every(({ result, account, session, address }) =>
      result === "complete" && account === "ann" && session > 0 &&
      address === "127.0.0.1"
    ),
  );
  const text = await page(`${url}/metrics`);
  const bytes = clients * 1000 + clients * (clients - 1) / 2;
  const of = (name: string) => sampleOf(text, `wharf_ftpd_${name}`);
  assertEquals(of("sessions_total"), clients);
  assertEquals(of("sessions_open"), 0);
  assertEquals(of('logins_total{result="ok"}'), clients);
  for (const direction of ["upload", "download"]) {
    const labels = `direction="${direction}"`;
    assertEquals(of(`transfers_total{${labels},result="complete"}`), clients);
    assertEquals(of(`transfer_bytes_total{${labels}}`), bytes);
  }
  assertEquals(of('replies_total{code="226"}'), 3 * clients);
  assertEquals(of("transfer_duration_seconds_count"), 2 * clients);
  assertEquals(of("workers"), 2);
  assertEquals(of("log_lines_lost_total"), 0);
  assertEquals(ftpd.log, "", "nothing on standard error");
  for (const seen of [await textOf(log), moved.join(), text]) {
    assert(!seen.includes(SECRET));
  }
});

Deno.test("metrics show what runs, and failures of all kinds", async () => {
  await using folders = await tempFolders({ big: new Uint8Array(1 << 20) });
  await using ftpd = await start([
    ...["--metrics", "127.0.0.1:0", "--max-per-address", "2"],
    ...["--login-delay", "0", "--transfer-rate", "200K", ...USER, folders.pub],
  ]);
  const url = await metricsUrl(() => ftpd.log);
  using control = await ftpd.login("ann", SECRET);
  using other = await ftpd.connect();
  await other.say("USER ann", 331);
  await other.say("PASS wrong", 530);
  using third = await ftpd.connect({ greeting: false });
  await third.expect(421);
  using data = await control.passive();
  await control.say("RETR big", 150);
  await data.read(new Uint8Array(1000));
  const text = await page(`${url}/metrics`);
  const of = (name: string, from = text) =>
    sampleOf(from, `wharf_ftpd_${name}`);
  assertEquals(of("sessions_open"), 2);
  assertEquals(of("sessions_logged_in"), 1);
  assertEquals(of('logins_total{result="failed"}'), 1);
  assertEquals(of('refusals_total{reason="too-many-from-address"}'), 1);
  assertEquals(of('transfers_running{direction="download"}'), 1);
  await control.send("ABOR");
  await control.expect(426);
  await control.expect(226);
  const later = await page(`${url}/metrics`);
  const aborted = 'transfers_total{direction="download",result="aborted"}';
  assertEquals(of(aborted, later), 1);
  assertEquals(of('transfers_running{direction="download"}', later), 0);
});

Deno.test("the metrics' pages have limits, and a health of their own", async () => {
  await using folders = await tempFolders();
  await using ftpd = await start(["--metrics", "127.0.0.1:0", folders.pub]);
  const url = await metricsUrl(() => ftpd.log);
  const health = JSON.parse(await page(`${url}/health`));
  assertEquals([health.status, health.workers], ["ok", 1]);
  await page(`${url}/`, 404);
  const post = await fetch(`${url}/metrics`, { method: "POST", body: "x" });
  assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  await post.body?.cancel();
  const long = await fetch(`${url}/${"x".repeat(9000)}`);
  assertEquals(long.status, 431);
  await long.body?.cancel();
  const { headers } = await fetch(`${url}/metrics`, { method: "HEAD" });
  assertEquals(
    headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
});

Deno.test("SIGHUP opens log files that logrotate has moved", async () => {
  await using folders = await tempFolders({ a: "abc" });
  const [log, xferlog] = [`${folders.base}/f.log`, `${folders.base}/f.xfer`];
  await using ftpd = await start([
    ...["--log-file", log, "--xferlog", xferlog, folders.pub],
  ]);
  using control = await ftpd.login();
  await retrieve(control, "a");
  await linesOf(xferlog, 1);
  await Deno.rename(log, `${log}.1`);
  await Deno.rename(xferlog, `${xferlog}.1`);
  await retrieve(control, "a");
  await linesOf(`${xferlog}.1`, 2);
  ftpd.kill("SIGHUP");
  // The signal takes a moment; each transfer is in one of the two files.
  let transfers = 2;
  await until(async () => {
    await retrieve(control, "a");
    transfers++;
    return await textOf(xferlog) === "" ? undefined : true;
  }, "a new file");
  await control.say("QUIT", 221);
  await until(async () => {
    const all = await textOf(xferlog) + await textOf(`${xferlog}.1`);
    return all.split("\n").length - 1 === transfers ? true : undefined;
  }, "a line for each transfer");
  await until(
    async () => /disconnected/.test(await textOf(log)) || undefined,
    "the session's end in the new log",
  );
});

Deno.test("log files are put aside by size, and only so many are kept", async () => {
  await using folders = await tempFolders({ a: "abc" });
  const logs = `${folders.base}/logs`;
  await Deno.mkdir(logs);
  {
    await using ftpd = await start([
      ...["--log-file", `${logs}/f.log`, "--log-rotate", "1K"],
      ...["--log-keep", "2", folders.pub],
    ]);
    for (let at = 0; at < 12; at++) {
      using control = await ftpd.login();
      await retrieve(control, "a");
      await control.say("QUIT", 221);
    }
  }
  const names = [...Deno.readDirSync(logs)].map(({ name }) => name).sort();
  assertEquals(names, ["f.log", "f.log.1", "f.log.2"]);
  for (const name of names) {
    const text = await textOf(`${logs}/${name}`);
    assert(text.length <= 1024 && text.endsWith("\n"), name);
  }
});

Deno.test("a log that can't be written any more stops nobody, and is told", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using folders = await tempFolders({ a: "abc" });
  const log = `${folders.base}/logs/f.log`;
  await Deno.mkdir(`${folders.base}/logs`);
  await using ftpd = await start([
    ...["--log-file", log, "--metrics", "127.0.0.1:0", folders.pub],
  ]);
  const url = await metricsUrl(() => textOf(log));
  await Deno.remove(`${folders.base}/logs`, { recursive: true });
  ftpd.kill("SIGHUP");
  using control = await ftpd.login();
  await until(async () => {
    await retrieve(control, "a");
    return ftpd.log.includes("log-failed") || undefined;
  }, "the complaint on standard error");
  assertEquals(ftpd.log.match(/log-failed/g)?.length, 1);
  await until(async () => {
    const text = await page(`${url}/metrics`);
    return sampleOf(text, "wharf_ftpd_log_lines_lost_total")! > 0 || undefined;
  }, "lost lines in the metrics");
  await Deno.mkdir(`${folders.base}/logs`);
  await until(async () => {
    await retrieve(control, "a");
    return ftpd.log.includes("log-recovered") || undefined;
  }, "the recovery");
  assertMatch(await textOf(log), /transfer/);
});

Deno.test("logs, pipes and metrics where they must not be end the start", async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  const refused = async (...args: string[]) => {
    const run = await runFtpd(["--listen", "127.0.0.1:0", ...args, pub]);
    assert(run.code !== 0, args.join(" "));
    assertEquals(run.stdout, "");
    return run.stderr.trim().replace("ftpd: ", "");
  };
  const inside = `${pub}/f.log is in ${pub}, which is served`;
  assertMatch(await refused("--log-file", `${pub}/f.log`), RegExp(inside));
  assertMatch(await refused("--xferlog", `${pub}/f.log`), RegExp(inside));
  const hook = `login=${pub}/f.log`;
  assertMatch(await refused("--hook", hook), RegExp(inside));
  // However it is written.
  await Deno.symlink(pub, `${base}/link`);
  await Deno.symlink(`${pub}/f.log`, `${base}/f.log`);
  assertMatch(await refused("--log-file", `${base}/f.log`), /no such file/);
  await Deno.writeTextFile(`${pub}/f.log`, "");
  assertMatch(await refused("--log-file", `${base}/f.log`), RegExp(inside));
  assertMatch(
    await refused("--log-file", `${base}/link/f.log`),
    RegExp(inside),
  );
  assertMatch(
    await refused("--log-file", `${base}/no/f.log`),
    /no such folder/,
  );
  if (!IS_ROOT) {
    await Deno.mkdir(`${base}/closed`, { mode: 0o500 });
    assertMatch(
      await refused("--log-file", `${base}/closed/f.log`),
      /permission denied/i,
    );
  }
  const same = ["--listen", "127.0.0.1:2121", "--metrics", "127.0.0.1:2121"];
  assertMatch(await refused(...same), /--metrics 127\.0\.0\.1:2121: FTP/);
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const place = `127.0.0.1:${taken.addr.port}`;
  assertMatch(await refused("--metrics", place), /--metrics.*in use/);
});

Deno.test("/health is 503 while a server drains", async () => {
  await using folders = await tempFolders();
  const socket = `${folders.base}/control`;
  const ftpd = await start([
    ...["--metrics", "127.0.0.1:0", "--control", socket, folders.pub],
  ]);
  const url = await metricsUrl(() => ftpd.log);
  await page(`${url}/health`);
  using control = await ftpd.login();
  assertEquals((await runFtpd(["drain", "--control", socket])).code, 0);
  const health = await page(`${url}/health`, 503);
  assertEquals(JSON.parse(health).status, "draining");
  const text = await page(`${url}/metrics`);
  assertEquals(sampleOf(text, "wharf_ftpd_draining"), 1);
  await control.say("QUIT", 221);
  const { code } = await ftpd.status;
  assertEquals(code, 0, ftpd.log);
  await ftpd.stop();
});

Deno.test("a session over --session-timeout ends, and no other way", async () => {
  await using folders = await tempFolders();
  await using ftpd = await start(["--session-timeout", "1", folders.pub]);
  using control = await ftpd.login();
  // Commands don't help.
  await until(async () => {
    await control.send("NOOP");
    const reply = await control.reply();
    return reply.startsWith("421 The session") || undefined;
  }, "the end of the session");
  assertEquals(await control.reply(), "");
  await ftpd.said("reason=session-timeout");
});

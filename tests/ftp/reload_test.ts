import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readAll } from "./raw_control.ts";
import { runFtpd, soon } from "./helpers.ts";
import {
  configFolders,
  configText,
  reload,
  startWith,
  timesSaid,
  visitors,
} from "./reload_tool.ts";

const BIG = new Uint8Array(8 << 20);

Deno.test("ftpd takes accounts, banners and limits on SIGHUP, in the same workers", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({ banner: "First." }, { ann }));
  await using ftpd = await startWith(folders);
  using old = await ftpd.connect({ greeting: false });
  assertEquals(await old.expect(220), "220 First.");
  await folders.write(
    configText({ banner: "Second.", "max-sessions": 2 }, { ann, bob: ann }),
  );
  await reload(ftpd);
  assertStringIncludes(ftpd.log, "reloaded how=live");
  using fresh = await ftpd.connect({ greeting: false });
  assertEquals(await fresh.expect(220), "220 Second.");
  // A log-in sees what there is now, in a session of before, too.
  await old.login("bob");
  assertEquals(await old.fetch("RETR name"), "ann");
  using third = await ftpd.connect({ greeting: false });
  assertStringIncludes(await third.expect(421), "Too many connections");
});

Deno.test("ftpd starts new workers for a new folder, and sessions of before go on", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  const bob = await folders.folder("bob");
  await folders.write(configText({}, { ann }));
  await using ftpd = await startWith(folders);
  using old = await ftpd.login("ann");
  await folders.write(configText({}, { ann, bob }));
  await reload(ftpd);
  assertStringIncludes(ftpd.log, "reloaded how=anew");
  using fresh = await ftpd.login("bob");
  assertEquals(await fresh.fetch("RETR name"), "bob");
  assertEquals(await old.fetch("RETR name"), "ann");
  // The old worker may not touch the new folder: it says no, and lives on.
  await old.say("REIN", 220);
  await old.say("USER bob", 331);
  await old.say("PASS x", 530);
  await old.say("USER ann", 331);
  await old.say("PASS x", 230);
  assertEquals(await old.fetch("RETR name"), "ann");
});

Deno.test("ftpd lets nobody in any more whom a reload took off the list, in no worker", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  const bob = await folders.folder("bob");
  await folders.write(configText({}, { ann }));
  await using ftpd = await startWith(folders);
  using old = await ftpd.connect();
  await folders.write(configText({}, { bob }));
  await reload(ftpd);
  using fresh = await ftpd.connect();
  for (const control of [old, fresh]) {
    await control.say("USER ann", 331);
    await control.say("PASS x", 530);
  }
});

Deno.test("ftpd stays as it is when the file is wrong, and says why in one line", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({ banner: "First." }, { ann }));
  await using ftpd = await startWith(folders);
  const wrong = [
    ["baner = 1", "banner"],
    ["banner = ", "ftpd.toml:1"],
    [configText({}, { ann: `${folders.base}/none` }), "no such folder"],
  ] as const;
  for (const [text, reason] of wrong) {
    await folders.write(text);
    await reload(ftpd);
    const lines = ftpd.log.trimEnd().split("\n");
    assertStringIncludes(lines.at(-1)!, "ERROR reload-failed");
    assertStringIncludes(lines.at(-1)!, reason);
    assertStringIncludes(lines.at(-1)!, "everything stays as it was");
  }
  assertEquals(timesSaid(ftpd, "reload-failed"), wrong.length);
  using control = await ftpd.connect({ greeting: false });
  assertEquals(await control.expect(220), "220 First.");
  await control.login("ann");
});

Deno.test("ftpd stays as it is when a new address is taken", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({}, { ann }));
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const places = (...list: string[]) =>
    `listen = ${JSON.stringify(["127.0.0.1:0", ...list])}\n` +
    configText({}, { ann });
  await folders.write(places());
  const { startFtpd } = await import("./helpers.ts");
  await using ftpd = await startFtpd(["--config", folders.config]);
  await folders.write(places(`127.0.0.1:${taken.addr.port}`));
  await reload(ftpd);
  assertStringIncludes(ftpd.log, "reload-failed");
  assertStringIncludes(ftpd.log, "in use");
  using control = await ftpd.login("ann");
  taken.close();
  await reload(ftpd);
  assertStringIncludes(ftpd.log, "reloaded how=anew");
  using there = await ftpd.connect({ port: taken.addr.port });
  await there.login("ann");
  assertEquals(await control.fetch("RETR name"), "ann");
});

Deno.test("ftpd --watch takes a file that changes, without a word from anybody", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({ banner: "First." }, { ann }));
  await using ftpd = await startWith(folders, "--watch");
  await folders.write(configText({ banner: "Second." }, { ann }));
  await ftpd.said("reloaded how=live");
  using control = await ftpd.connect({ greeting: false });
  assertEquals(await control.expect(220), "220 Second.");
});

Deno.test("ftpd drops nobody and refuses nobody while it reloads under load", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  const bob = await folders.folder("bob");
  await Deno.writeFile(`${ann}/big`, BIG);
  await folders.write(configText({ banner: "First." }, { ann }));
  const slow = ["--transfer-rate", "4M", "--workers", "2"];
  await using ftpd = await startWith(folders, ...slow);
  const port = ftpd.ports[0]!;
  const over = new AbortController();
  const busy = visitors(port, 4, over.signal);
  const transfers = Array.from({ length: 3 }, async () => {
    using control = await ftpd.login("ann");
    using data = await control.passive();
    await control.say("RETR big", 150);
    const bytes = await readAll(data);
    await control.expect(226);
    return bytes.length;
  });
  await folders.write(configText({ banner: "Second." }, { ann, tom: ann }));
  await reload(ftpd);
  await folders.write(configText({ banner: "Third." }, { ann, bob }));
  await reload(ftpd);
  await folders.write(configText({ banner: "Fourth." }, { ann }));
  await reload(ftpd);
  assertEquals(timesSaid(ftpd, "reloaded how=live"), 1, ftpd.log);
  assertEquals(timesSaid(ftpd, "reloaded how=anew"), 2, ftpd.log);
  using fresh = await ftpd.connect({ greeting: false });
  assertEquals(await fresh.expect(220), "220 Fourth.");
  const lengths = await soon(Promise.all(transfers), "the transfers", 60_000);
  assertEquals(lengths, [BIG.length, BIG.length, BIG.length]);
  over.abort();
  const { good, bad, cut } = await soon(busy, "the last visit", 60_000);
  assertEquals(bad, [], `of ${good} good ones`);
  assert(good > 4);
  assert(cut <= 2, `${cut} of ${good} were cut off`);
});

Deno.test("ftpd counts sessions over two workers, and over those that follow them", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  const bob = await folders.folder("bob");
  const limits = { "max-sessions": 4, workers: 2 };
  await folders.write(configText(limits, { ann }));
  await using ftpd = await startWith(folders);
  const connect = () => ftpd.connect({ greeting: false });
  using first = await connect();
  using second = await connect();
  await first.expect(220);
  await second.expect(220);
  await folders.write(configText(limits, { ann, bob }));
  await reload(ftpd);
  assertStringIncludes(ftpd.log, "reloaded how=anew");
  using third = await connect();
  using fourth = await connect();
  await third.expect(220);
  await fourth.expect(220);
  using fifth = await connect();
  await fifth.expect(421);
  // Whoever leaves the old generation makes room in the new one.
  await first.say("QUIT", 221);
  assertEquals(await first.ended(), "");
  const roomAgain = async () => {
    for (;;) {
      using sixth = await connect();
      if ((await sixth.reply()).startsWith("220")) return;
    }
  };
  await soon(roomAgain(), "room for one more");
});

Deno.test("ftpd outlives a SIGHUP at any time of its start", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({}, { ann }));
  await using ftpd = await startWith(folders);
  // As many as like, one after the other.
  for (let i = 0; i < 20; i++) ftpd.kill("SIGHUP");
  await ftpd.said("reloaded");
  using control = await ftpd.login("ann");
  assertEquals(await control.fetch("RETR name"), "ann");
});

Deno.test("ftpd without files ends on SIGHUP, in good order", async () => {
  await using folders = await configFolders();
  const { startFtpd } = await import("./helpers.ts");
  const ftpd = await startFtpd(["--listen", "127.0.0.1:0", folders.pub]);
  ftpd.kill("SIGHUP");
  assertEquals((await soon(ftpd.status, "the end")).code, 0);
  assertEquals(await ftpd.stop(), 0);
});

Deno.test("ftpd --check looks at a configuration and starts nothing", async () => {
  await using folders = await configFolders();
  const ann = await folders.folder("ann");
  await folders.write(configText({}, { ann }));
  const run = await runFtpd(["--config", folders.config, "--check"]);
  assertEquals(run.code, 0, run.stderr);
  assertStringIncludes(run.stdout, ann);
});

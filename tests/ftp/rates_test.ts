import { assert, assertEquals } from "@std/assert";
import { testCertificates } from "../tls_certificates.ts";
import {
  type Ftpd,
  type RawControl,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import {
  assertRate,
  type Timed,
  timedFetch,
  timedStore,
} from "./timed_transfer.ts";
import { readAll } from "./raw_control.ts";
import { TlsClient } from "./tls_client.ts";
import { portOf, tlsFolders, tlsTest } from "./tls_tool.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const MB = 1_000_000;
const FILE = { file: new Uint8Array(1.5 * MB) };

Deno.test("ftpd --transfer-rate holds for each transfer, both ways", async () => {
  await using folders = await tempFolders(FILE);
  const args = [...ANY, "--write", "--transfer-rate", `${MB}`, folders.pub];
  await using ftpd = await startFtpd(args);
  const all = await together(ftpd, [fetches, fetches, stores, stores]);
  for (const one of all) assertRate([one], MB);
});

Deno.test("ftpd --session-rate holds for one transfer after the other, one way", async () => {
  await using folders = await tempFolders({ file: new Uint8Array(MB / 2) });
  const args = [...ANY, "--session-rate", `down=${MB / 2}`, "--write"];
  await using ftpd = await startFtpd([...args, folders.pub]);
  using control = await ftpd.login();
  const upload = tookOf(await stores(control, 0));
  const each = [await fetches(control), await fetches(control)];
  assertRate(each, MB / 2);
  const download = tookOf(each[0]!) + tookOf(each[1]!);
  assert(upload < download, `an upload without limit took ${upload} ms`);
});

Deno.test("ftpd --account-rate holds for the sessions of an account together, on two workers", async () => {
  await using folders = await tempFolders(FILE);
  const users = ["--user", "alice:a", "--user", "bob:b"];
  const args = [...ANY, "--workers", "2", ...users];
  const rate = ["--account-rate", `${2 * MB}`];
  await using ftpd = await startFtpd([...args, ...rate, folders.pub]);
  const log = (user: string) =>
    Promise.all([1, 2, 3].map(() => ftpd.login(user, user[0])));
  const [alices, bobs] = await Promise.all([log("alice"), log("bob")]);
  const run = (controls: RawControl[]) =>
    Promise.all(controls.map((one) => fetches(one)));
  const [a, b] = await Promise.all([run(alices), run(bobs)]);
  assertRate(a, 2 * MB);
  assertRate(b, 2 * MB);
  for (const control of [...alices, ...bobs]) control.close();
});

Deno.test("ftpd --server-rate holds for everybody together, on two workers, and is shared fairly", async () => {
  await using folders = await tempFolders(FILE);
  const rate = ["--server-rate", `down=${4 * MB},up=${2 * MB}`];
  const args = [...ANY, "--workers", "2", "--write", ...rate, folders.pub];
  await using ftpd = await startFtpd(args);
  const all = await together(ftpd, [
    ...[fetches, fetches, fetches, fetches, stores, stores],
  ]);
  const [down, up] = [all.slice(0, 4), all.slice(4)];
  assertRate(down, 4 * MB);
  assertRate(up, 2 * MB);
  const times = down.map(tookOf);
  assert(Math.min(...times) > 0.3 * Math.max(...times), `${times}`);
});

Deno.test("ftpd goes by the lowest of all rates, and by none that is not there", async () => {
  await using folders = await tempFolders(FILE);
  const rates = [
    ...["--server-rate", "100M", "--account-rate", "down=50M"],
    ...["--session-rate", `${MB}`, "--transfer-rate", "up=1"],
  ];
  await using ftpd = await startFtpd([...ANY, ...rates, folders.pub]);
  using control = await ftpd.login();
  assertRate([await timedFetch(control, "file")], MB);
});

Deno.test("ftpd ends a transfer that is held back, by ABOR and when it stops", async () => {
  await using folders = await tempFolders(FILE);
  const args = [...ANY, "--transfer-rate", "1", "--grace", "0", "--write"];
  await using ftpd = await startFtpd([...args, folders.pub]);
  const controls = [await ftpd.login(), await ftpd.login()];
  for (const [at, control] of controls.entries()) {
    using data = await control.passive();
    await control.say(at === 0 ? "RETR file" : "STOR other", 150);
    if (at > 0) await data.write(new Uint8Array(100_000));
    else assertEquals(await data.read(new Uint8Array(10)), 1);
    await control.send("ABOR");
    await control.expect(426);
    await control.expect(226);
  }
  using data = await controls[0]!.passive();
  await controls[0]!.say("RETR file", 150);
  assertEquals(await data.read(new Uint8Array(10)), 1);
  assertEquals(await ftpd.stop(), 0);
  for (const control of controls) control.close();
});

Deno.test("ftpd takes no transfer that it holds back for one that stalls", async () => {
  await using folders = await tempFolders({ file: "0123456789" });
  const rates = ["--transfer-rate", "4", "--data-timeout", "0.1"];
  await using ftpd = await startFtpd([...ANY, ...rates, folders.pub]);
  using control = await ftpd.login();
  const took = tookOf(await timedFetch(control, "file"));
  assert(took > 2_000, `10 bytes took ${took} ms`);
});

Deno.test("ftpd changes the rates of transfers that run when its file changes", async () => {
  await using folders = await tempFolders(FILE);
  const config = `${folders.base}/ftpd.toml`;
  const write = (rates: string) =>
    Deno.writeTextFile(
      config,
      `listen = ["127.0.0.1:0"]\nroot = "${folders.pub}"\n${rates}`,
    );
  await write('transfer-rate = "1"\naccount-rate = "1"\nserver-rate = "1"');
  await using ftpd = await startFtpd(["--config", config]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR file", 150);
  assertEquals(await data.read(new Uint8Array(1)), 1);
  await write(`session-rate = "${MB}"`);
  const began = performance.now();
  ftpd.kill("SIGHUP");
  const bytes = (await readAll(data)).length;
  assertRate([{ bytes, began, ended: performance.now() }], MB);
  await control.expect(226);
});

tlsTest(
  "ftpd counts bytes of files over TLS, both ways, for its rates",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    await Deno.writeFile(`${folders.pub}/big`, FILE.file);
    const rate = ["--server-rate", `${2 * MB}`, "--workers", "2"];
    await using ftpd = await startFtpd([
      ...[...ANY, ...folders.words("server"), "--user", "alice:secret:rw"],
      ...[...rate, folders.pub],
    ]);
    const at = { port: portOf(ftpd.ready, "ftp"), implicitPort: 0 };
    const clients = await Promise.all(
      [1, 2, 3, 4].map(() =>
        TlsClient.private(at as Parameters<typeof TlsClient.private>[0])
      ),
    );
    const all = await Promise.all(
      clients.map((client, index) =>
        index < 2
          ? timedFetch(client, "big")
          : timedStore(client, `up${index}`, FILE.file.length)
      ),
    );
    assertRate(all.slice(0, 2), 2 * MB);
    assertRate(all.slice(2), 2 * MB);
    for (const client of clients) {
      client[Symbol.dispose]();
    }
  },
);

function tookOf({ began, ended }: Timed): number {
  return ended - began;
}

function fetches(control: RawControl): Promise<Timed> {
  return timedFetch(control, "file");
}

function stores(control: RawControl, index: number): Promise<Timed> {
  return timedStore(control, `stored${index}`, FILE.file.length);
}

/** Runs transfers in sessions of their own, at the same time. */
async function together(
  ftpd: Ftpd,
  runs: readonly ((control: RawControl, index: number) => Promise<Timed>)[],
): Promise<Timed[]> {
  const controls = await Promise.all(runs.map(() => ftpd.login()));
  const all = await Promise.all(
    runs.map((run, index) => run(controls[index]!, index)),
  );
  for (const control of controls) control.close();
  return all;
}

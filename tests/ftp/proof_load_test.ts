/** Limits of two workers while many come at the same time. */
import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { code, type Ftpd, RawControl, tempFolders } from "./helpers.ts";
import {
  metricsUrl,
  page,
  retrieve,
  sampleOf,
  start,
  store,
} from "./operations_tool.ts";

const TWO = ["--workers", "2", "--metrics", "127.0.0.1:0"];
const BEHIND = ["--proxy-from", "127.0.0.1"];

/** A connection of a client with this address; its first reply's code. */
async function comes(
  ftpd: Ftpd,
  address: string,
): Promise<{ control: RawControl; greeting: number }> {
  const at = { hostname: "127.0.0.1", port: ftpd.ports[0]!, greeting: false };
  const control = await RawControl.open(at);
  await control.write(`PROXY TCP4 ${address} 192.0.2.1 40000 21\r\n`);
  return { control, greeting: code(await control.reply()) };
}

async function sampled(ftpd: Ftpd, name: string): Promise<number | undefined> {
  const text = await page(`${await metricsUrl(() => ftpd.log)}/metrics`);
  return sampleOf(text, `wharf_ftpd_${name}`);
}

Deno.test("ftpd bans each of many who guess at once, once, and nobody beside them", async () => {
  await using folders = await tempFolders();
  await using ftpd = await start([
    ...[...TWO, ...BEHIND, "--ban-failures", "4", "--ban-time", "1h"],
    ...["--login-delay", "0", "--user", "ann:right:rw", folders.pub],
  ]);
  const guessers = Array.from({ length: 10 }, (_, at) => `198.51.100.${at}`);
  async function guess(address: string): Promise<void> {
    const { control, greeting } = await comes(ftpd, address);
    using _control = control;
    // Others of the same address may have been quicker.
    if (greeting === 421) return;
    for (;;) {
      const reply = await control.say("USER ann");
      if (!reply.startsWith("331")) return;
      if (!(await control.say("PASS wrong")).startsWith("530")) return;
    }
  }
  async function work(at: number): Promise<void> {
    for (let times = 0; times < 5; times++) {
      const { control } = await comes(ftpd, `203.0.113.${at}`);
      using _control = control;
      await control.login("ann", "right");
      await control.say(`MKD ${at}-${times}`, 257);
      await control.say("QUIT", 221);
    }
  }
  await Promise.all([
    ...guessers.flatMap((address) => [1, 2, 3].map(() => guess(address))),
    ...Array.from({ length: 6 }, (_, at) => work(at)),
  ]);
  for (const address of guessers) {
    const said = ftpd.log.match(RegExp(` banned .*address=${address} `, "g"));
    assertEquals(said?.length, 1, address);
    const { control, greeting } = await comes(ftpd, address);
    using _control = control;
    assertEquals(greeting, 421, address);
  }
  assertEquals(ftpd.log.match(/ banned /g)?.length, guessers.length);
  assertEquals(await sampled(ftpd, "bans_total"), guessers.length);
  assertEquals(await sampled(ftpd, 'logins_total{result="ok"}'), 30);
});

Deno.test("ftpd --max-sessions holds in a storm over two workers", async () => {
  await using folders = await tempFolders({ a: "abc" });
  const most = 8;
  await using ftpd = await start([
    ...[...TWO, "--max-sessions", `${most}`, "--max-per-address", "100"],
    ...["--user", "ann:right:rw", folders.pub],
  ]);
  let [now, peak, served] = [0, 0, 0];
  async function visit(at: number): Promise<void> {
    using control = await ftpd.connect({ greeting: false });
    const greeting = code(await control.reply());
    if (greeting === 421) return;
    assertEquals(greeting, 220);
    peak = Math.max(peak, ++now);
    await control.login("ann", "right");
    await store(control, `f${at}`, "12345");
    assertEquals(await retrieve(control, `f${at}`), 5);
    served++;
    now--;
    await control.say("QUIT", 221);
  }
  for (let round = 0; round < 4; round++) {
    await Promise.all(Array.from({ length: 40 }, (_, at) => visit(at)));
  }
  // Whoever says QUIT has gone for us, and is still there for the server.
  assertGreaterOrEqual(most, peak);
  assertGreaterOrEqual(served, most);
  assertEquals(await sampled(ftpd, "sessions_total"), served);
  const refused = await sampled(ftpd, 'refusals_total{reason="too-many"}');
  assertEquals(refused, 160 - served);
});

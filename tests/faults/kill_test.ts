import { assert, assertEquals } from "@std/assert";
import { randomOf } from "../core/random.ts";
import { freePorts } from "../net/ports.ts";
import { soon, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { type Findings, Uploader } from "./uploader.ts";

/** How often servers are killed; `WHARF_KILLS=200` takes some minutes. */
const KILLS = Number(Deno.env.get("WHARF_KILLS") || 6);
/** The moments are others with another seed. */
const SEED = Number(Deno.env.get("WHARF_SEED") || 7);
/** Clients that upload at the same time. */
const CLIENTS = 4;
/** Steps of all clients, after the last of which the server is killed. */
const MOST_STEPS = 120;

Deno.test(`ftpd killed ${KILLS} times in mid-upload (seed ${SEED}) leaves no half file and loses no whole one`, async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  const random = randomOf(SEED);
  const findings = { complete: 0, cut: 0, unheard: 0, resumed: 0 };
  const uploaders = Array.from(
    { length: CLIENTS },
    (_, number) => new Uploader(number, random, findings),
  );
  const args = [
    ...["--write", "--quiet", "--workers", "2"],
    ...["--control", `${base}/control`, pub],
  ];
  const port = freePorts(1).first;
  for (let kill = 0; kill < KILLS; kill++) {
    // Started at once, on the same port, with the dead one's socket there.
    const ftpd = await startFtpd(["--listen", `127.0.0.1:${port}`, ...args]);
    let steps = 1 + random.below(MOST_STEPS);
    const later = random.below(4);
    const step = () => {
      if (--steps === 0) setTimeout(() => ftpd.kill("SIGKILL"), later);
    };
    const running = uploaders.map((uploader) =>
      uploader.run(ftpd, step).catch((error) => {
        if (steps > 0) throw error;
      })
    );
    await soon(Promise.all(running), `kill ${kill}`);
    assertEquals((await ftpd.status).signal, "SIGKILL", ftpd.log);
    await ftpd.stop();
    const wrong = await Promise.all(uploaders.map((one) => one.inspect(pub)));
    assertEquals(wrong.flat(), [], `kill ${kill} of seed ${SEED}`);
  }
  await using ftpd = await startFtpd([
    "--listen",
    `127.0.0.1:${port}`,
    ...args,
  ]);
  for (const uploader of uploaders) {
    await uploader.resume(ftpd);
    assertEquals(await uploader.inspect(pub), []);
  }
  using control = await ftpd.login();
  const seen = (await control.fetch("NLST -a")).split("\r\n").filter(Boolean);
  const there = Array.from(Deno.readDirSync(pub), ({ name }) => name);
  const parts = there.filter((name) => /^\.wharf-.*\.part$/.test(name));
  assertEquals(seen.length + parts.length, there.length);
  assert(findings.cut > 0 && findings.complete > 0);
  tell(findings, parts.length);
});

/** What happened, for who runs it at length. */
function tell(findings: Findings, parts: number): void {
  if (KILLS < 100) return;
  console.log(`${KILLS} kills:`, { ...findings, parts });
}

import { assert, assertEquals } from "@std/assert";
import { randomOf } from "../core/random.ts";
import { type Ftpd, soon, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { DYING_WORKERS } from "./dying.ts";
import { Uploader } from "./uploader.ts";

/** How often workers die; `WHARF_KILLS=200` takes some minutes. */
const KILLS = Number(Deno.env.get("WHARF_KILLS") || 8);
/** The moments are others with another seed. */
const SEED = Number(Deno.env.get("WHARF_SEED") || 7);
/** Deaths on one server: the wait before a worker is replaced doubles. */
const MOST = 4;
const CLIENTS = 4;
/** Steps of all clients, after the last of which a worker dies. */
const MOST_STEPS = 120;

Deno.test(`workers that die ${KILLS} times in mid-upload (seed ${SEED}) leave no half file, and others take their place`, async () => {
  await using folders = await tempFolders();
  const { pub } = folders;
  const random = randomOf(SEED);
  const findings = { complete: 0, cut: 0, unheard: 0, resumed: 0 };
  const uploaders = Array.from(
    { length: CLIENTS },
    (_, number) => new Uploader(number, random, findings),
  );
  for (let killed = 0; killed < KILLS;) {
    const args = ["--listen", "127.0.0.1:0", "--write", "--workers", "2", pub];
    await using ftpd = await startFtpd(args, { program: DYING_WORKERS });
    for (let here = 0; here < MOST && killed < KILLS; here++, killed++) {
      let steps = 1 + random.below(MOST_STEPS);
      const isOver = () => steps <= 0;
      const step = () => {
        if (--steps === 0) ftpd.kill("SIGUSR2");
      };
      // Clients of the worker that lives go on until the other one is gone.
      const running = uploaders.map((uploader) =>
        uploader.run(ftpd, step, isOver).catch((error) => {
          if (!isOver()) throw error;
        })
      );
      await soon(Promise.all(running), `death ${killed}`);
      await soon(deaths(ftpd, here + 1), "the death");
      const wrong = await Promise.all(uploaders.map((one) => one.inspect(pub)));
      assertEquals(wrong.flat(), [], `death ${killed} of seed ${SEED}`);
    }
    for (const uploader of uploaders) await uploader.resume(ftpd);
    const wrong = await Promise.all(uploaders.map((one) => one.inspect(pub)));
    assertEquals(wrong.flat(), []);
  }
  assert(findings.cut > 0 && findings.complete > 0);
  if (KILLS >= 100) console.log(`${KILLS} deaths:`, findings);
});

/** Waits until so many workers have died. */
async function deaths(ftpd: Ftpd, count: number): Promise<void> {
  while ((ftpd.log.match(/ worker-died /g)?.length ?? 0) < count) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import { serviceManager } from "../../lib/net/notify.ts";
import { Following } from "../../server/ftp/warden/following.ts";
import { readRequest, type Request } from "../../server/ftp/options.ts";
import { prepare } from "../../server/ftp/warden/prepare.ts";
import type { Plan, Warden } from "../../server/ftp/warden.ts";
import { soon, tempFolders } from "./helpers.ts";

/** What follows a server whose warden does what the test says. */
async function scene(folder: string, ...args: string[]) {
  const listen = ["--listen", "127.0.0.1:0"];
  const request = readRequest([...listen, ...args, folder], { lack: null });
  const prepared = await prepare({ ...request, check: false });
  const before = prepared.settings;
  const settings = {
    ...before,
    reload: { files: [], watch: false },
    data: { ...before.data, passiveAddress: "192.0.2.1" },
  };
  const clock = manualClock();
  const lines: string[] = [];
  let heard = Promise.withResolvers<void>();
  const log = createLog({
    format: "text",
    write(line) {
      lines.push(line);
      heard.resolve();
      heard = Promise.withResolvers();
    },
  });
  const plans: Plan[] = [];
  let failures = 0;
  const warden = {
    reopen: () => Promise.resolve(),
    couldNotReload: () => void failures++,
    reload: (plan: Plan) => {
      plans.push(plan);
      return Promise.reject(new Error("no"));
    },
  } as Partial<Warden> as Warden;
  let again = () => Promise.resolve(request);
  const following = new Following({ ...prepared, settings }, {
    request: { ...request, again: () => again() } as Request,
    apart: true,
    log,
    clock,
  });
  const stop = new AbortController();
  const running = following.run(warden, serviceManager(), stop.signal);
  return {
    ...{ clock, following, warden, plans, lines },
    failures: () => failures,
    refuse: (why: string) => again = () => Promise.reject(new Error(why)),
    /** Does something, and waits for the next line of the log. */
    async until(act: () => unknown): Promise<void> {
      const { promise } = heard;
      // What was done has to end, too: a clock that goes on holds a timer.
      await soon(Promise.all([promise, act()]), "a line in the log");
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

Deno.test("Following counts a reload that failed once, whoever refused it", async () => {
  await using folders = await tempFolders({});
  await using it = await scene(folders.pub);
  const { reload } = it.following.hangUp(it.warden);
  await it.until(reload);
  // The warden counts what it refuses by itself.
  assertEquals([it.plans.length, it.failures()], [1, 0]);
  it.refuse("line 3 is wrong");
  await it.until(reload);
  assertEquals([it.plans.length, it.failures()], [1, 1]);
});

Deno.test("Following tries a name's new address again when the server did not take it", async () => {
  await using folders = await tempFolders({});
  await using it = await scene(folders.pub, "--passive-address", "localhost");
  for (const tries of [1, 2]) {
    await it.until(() => it.clock.advance(300_000));
    assertEquals(it.plans.length, tries);
    const { passiveAddress } = it.plans.at(-1)!.settings.data;
    assertEquals(passiveAddress, "127.0.0.1");
  }
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Ftpd,
  RawControl,
  soon,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";
import { DYING_WORKERS } from "./dying.ts";

const ARGS = ["--listen", "127.0.0.1:0", "--write", "--workers", "2"];
/** Enough for the runtime and some sessions; the crowd is larger. */
const SETUP = "ulimit -n 80";
const CROWD = 120;

Deno.test("sessions that find no descriptor left are told so, and go on when there are some", async () => {
  await using folders = await tempFolders({ a: "still there" });
  await using ftpd = await startFtpd([...ARGS, folders.pub], { setup: SETUP });
  using early = await ftpd.login();
  using second = await ftpd.login();
  using data = await early.passive();
  await early.say("STOR upload", 150);
  await data.write(new Uint8Array(1000));
  const crowd = await crowdOf(ftpd);
  await ftpd.said("connection-error");
  assertMatch(await second.say("EPSV"), /^425 /);
  assertMatch(await second.say("STOR b"), /^425 /);
  assertMatch(await second.say("HASH a"), /^451 /);
  await second.say("SIZE a", 213);
  data.close();
  assertMatch(await early.reply(), /^226 /);
  for (const conn of crowd) conn.close();
  assertEquals(await fetchedAtLast(ftpd), "still there");
  assertEquals(await second.fetch("RETR a"), "still there");
  assertEquals((await early.fetch("RETR upload")).length, 1000);
});

Deno.test("a worker that dies where no descriptor is left has a successor when there are some", async () => {
  await using folders = await tempFolders({ a: "still there" });
  const how = { setup: SETUP, program: DYING_WORKERS };
  await using ftpd = await startFtpd([...ARGS, folders.pub], how);
  const crowd = await crowdOf(ftpd);
  await ftpd.said("connection-error");
  ftpd.kill("SIGUSR2");
  await ftpd.said("worker-died");
  ftpd.kill("SIGUSR2");
  for (const conn of crowd) conn.close();
  assertEquals(await fetchedAtLast(ftpd), "still there");
  assert(ftpd.log.includes("killed on purpose"));
});

function crowdOf({ ports }: Ftpd): Promise<Deno.TcpConn[]> {
  const at = { hostname: "127.0.0.1", port: ports[0]! };
  return Promise.all(Array.from({ length: CROWD }, () => Deno.connect(at)));
}

/** What a client gets that tries again until it is served. */
async function fetchedAtLast({ ports }: Ftpd): Promise<string> {
  const at = { hostname: "127.0.0.1", port: ports[0]!, greeting: false };
  const trying = async () => {
    for (;;) {
      try {
        using control = await RawControl.open(at);
        await control.expect(220);
        await control.login();
        return await control.fetch("RETR a");
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  return await soon(trying(), "a session");
}

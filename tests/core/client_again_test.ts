/** What second attempts and reconnects must not change. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpError } from "../../client/ftp/errors.ts";
import { play, type Stage } from "./client_harness.ts";

/** Lets time pass until `promise` has settled, one way or the other. */
async function inTime<T>(
  { clock }: Stage,
  promise: Promise<T>,
): Promise<T | Error> {
  let settled: T | Error | undefined;
  promise.then((value) => settled = value, (error) => settled = error);
  while (settled === undefined) {
    await clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

Deno.test("FtpClient begins text again from 0 in a second attempt", () => {
  let attempts = 0;
  return play({
    SIZE: "550 No",
    MDTM: "550 No",
    RETR: (_, peer) => {
      if (attempts++ > 0) return peer.sends("a\r\nb\r\n");
      return peer.sends("a\r\n", "150 Here", "426 Broken");
    },
  }, async (stage) => {
    const { client, disk, peer } = stage;
    client.retries = 1;
    await inTime(stage, client.download("x", "x", { type: "ascii" }));
    assertEquals(disk.files.get("x"), "a\nb\n");
    assert(!peer.commands.some((line) => line.startsWith("REST")));
  });
});

Deno.test("FtpClient removes a part that has become useless", () =>
  play({
    SIZE: "213 2",
    RETR: "550 Not now",
  }, async ({ client, disk }) => {
    await disk.create("x.part");
    disk.files.set("x.part", "too long");
    const options = { resume: true, keepPart: true };
    await assertRejects(() => client.download("x", "x", options), FtpError);
    assertEquals([...disk.files.keys()], []);
  }));

Deno.test("FtpClient makes data connections as it was told last, after a reconnect", () => {
  let sizes = 0;
  return play(
    {
      SIZE: (_, peer) => sizes++ > 0 ? "213 1" : void peer.control.end(),
      RETR: (_, peer) => peer.sends("a"),
    },
    async (stage) => {
      const { client, peer } = stage;
      client.retries = 2;
      client.data = {};
      await inTime(stage, client.size("x"));
      assertEquals(
        await inTime(stage, client.downloadBytes("x").then(String)),
        "97",
      );
      assert(!peer.commands.includes("PORT"), peer.commands.join());
      assert(!peer.commands.some((line) => line.startsWith("PORT")));
    },
    { mode: "active" },
  );
});

Deno.test("FtpClient.close() ends the wait for a second attempt", async () => {
  const busy = Promise.withResolvers<void>();
  await play({ SIZE: "450 Busy" }, async ({ client, clock }) => {
    client.retries = 5;
    const asked = assertRejects(() => client.size("x"), FtpError, "450");
    await busy.promise;
    // The answer has been read; what follows it takes no time.
    await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    await asked;
    assertEquals(clock.sleeping, 0);
  }, {
    trace: (event) =>
      "received" in event && event.received.code === 450 && busy.resolve(),
  });
});

Deno.test("FtpClient.quote() keeps a password out of the trace behind blanks, too", async () => {
  const seen: string[] = [];
  await play({ PASS: "230 In" }, async ({ client }) => {
    await client.quote("  pass hush");
  }, { trace: (event) => void seen.push(JSON.stringify(event)) });
  assert(seen.length > 0 && !seen.join().includes("hush"), seen.join());
});

Deno.test("FtpClient remembers a long way through folders as one", () =>
  play({ CWD: "250 Ok", PWD: '257 "/far/away"' }, async (stage) => {
    const { client, peer } = stage;
    for (let step = 0; step < 25; step++) await client.changeDirectory("a");
    const asked = peer.commands.filter((line) => line === "PWD");
    assertEquals(asked.length, 1);
  }));

Deno.test("FtpClient hides a password that is repeated, with a command behind it, too", async () => {
  const seen: string[] = [];
  let whenSent = () => {};
  await play({ NOOP: "200 Ok" }, async ({ client, peer }) => {
    peer.on("USER", "331 Password?");
    peer.on("PASS", "530 no hush");
    let behind: Promise<unknown> = Promise.resolve();
    whenSent = () => void (behind = client.quote("NOOP"));
    const denied = await client.login("bob", "hush").catch(String);
    await behind;
    assert(String(denied).includes("530 no ****"), String(denied));
    assert(!seen.join().includes("hush"), seen.join());
  }, {
    trace: (event) => {
      seen.push(JSON.stringify(event));
      if ("sent" in event && event.sent.startsWith("PASS")) whenSent();
    },
  });
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  FtpError,
  IncompleteError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import type { Answer } from "./client_peer.ts";
import { play } from "./client_harness.ts";
import { textOf } from "./byte_cases.ts";

const NO_SIZE = { SIZE: "550 No", MDTM: "550 No" };
/** A source that never comes to its end. */
const endless = {
  read: (buffer: Uint8Array) => Promise.resolve(buffer.length),
  close() {},
};

Deno.test("FtpClient reads a greeting of 100 lines, codes inside", () => {
  const lines = Array.from({ length: 100 }, (_, n) => `${300 + n} line ${n}`);
  const greeting = `220-Hi\r\n${lines.join("\r\n")}\r\n220 there`;
  return play(
    {},
    async ({ client }) => {
      assertEquals(client.greeting.lines.length, 102);
      assertEquals(client.greeting.lines[51], "350 line 50");
      assertEquals(await client.workingDirectory(), "/");
    },
    {},
    greeting,
  );
});

const NO_HINTS: readonly string[] = [
  "150 Opening a (-5 bytes)",
  "150 Opening a (99999999999999999999 bytes)",
  "150 Opening a (1e3 bytes)",
  "150 Opening a (0x5 bytes)",
  "150 Opening a (5.5 bytes)",
  "150 Opening a (NaN bytes)",
  "150 Opening a ( bytes)",
];

for (const said of NO_HINTS) {
  Deno.test(`FtpClient makes nothing of ${said}`, () =>
    play({
      ...NO_SIZE,
      RETR: (_, peer) => peer.sends("hello", said),
    }, async ({ client }) => {
      assertEquals(textOf(await client.downloadBytes("a")), "hello");
    }));
}

Deno.test("FtpClient believes neither 150 nor 226 when bytes are missing", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello", "150 a (9007199254740991 bytes)"),
  }, async ({ client }) => {
    const error = await assertRejects(
      () => client.downloadBytes("a"),
      IncompleteError,
    );
    assertEquals(error.received, 5);
  }));

Deno.test("FtpClient tells a goodbye in the middle of a download", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
      return "421 Going down";
    },
  }, async ({ client, disk, peer }) => {
    await assertRejects(
      () => client.download("a", "b"),
      FtpError,
      "RETR a: the server said 421 Going down",
    );
    assertEquals([...disk.files], []);
    assert(peer.data.isClosed);
    await assertRejects(() => client.size("a"), NetworkError, "Going down");
  }));

Deno.test("FtpClient tells all that wait when the server says goodbye", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello", "150 Here", "421 Bye"),
  }, async ({ client }) => {
    const options = { size: 5, modified: null };
    const all = ["a", "b", "c"].map((name) =>
      client.downloadBytes(name, options)
    );
    const results = await Promise.allSettled(all);
    assertEquals(results.map(({ status }) => status), [
      "rejected",
      "rejected",
      "rejected",
    ]);
    for (const result of results) {
      assert(result.status === "rejected");
      assert(/421 Bye/.test(result.reason.message), result.reason.message);
    }
  }));

const STOPPED: readonly [what: string, stor: Answer, error: string][] = [
  ["says goodbye", (_, peer) => {
    peer.data.block();
    return "150 Send\r\n421 Going down";
  }, "421"],
  ["breaks the connection, and says why", (_, peer) => {
    peer.data.reset();
    return "150 Send\r\n552 Quota";
  }, "552 Quota"],
  ["breaks the connection, and denies it", (_, peer) => {
    peer.data.reset();
    return "150 Send\r\n226 Done";
  }, "connection broke"],
  ["goes without a word", (_, peer) => {
    peer.data.reset();
    peer.control.end();
    return "150 Send";
  }, "closed the connection"],
];

for (const [what, STOR, message] of STOPPED) {
  Deno.test(`FtpClient ends an upload when the server ${what}`, () =>
    play({ STOR }, async ({ client, peer }) => {
      await assertRejects(() => client.upload(endless, "b"), Error, message);
      assert(peer.data.isClosed);
    }));
}

Deno.test("FtpClient ends an upload that stalls, and stays usable", () =>
  play({
    STOR: (_, peer) => {
      peer.data.block();
      return "150 Send";
    },
    ABOR: "426 Stopped\r\n226 Aborted",
  }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.upload(endless, "b"),
      NetworkError,
      "No byte of STOR b moved in 30 seconds",
    );
    await peer.heard("STOR");
    await clock.advance(31_000);
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient keeps what came when the server goes behind its 226", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.sends("hello");
      peer.control.end();
    },
  }, async ({ client, disk }) => {
    const options = { size: 5, modified: null };
    await client.download("a", "b", options);
    assertEquals([...disk.files], [["b", "hello"]]);
  }));

Deno.test("FtpClient gives up when ABOR is answered without end", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
    },
    ABOR: "226 Aborted\r\n".repeat(200).trim(),
  }, async ({ client, peer }) => {
    const enough = new AbortController();
    const failed = assertRejects(
      () => client.downloadBytes("a", { signal: enough.signal }),
      DOMException,
    );
    await peer.heard("RETR");
    enough.abort();
    await failed;
    assert(client.closed instanceof ProtocolError);
  }));

Deno.test("FtpClient waits for no 226 for ever when cancelled behind the end", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello", "150 Here", ""),
  }, async ({ client, peer, clock }) => {
    const enough = new AbortController();
    const options = { size: 5, signal: enough.signal };
    const failed = assertRejects(
      () => client.downloadBytes("a", options),
      DOMException,
    );
    await peer.heard("RETR");
    await peer.data.closed;
    enough.abort();
    await clock.advance(5000);
    await failed;
    assertEquals(peer.commands.includes("ABOR"), false);
    assert(client.closed instanceof NetworkError);
  }));

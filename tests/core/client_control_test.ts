import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpClient, type TraceEvent } from "../../client/ftp/mod.ts";
import {
  FtpError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import { manualClock } from "../../lib/clock.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import { Peer, SERVER } from "./client_peer.ts";
import { play } from "./client_harness.ts";

Deno.test("FtpClient sends commands in the order they were given", () =>
  play({ DELE: "250 OK" }, async ({ client, peer }) => {
    const asked = peer.commands.length;
    await Promise.all(["a", "b", "c"].map((name) => client.remove(name)));
    assertEquals(peer.commands.slice(asked), ["DELE a", "DELE b", "DELE c"]);
  }));

Deno.test("FtpClient gives every command its own reply", () =>
  play({
    SIZE: (name) => `213 ${name.length}`,
    DELE: (name) => name === "bb" ? "550 No" : "250 OK",
  }, async ({ client }) => {
    const results = await Promise.allSettled([
      client.size("a"),
      client.remove("bb"),
      client.size("cccc"),
    ]);
    assertEquals(results.map(({ status }) => status), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    assertEquals(await client.size("cccc"), 4);
  }));

Deno.test("FtpClient drops the reply of a command that was cancelled", () =>
  play({ DELE: "", SIZE: "213 7" }, async ({ client, peer }) => {
    const enough = new AbortController();
    const cancelled = assertRejects(
      () => client.remove("a", { signal: enough.signal }),
      DOMException,
    );
    await peer.heard("DELE");
    const size = client.size("b");
    enough.abort();
    await cancelled;
    assertEquals(peer.commands.at(-1), "DELE a");
    peer.say("250 Removed");
    assertEquals(await size, 7);
  }, { sendAhead: false }));

Deno.test("FtpClient never sends a command that was cancelled while it waited", () =>
  play({ DELE: "", MKD: "257 OK" }, async ({ client, peer }) => {
    const first = client.remove("a");
    await peer.heard("DELE");
    const enough = new AbortController();
    const second = assertRejects(
      () => client.makeDirectory("b", { signal: enough.signal }),
      DOMException,
    );
    enough.abort();
    await second;
    peer.say("250 Removed");
    await first;
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(peer.commands.includes("MKD b"), false);
  }, { sendAhead: false }));

Deno.test("FtpClient takes nothing that was said before the question", () =>
  play({
    SIZE: "213 7\r\n250 A reply to nothing\r\n226 Nor this",
    DELE: "550 No",
  }, async ({ client }) => {
    assertEquals(await client.size("a"), 7);
    await assertRejects(() => client.remove("a"), FtpError, "550");
  }));

Deno.test("FtpClient closes when a reply does not come in time", () =>
  play({ DELE: "" }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.remove("a"),
      NetworkError,
      "192.0.2.1:21 did not answer within 30 seconds",
    );
    await peer.heard("DELE");
    await clock.advance(30_000);
    await failed;
    await assertRejects(() => client.remove("a"), NetworkError);
  }));

Deno.test("FtpClient says that the server said goodbye", () =>
  play({ DELE: "421 Idle for too long" }, async ({ client }) => {
    const error = await assertRejects(() => client.remove("a"), FtpError);
    assertEquals([error.code, error.transient], [421, true]);
    await assertRejects(
      () => client.remove("a"),
      NetworkError,
      "said goodbye: 421 Idle for too long",
    );
  }));

Deno.test("FtpClient finds a goodbye that came while nothing was asked", () =>
  play({ SIZE: "213 7\r\n421 Going down" }, async ({ client, peer }) => {
    await client.size("a");
    await assertRejects(() => client.remove("a"), NetworkError, "Going down");
    assertEquals(peer.commands.includes("DELE a"), false);
  }));

const BAD_SERVERS: readonly [what: string, said: string, error: string][] = [
  ["no reply", "hello", "no FTP reply"],
  ["escape sequences", "\x1b]52;c;eA==\x07", "\\x1b]52;c;eA==\\x07"],
  ["an endless line", `250 ${"x".repeat(9000)}`, "more than 8192 bytes"],
  ["an endless reply", "250-a\r\n" + "x\r\n".repeat(30_000), "65536 bytes"],
  ["endless 1xx", "150 a\r\n".repeat(200), "mean nothing"],
];

for (const [what, said, message] of BAD_SERVERS) {
  Deno.test(`FtpClient closes on ${what}`, () =>
    play({ DELE: said }, async ({ client }) => {
      await assertRejects(() => client.remove("a"), ProtocolError, message);
      assert(client.closed instanceof ProtocolError);
    }));
}

Deno.test("FtpClient makes what a server says visible in messages", () =>
  play({ DELE: "550 \x1b[2J\u202e\x07" }, async ({ client }) => {
    const error = await assertRejects(() => client.remove("\u202ea"), FtpError);
    assertEquals(
      error.message,
      "DELE \\u202ea: the server said 550 \\x1b[2J\\u202e\\x07",
    );
    assertEquals(error.lines, ["\x1b[2J\u202e\x07"]);
  }));

Deno.test("FtpClient refuses line ends and control characters in any argument", () =>
  play({}, async ({ client, peer }) => {
    const asked = peer.commands.length;
    const evil = "a\r\nDELE b";
    const calls: (() => Promise<unknown>)[] = [
      () => client.remove(evil),
      () => client.rename(evil, "b"),
      () => client.makeDirectory(evil),
      () => client.makeDirectory(evil, { parents: true }),
      () => client.removeDirectory(evil),
      () => client.removeDirectory(evil, { recursive: true }),
      () => client.changeDirectory(evil),
      () => client.chmod(evil, 0o644),
      () => client.setModified(evil, new Date(0)),
      () => client.size(evil),
      () => client.modified(evil),
      () => client.stat(evil),
      () => client.site(evil),
      () => client.quote(evil),
      () => client.login(evil),
      () => client.login("a", evil),
      () => client.login("a\0b"),
      () => client.remove("a\x1b"),
      () => client.remove("\x7f"),
      () => client.downloadBytes(evil),
      () => client.upload(bytesOf(""), evil),
      () => client.upload(bytesOf(""), evil, { append: true }),
      () => client.upload(bytesOf(""), evil, { unique: true }),
      () => Array.fromAsync(client.list(evil)),
    ];
    peer.on("USER", "331 Password?");
    for (const call of calls) await assertRejects(call, TypeError);
    const sent = peer.commands.slice(asked);
    assertEquals(sent.filter((line) => line.includes("DELE")), []);
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient never renames from one name to nowhere", () =>
  play({ RNFR: "350 OK", RNTO: "250 OK" }, async ({ client, peer }) => {
    await assertRejects(() => client.rename("a", "b\nc"), TypeError);
    assertEquals(peer.commands.includes("RNFR a"), false);
  }));

Deno.test("FtpClient keeps passwords out of traces and errors", async () => {
  const seen: TraceEvent[] = [];
  const answers = { USER: "331 ?", PASS: "530 Wrong" };
  const peer = new Peer(answers);
  const client = await FtpClient.connect({
    ...SERVER,
    network: peer.network,
    clock: manualClock(),
    trace: (event) => seen.push(event),
  });
  const error = await assertRejects(() => client.login("me", "hush"), FtpError);
  await client.close();
  assertEquals(error.message, "PASS ****: the server said 530 Wrong");
  assertEquals(JSON.stringify(seen).includes("hush"), false);
  assertEquals(peer.commands.includes("PASS hush"), true);
});

/** A download that goes on until the test ends it. */
async function longDownload(
  noop: string,
  action: (peer: Peer) => void,
): Promise<string[]> {
  let commands: string[] = [];
  await play({
    SIZE: "550 No",
    MDTM: "550 No",
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
    },
    NOOP: noop,
    PWD: '257 "/here"',
  }, async ({ client, peer, clock }) => {
    const done = client.downloadBytes("a");
    await peer.heard("RETR");
    for (let times = 1; times <= 3; times++) {
      await clock.advance(10_000);
      if (times < 3) peer.data.send(".");
    }
    action(peer);
    assertEquals(textOf(await done), "hel..lo");
    assertEquals(await client.workingDirectory(), "/here");
    commands = peer.commands;
  }, { keepAlive: 10_000, timeout: 60_000 });
  return commands;
}

function finish(peer: Peer, reply = "226 Done"): void {
  peer.data.send("lo");
  peer.data.end();
  peer.say(reply);
}

const count = (lines: string[], line: string) =>
  lines.filter((one) => one === line).length;

Deno.test("FtpClient keeps the control connection alive by NOOPs", async () => {
  const commands = await longDownload("200 Still here", (peer) => finish(peer));
  assertEquals(count(commands, "NOOP"), 3);
});

Deno.test("FtpClient takes late replies to NOOPs for nothing else", async () => {
  const late = "226 Done\r\n200 NOOP\r\n200 NOOP\r\n200 NOOP";
  await longDownload("", (peer) => finish(peer, late));
});

Deno.test("FtpClient takes early and late replies to NOOPs for nothing else", async () => {
  const mixed = "200 NOOP\r\n226 Done\r\n200 NOOP\r\n200 NOOP";
  await longDownload("", (peer) => finish(peer, mixed));
});

Deno.test("FtpClient does not wait for replies to NOOPs that were dropped", async () => {
  const commands = await longDownload("", (peer) => finish(peer));
  assertEquals(count(commands, "NOOP"), 3);
});

Deno.test("FtpClient sends no more NOOPs to a server that refuses them", async () => {
  const commands = await longDownload("503 Busy", (peer) => finish(peer));
  assertEquals(count(commands, "NOOP"), 1);
});

Deno.test("FtpClient.close() says goodbye", async () => {
  const peer = new Peer();
  const { network } = peer;
  const client = await FtpClient.connect({ ...SERVER, network });
  await client.close();
  assertEquals(peer.commands, ["QUIT"]);
  assertEquals(peer.control.isClosed, true);
  await assertRejects(() => client.login(), NetworkError, "is closed");
});

Deno.test("FtpClient.close() cancels what runs", () =>
  play({ DELE: "" }, async ({ client, peer }) => {
    const failed = assertRejects(() => client.remove("a"), NetworkError);
    await peer.heard("DELE");
    await client.close();
    await failed;
  }));

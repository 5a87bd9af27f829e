import { assertEquals, assertRejects } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { FtpError, NetworkError } from "../../client/ftp/errors.ts";
import { retryWait } from "../../client/ftp/retry.ts";
import { manualClock } from "../../lib/clock.ts";
import type { Answers } from "./client_peer.ts";
import { Peer, SERVER } from "./client_peer.ts";
import { names, play } from "./client_harness.ts";
import { bytesOf } from "./byte_cases.ts";

async function connect(peer: Peer): Promise<FtpClient> {
  const { network } = peer;
  return await FtpClient.connect({ ...SERVER, network, clock: manualClock() });
}

async function commandsOf(
  answers: Answers,
  ...login: string[]
): Promise<string[]> {
  const peer = new Peer({ FEAT: "502 No", ...answers });
  const client = await connect(peer);
  await client.login(...login);
  await client.close();
  return peer.commands;
}

Deno.test("FtpClient.login() is anonymous when nobody is named", async () => {
  const answers = { USER: "331 ?", PASS: "230 OK" };
  assertEquals(await commandsOf(answers), [
    "USER anonymous",
    "PASS anonymous@",
    "FEAT",
    "QUIT",
  ]);
});

Deno.test("FtpClient.login() sends no password that is not asked for", async () => {
  assertEquals(await commandsOf({ USER: "230 OK" }, "a", "b"), [
    "USER a",
    "FEAT",
    "QUIT",
  ]);
});

Deno.test("FtpClient.login() sends an empty password and an account", async () => {
  const peer = new Peer({ USER: "331 ?", PASS: "332 ?", ACCT: "230 OK" });
  const client = await connect(peer);
  await assertRejects(() => client.login("a", ""), FtpError, "ACCT");
  await client.login("a", "", { account: "x" });
  assertEquals(peer.commands.slice(-4), ["USER a", "PASS ", "ACCT x", "FEAT"]);
  await client.close();
});

Deno.test("FtpClient.login() switches UTF-8 and facts on", async () => {
  const FEAT =
    "211-Extensions\r\n UTF8\r\n MLST type*;size;UNIX.mode;x;\r\n211 End";
  const OPTS = "200 OK";
  assertEquals(await commandsOf({ USER: "230 OK", FEAT, OPTS }), [
    "USER anonymous",
    "FEAT",
    "OPTS UTF8 ON",
    "OPTS MLST type;size;UNIX.mode;",
    "QUIT",
  ]);
});

Deno.test("FtpClient tells what FEAT said", () =>
  play({}, ({ client }) => {
    assertEquals([...client.features.keys()], ["SIZE", "MDTM", "MLST"]);
    return Promise.resolve();
  }));

const GREETINGS: readonly [greeting: string, name: string, text: string][] = [
  ["421 Too many users", "FtpError", "421 Too many users"],
  ["500 Go away", "FtpError", "500 Go away"],
  ["SSH-2.0-OpenSSH_9", "ProtocolError", "no FTP reply"],
];

for (const [greeting, name, text] of GREETINGS) {
  Deno.test(`FtpClient.connect() fails when greeted with ${greeting}`, async () => {
    const peer = new Peer();
    peer.greeting = greeting;
    const error = await assertRejects(() => connect(peer), Error, text);
    assertEquals(error.name, name);
    assertEquals(peer.control.isClosed, true);
  });
}

Deno.test("FtpClient.connect() waits for the server to be ready", async () => {
  const peer = new Peer();
  peer.greeting = "120 Ready soon\r\n220-Hello\r\n220 Ready";
  const client = await connect(peer);
  assertEquals(client.greeting.lines, ["Hello", "Ready"]);
  await client.close();
});

Deno.test("FtpClient.connect() can be cancelled, and ends by itself", async () => {
  const network = {
    connect: () => new Promise<never>(() => {}),
    listen: () => {
      throw new Error("not asked");
    },
  };
  const enough = new AbortController();
  const options = { ...SERVER, network, clock: manualClock() };
  const cancelled = assertRejects(
    () => FtpClient.connect({ ...options, signal: enough.signal }),
    DOMException,
  );
  enough.abort();
  await cancelled;
  const late = assertRejects(
    () => FtpClient.connect({ ...options, timeout: 5000 }),
    NetworkError,
    "Cannot connect to 192.0.2.1:21: no answer in 5 seconds",
  );
  await options.clock.advance(5000);
  await late;
});

Deno.test("FtpClient.connect() ends when nobody greets", async () => {
  const peer = new Peer();
  peer.greeting = "220-Wait";
  const clock = manualClock();
  const { network } = peer;
  const failed = assertRejects(
    () => FtpClient.connect({ ...SERVER, network, clock }),
    NetworkError,
    "did not answer within 30 seconds",
  );
  await clock.advance(30_000);
  await failed;
  assertEquals(peer.control.isClosed, true);
});

Deno.test("FtpClient speaks Latin-1 where it is told to", () =>
  play({ DELE: "250 OK" }, async ({ client, peer }) => {
    // The server of this test reads UTF-8: what it cannot read, it rejects.
    await client.remove("abc");
    await assertRejects(() => client.remove("€"), TypeError, "latin1");
    assertEquals(peer.commands.at(-1), "DELE abc");
  }, { charset: "latin1" }));

Deno.test("FtpClient.setModified() finds the way that the server knows", () =>
  play({
    MFMT: "502 No",
    SITE: "500 UTIME?",
    MDTM: "213 OK",
  }, async ({ client, peer }) => {
    await client.setModified("a", new Date(0));
    await client.setModified("b", new Date(0));
    assertEquals(peer.commands.slice(-4), [
      "MFMT 19700101000000 a",
      "SITE UTIME 19700101000000 a",
      "MDTM 19700101000000 a",
      "MDTM 19700101000000 b",
    ]);
  }));

Deno.test("FtpClient.setModified() gives the refusal of the server", () =>
  play({ MFMT: "550 No such file" }, async ({ client }) => {
    await assertRejects(
      () => client.setModified("a", new Date(0)),
      FtpError,
      "MFMT a: the server said 550 No such file",
    );
  }));

/** Retries without delay, as the clock stands still. */
const RETRIES = { retries: 2, retryDelay: 0 };

/** Lets a manual clock go on until `done` is settled. */
async function soon<T>(
  clock: { advance(ms: number): Promise<void> },
  done: Promise<T>,
): Promise<T> {
  let settled = false;
  done.then(() => settled = true, () => settled = true);
  while (!settled) await clock.advance(1);
  return await done;
}

Deno.test("FtpClient connects again and resumes a download", () => {
  let attempts = 0;
  return play({
    CWD: "250 OK",
    SIZE: "213 5",
    MDTM: "550 No",
    RETR: (_, peer) => {
      if (attempts++ > 0) return peer.sends("lo");
      peer.say("150 Here");
      peer.data.send("hel");
      peer.data.end();
      peer.control.end();
    },
  }, async ({ client, peer, clock, disk }) => {
    await client.changeDirectory("/pub");
    await client.changeDirectory("sub");
    const result = await soon(clock, client.download("a", "b"));
    assertEquals(result, { path: "a", size: 5, bytes: 5 });
    assertEquals([...disk.files], [["b", "hello"]]);
    assertEquals(peer.controls.length, 2);
    assertEquals(
      peer.commands.slice(peer.commands.lastIndexOf("USER anonymous")),
      [
        "USER anonymous",
        "FEAT",
        "CWD /pub",
        "CWD sub",
        "TYPE I",
        "SIZE a",
        "MDTM a",
        "EPSV",
        "REST 3",
        "RETR a",
      ],
    );
  }, RETRIES);
});

Deno.test("FtpClient begins again when the file has changed", () => {
  let attempts = 0;
  return play({
    SIZE: () => attempts > 0 ? "213 4" : "213 5",
    MDTM: "550 No",
    RETR: (_, peer) =>
      attempts++ > 0
        ? peer.sends("news")
        : peer.sends("hel", "150", "426 Broken"),
  }, async ({ client, clock, disk, peer }) => {
    await soon(clock, client.download("a", "b"));
    assertEquals([...disk.files], [["b", "news"]]);
    assertEquals(peer.commands.some((line) => line.startsWith("REST")), false);
  }, RETRIES);
});

Deno.test("FtpClient tries again only so often, and waits in between", () =>
  play({ SIZE: "450 Busy" }, async ({ client, clock, peer }) => {
    const failed = assertRejects(() => client.size("a"), FtpError, "450");
    await peer.heard("SIZE", 1);
    await clock.advance(500);
    assertEquals(peer.commands.at(-1), "SIZE a");
    await clock.advance(10_000);
    await failed;
    const asked = peer.commands.filter((line) => line === "SIZE a");
    assertEquals(asked.length, 3);
  }, { retries: 2, retryDelay: 1000 }));

Deno.test("FtpClient never tries again what the server refused for good", () =>
  play({ SIZE: "550 No" }, async ({ client, peer }) => {
    await assertRejects(() => client.size("a"), FtpError, "550");
    assertEquals(peer.commands.filter((line) => line === "SIZE a").length, 1);
  }, RETRIES));

Deno.test("FtpClient never repeats a change whose reply was lost", () =>
  play({
    DELE: (_, peer) => peer.control.end(),
  }, async ({ client, peer }) => {
    await assertRejects(() => client.remove("a"), NetworkError);
    assertEquals(peer.commands.filter((line) => line === "DELE a").length, 1);
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(peer.controls.length, 2);
  }, RETRIES));

Deno.test("FtpClient repeats a change that was answered with a goodbye", () => {
  let times = 0;
  return play({
    DELE: () => times++ > 0 ? "250 OK" : "421 Idle",
  }, async ({ client, peer, clock }) => {
    await soon(clock, client.remove("a"));
    assertEquals(peer.controls.length, 2);
  }, RETRIES);
});

Deno.test("FtpClient stops waiting for another attempt when cancelled", () =>
  play({ SIZE: "450 Busy" }, async ({ client, peer }) => {
    const enough = new AbortController();
    const { signal } = enough;
    const failed = assertRejects(
      () => client.size("a", { signal }),
      DOMException,
    );
    await peer.heard("SIZE");
    enough.abort();
    await failed;
  }, { retries: 5, retryDelay: 60_000 }));

Deno.test("FtpClient lists again when the connection was lost before", () => {
  let times = 0;
  return play({
    MLSD: (_, peer) =>
      times++ > 0 ? peer.sends("type=file; a\r\n") : peer.control.end(),
  }, async ({ client, clock }) => {
    assertEquals(await soon(clock, names(client.list())), ["a"]);
  }, RETRIES);
});

/** An upload that breaks once; the server then says `sizes` in turn. */
function brokenUpload(
  ...sizes: string[]
): Promise<{ commands: string[]; sent: string[] }> {
  let attempts = 0;
  let result = { commands: [] as string[], sent: [] as string[] };
  return play({
    SIZE: () => sizes.shift() ?? "213 5",
    STOR: async (_, peer) => {
      peer.say("150 Send");
      if (attempts++ === 0) {
        peer.data.reset();
        return "426 Broken";
      }
      await peer.data.closed;
      return "226 Done";
    },
  }, async ({ client, clock, peer }) => {
    await soon(clock, client.upload(bytesOf("hello"), "b"));
    const commands = peer.commands.filter((line) => /^(REST|STOR)/.test(line));
    result = { commands, sent: peer.dataConns.map(({ text }) => text) };
  }, RETRIES).then(() => result);
}

Deno.test("FtpClient sends all again when another file is in the way", async () => {
  const { commands, sent } = await brokenUpload("213 3", "213 3");
  assertEquals(commands, ["STOR b", "STOR b"]);
  assertEquals(sent.at(-1), "hello");
});

Deno.test("FtpClient sends all again when nothing arrived", async () => {
  const { commands } = await brokenUpload("550 No", "550 No");
  assertEquals(commands, ["STOR b", "STOR b"]);
});

Deno.test("FtpClient never sends a stream twice, nor appends twice", () =>
  play({
    STOR: (_, peer) => {
      peer.say("150 Send");
      peer.data.reset();
      return "426 Broken";
    },
    APPE: "450 Busy",
  }, async ({ client, peer }) => {
    const stream = new Blob([bytesOf("hello")]).stream();
    await assertRejects(() => client.upload(stream, "b"), FtpError, "426");
    const append = { append: true };
    await assertRejects(
      () => client.upload(bytesOf("x"), "b", append),
      FtpError,
      "450",
    );
    const tries = peer.commands.filter((line) => /^(STOR|APPE)/.test(line));
    assertEquals(tries, ["STOR b", "APPE b"]);
  }, RETRIES));

Deno.test("FtpClient resumes an upload behind what arrived", () => {
  let attempts = 0;
  return play({
    SIZE: () => ["550 No", "213 2", "213 5"][attempts++]!,
    STOR: async (_, peer) => {
      peer.say("150 Send");
      if (attempts > 1) {
        await peer.data.closed;
        return "226 Done";
      }
      while (peer.data.text.length < 5) {
        await new Promise<void>((resolve) => peer.data.onChange = resolve);
      }
      await peer.data.closed;
      return "426 Only two bytes were stored";
    },
  }, async ({ client, clock, peer }) => {
    const result = await soon(clock, client.upload(bytesOf("hello"), "b"));
    assertEquals(result.size, 5);
    assertEquals(peer.data.text, "llo");
    assertEquals(peer.commands.includes("REST 2"), true);
  }, RETRIES);
});

Deno.test("retryWait() grows, up to a limit", () => {
  const waits = [0, 1, 2, 9].map((retry) => retryWait(retry, {}, () => 0));
  assertEquals(waits, [1000, 2000, 4000, 60_000]);
  assertEquals(retryWait(0, {}, () => 1), 750);
});

Deno.test("FtpClient reads Latin-1 names where it is told to", () =>
  play({
    MLSD: (_, peer) => {
      peer.say("150 Here");
      const [before, after] = ["type=file; ", "\r\n"].map(bytesOf);
      peer.data.send(new Uint8Array([...before!, 0xe4, ...after!]));
      peer.data.end();
      return "226 Done";
    },
  }, async ({ client }) => {
    assertEquals(await names(client.list()), ["ä"]);
  }, { charset: "latin1" }));

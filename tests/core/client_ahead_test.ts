import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  FtpError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import type { Answer, Answers, Peer } from "./client_peer.ts";
import { play, type Stage } from "./client_harness.ts";
import { bytesOf, textOf } from "./byte_cases.ts";

const FILES: Answers = {
  SIZE: "550 No",
  MDTM: "550 No",
  RETR: (_, peer) => peer.sends("hello"),
};
/** What a listing would have told: nothing needs to be asked. */
const KNOWN = { size: 5, modified: null };

/** A reply that is not given before the gate opens. */
function gated(
  reply: string,
): { answer: () => Promise<string>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { answer: () => promise.then(() => reply), open: resolve };
}

/** Waits until the client has written a line, read by the server or not. */
async function written(peer: Peer, line: string): Promise<void> {
  for (let turns = 0; !peer.control.text.includes(`${line}\r\n`); turns++) {
    assert(turns < 1000, `${line} was not written`);
    await settled();
  }
}

/** Lets everything that can go on go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const receiving: Answer = async (_, peer) => {
  peer.say("150 Send");
  await peer.data.closed;
  return "226 Done";
};

/** Lines that came in one write. */
function together(peer: Peer): string[][] {
  return peer.control.received.map((bytes) =>
    textOf(bytes).split("\r\n").slice(0, -1)
  );
}

/** One transfer, after which the way to the data is known. */
async function first({ client }: Stage): Promise<void> {
  assertEquals(textOf(await client.downloadBytes("first", KNOWN)), "hello");
}

Deno.test("FtpClient sends EPSV and the transfer command together once it may", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    assertEquals(textOf(await client.downloadBytes("a", KNOWN)), "hello");
    const writes = together(peer);
    assertEquals(writes.slice(-3), [["EPSV"], ["RETR first"], [
      "EPSV",
      "RETR a",
    ]]);
  }));

Deno.test("FtpClient sends PASV and the transfer command together where EPSV is unknown", () =>
  play({ ...FILES, EPSV: "500 What" }, async (stage) => {
    await first(stage);
    await stage.client.downloadBytes("a", KNOWN);
    assertEquals(together(stage.peer).at(-1), ["PASV", "RETR a"]);
  }));

Deno.test("FtpClient takes a 227 to EPSV, also when it sent ahead", () =>
  play(
    { ...FILES, EPSV: "227 Passive (192,0,2,1,156,64)" },
    async (stage) => {
      await first(stage);
      const { client, peer } = stage;
      assertEquals(textOf(await client.downloadBytes("a", KNOWN)), "hello");
      assertEquals(peer.dialled.at(-1)?.port, 40_000);
    },
  ));

Deno.test("FtpClient prepares the next download while the last reply is under way", () =>
  play({ ...FILES }, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    const gate = gated("226 Done");
    peer.on("RETR", (name, peer) => {
      if (name === "two") return peer.sends("world");
      peer.sends("hello", "150 Here", "");
      return gate.answer();
    });
    const one = client.downloadBytes("one", KNOWN);
    const two = client.downloadBytes("two", KNOWN);
    await written(peer, "RETR two");
    gate.open();
    assertEquals(textOf(await one), "hello");
    assertEquals(textOf(await two), "world");
  }));

Deno.test("FtpClient tells whose transfer failed when both were under way", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    peer.on(
      "RETR",
      (name, peer) =>
        peer.sends("hello", "150 Here", name === "one" ? "451 Disk" : "226 OK"),
    );
    const failed = assertRejects(
      () => client.downloadBytes("one", KNOWN),
      FtpError,
      "RETR one: the server said 451",
    );
    assertEquals(textOf(await client.downloadBytes("two", KNOWN)), "hello");
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient sends nothing during an upload, nor while a NOOP is owed", () =>
  play({ ...FILES, STOR: "150 Send", NOOP: "" }, async (stage) => {
    await first(stage);
    const { client, peer, clock } = stage;
    const stored = client.upload(bytesOf("hello"), "b");
    await peer.heard("STOR");
    await peer.data.closed;
    const asked = client.workingDirectory();
    await clock.advance(1000);
    assertEquals(peer.commands.at(-1), "STOR b");
    peer.say("226 Done");
    await Promise.all([stored, asked]);

    peer.on("RETR", "150 Here");
    const got = client.downloadBytes("c", KNOWN);
    await peer.heard("RETR c");
    await clock.advance(20_000);
    assertEquals(peer.commands.at(-1), "NOOP");
    const after = client.workingDirectory();
    peer.data.send("hello");
    peer.data.end();
    await clock.advance(1000);
    assertEquals(peer.commands.at(-1), "NOOP");
    peer.say("226 Done");
    assertEquals(textOf(await got), "hello");
    assertEquals(await after, "/");
  }, { keepAlive: 20_000 }));

Deno.test("FtpClient sends the next file together with the time of the last one", () =>
  play({ STOR: receiving, MFMT: "213 OK" }, async ({ client, peer, disk }) => {
    disk.files.set("a", "hello");
    disk.times.set("a", new Date(0));
    await client.upload("a", "first");
    const gate = gated("213 OK");
    peer.on("MFMT", gate.answer);
    const both = ["one", "two"].map((name) => client.upload("a", name));
    await written(peer, "STOR two");
    assertEquals(together(peer).slice(-2), [
      ["EPSV", "STOR one"],
      ["MFMT 19700101000000 one", "EPSV", "STOR two"],
    ]);
    gate.open();
    await Promise.all(both);
  }));

Deno.test("FtpClient sends what it held back when nobody sends after it", () =>
  play({ ...FILES, MDTM: "213 19700101000000" }, async (stage) => {
    await first(stage);
    const { client } = stage;
    const stop = new AbortController();
    const { signal } = stop;
    const asked = client.modified("one");
    const other = client.size("two", { signal });
    stop.abort(new Error("enough"));
    await assertRejects(() => other, Error, "enough");
    assertEquals(await asked, new Date(0));
  }));

Deno.test("FtpClient uploads without waiting for the 150 once that has worked", () =>
  play({ ...FILES, STOR: receiving }, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    await client.upload(bytesOf("one"), "one");
    peer.on("STOR", async (_, peer) => {
      await peer.data.closed;
      return "226 Done, and no word before";
    });
    await client.upload(bytesOf("two"), "two");
    assertEquals(peer.data.text, "two");
  }));

Deno.test("FtpClient sends several commands ahead, but not without limit", () =>
  play({ DELE: "" }, async ({ client, peer }) => {
    const removals = Array.from(
      { length: 30 },
      (_, at) => client.remove(`${at}`),
    );
    await peer.heard("DELE", 9);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const sent = peer.commands.filter((line) => line.startsWith("DELE"));
    assertEquals(sent.length, 9);
    peer.on("DELE", "250 OK");
    for (const _ of sent) peer.say("250 OK");
    await Promise.all(removals);
  }));

Deno.test("FtpClient drops the reply of a command that was cancelled after it was sent", () =>
  play({ SIZE: "213 7" }, async ({ client, peer }) => {
    const gate = gated("250 Removed");
    peer.on("DELE", gate.answer);
    const enough = new AbortController();
    const { signal } = enough;
    const cancelled = assertRejects(() => client.remove("a", { signal }));
    await peer.heard("DELE");
    const size = client.size("b");
    await written(peer, "TYPE I");
    enough.abort();
    await cancelled;
    gate.open();
    assertEquals(await size, 7);
  }));

const SHY: readonly [what: string, answers: Answers, greeting: string][] = [
  ["Microsoft's", FILES, "220 Microsoft FTP Service"],
  ["MikroTik's", FILES, "220 router FTP server (MikroTik 6.49) ready"],
  [
    "MadGoat's",
    { ...FILES, FEAT: "211-MadGoat FTP\r\n SIZE\r\n211 End" },
    "220 Ready",
  ],
];

for (const [what, answers, greeting] of SHY) {
  Deno.test(`FtpClient sends nothing ahead to ${what} server`, () =>
    play(
      answers,
      async (stage) => {
        await first(stage);
        const { client, peer } = stage;
        await Promise.all([client.downloadBytes("a", KNOWN), client.size("b")]
          .map((done) => done.catch(() => {})));
        for (const lines of together(peer)) assertEquals(lines.length, 1);
      },
      {},
      greeting,
    ));
}

Deno.test("FtpClient sends nothing ahead when told so", () =>
  play(FILES, async (stage) => {
    await first(stage);
    await stage.client.downloadBytes("a", KNOWN);
    assertEquals(together(stage.peer).slice(-2), [["EPSV"], ["RETR a"]]);
  }, { sendAhead: false }));

Deno.test("FtpClient waits for the connection first where the server wants that", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    let refused = 0;
    peer.on("RETR", (_, peer) => {
      return refused++ === 0 ? "425 Connect first" : peer.sends("hello");
    });
    assertEquals(textOf(await client.downloadBytes("a", KNOWN)), "hello");
    await client.downloadBytes("b", KNOWN);
    assertEquals(together(peer).slice(-2), [["EPSV"], ["RETR b"]]);
  }));

Deno.test("FtpClient sends a transfer command again that the server lost", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer, clock } = stage;
    peer.on("RETR", "");
    peer.on("ABOR", (_, peer) => {
      peer.on("RETR", (_, peer) => peer.sends("hello"));
      return "226 Nothing to abort";
    });
    const done = client.downloadBytes("a", KNOWN);
    await peer.heard("RETR a");
    await clock.advance(30_000);
    assertEquals(textOf(await done), "hello");
    assertEquals(await client.workingDirectory(), "/");
  }));

const REFUSALS: readonly [what: string, epsv: string, error: string][] = [
  ["refused", "421 Too many", "421"],
  ["refused for now", "425 No port", "EPSV: the server said 425"],
  ["given no port", "229 Extended", "no port"],
  ["given another service's port", "229 Extended (|||22|)", "service"],
];

for (const [what, EPSV, message] of REFUSALS) {
  Deno.test(`FtpClient stays in step when EPSV is ${what} behind its back`, () =>
    play(FILES, async (stage) => {
      await first(stage);
      const { client, peer } = stage;
      peer.on("EPSV", EPSV);
      peer.on("RETR", "425 No data connection");
      peer.on("ABOR", "226 Nothing to abort");
      await assertRejects(
        () => client.downloadBytes("a", KNOWN),
        Error,
        message,
      );
      if (EPSV.startsWith("421")) return;
      assertEquals(await client.workingDirectory(), "/");
      assertEquals((await client.quote("NOOP")).lines, ["NOOP"]);
    }));
}

Deno.test("FtpClient stays in step when the data connection fails behind its back", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    peer.on("ABOR", "226 Nothing to abort");
    peer.refusals = [new Error("Connection refused (os error 111)")];
    await assertRejects(
      () => client.downloadBytes("a", KNOWN),
      NetworkError,
      "data connection to 192.0.2.1:40000",
    );
    assertEquals(textOf(await client.downloadBytes("a", KNOWN)), "hello");
  }));

Deno.test("FtpClient stays in step when cancelled behind its own back", () =>
  play({
    ...FILES,
    ABOR: "226 Nothing to abort",
  }, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    const gate = gated("229 Extended (|||40000|)");
    peer.on("EPSV", gate.answer);
    const enough = new AbortController();
    const { signal } = enough;
    const cancelled = assertRejects(() =>
      client.downloadBytes("a", { ...KNOWN, signal })
    );
    await written(peer, "RETR a");
    enough.abort();
    gate.open();
    await cancelled;
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(textOf(await client.downloadBytes("b", KNOWN)), "hello");
  }));

Deno.test("FtpClient closes when the answer to EPSV can only be another's", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer } = stage;
    peer.on("EPSV", "250 Removed");
    await assertRejects(
      () => client.downloadBytes("a", KNOWN),
      ProtocolError,
      "sent 250 to EPSV, which is no answer",
    );
    assert(client.closed instanceof ProtocolError);
  }));

Deno.test("FtpClient does not send ahead again after a time-out", () =>
  play(FILES, async (stage) => {
    await first(stage);
    const { client, peer, clock } = stage;
    peer.on("EPSV", "");
    peer.on("RETR", "");
    const done = client.downloadBytes("a", KNOWN);
    await peer.heard("RETR a");
    await settled();
    peer.on("EPSV", "229 Extended (|||40000|)");
    peer.on("RETR", (_, peer) => peer.sends("hello"));
    await clock.advance(30_000);
    await clock.advance(0);
    assertEquals(textOf(await done), "hello");
    await client.downloadBytes("b", KNOWN);
    assertEquals(peer.controls.length, 2);
    assertEquals(together(peer).slice(-2), [["EPSV"], ["RETR b"]]);
  }, { retries: 1, retryDelay: 0 }));

Deno.test("FtpClient asks for size, time and bytes at once", () =>
  play(FILES, async ({ client, peer, disk }) => {
    const gate = gated("213 5");
    peer.on("SIZE", gate.answer);
    peer.on("MDTM", "213 19700101000000");
    const done = client.download("a", "b");
    await written(peer, "EPSV");
    assertEquals(together(peer).at(-1), ["SIZE a", "MDTM a", "EPSV"]);
    gate.open();
    await done;
    assertEquals([...disk.files], [["b", "hello"]]);
    assertEquals(disk.times.get("b"), new Date(0));
  }));

import { assertEquals, assertRejects } from "@std/assert";
import {
  FtpError,
  IncompleteError,
  LocalError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import type { Answer } from "./client_peer.ts";
import { play } from "./client_harness.ts";
import { bytesOf, textOf } from "./byte_cases.ts";

/** Nothing is known but what the 150 says. */
const NO_SIZE = { SIZE: "550 No", MDTM: "550 No" };

const GOOD: readonly [what: string, retr: Answer][] = [
  ["150 and 226 as they should be", (_, peer) => peer.sends("hello")],
  ["125 instead of 150", (_, peer) => peer.sends("hello", "125 Open")],
  ["250 instead of 226", (_, peer) => peer.sends("hello", "150", "250 Done")],
  ["no 150", (_, peer) => peer.sends("hello", "")],
  ["two 150", (_, peer) => peer.sends("hello", "150 a\r\n150 b")],
  [
    "several lines in both",
    (_, peer) =>
      peer.sends("hello", "150-a\r\n226 b\r\n150 c", "226-a\r\n150 b\r\n226 c"),
  ],
  ["226 before the first byte", (_, peer) => {
    peer.say("150 Here\r\n226 Done");
    peer.data.send("hello");
    peer.data.end();
  }],
  ["226 before the last byte", async (_, peer) => {
    peer.say("150 Here");
    peer.data.send("hel");
    peer.say("226 Done");
    await new Promise((resolve) => setTimeout(resolve, 0));
    peer.data.send("lo");
    peer.data.end();
  }],
  ["a late 226", async (_, peer) => {
    peer.sends("hello", "150 Here", "");
    await peer.data.closed;
    return "226 Done";
  }],
  ["data before the 150", (_, peer) => {
    peer.data.send("hello");
    peer.data.end();
    peer.say("150 Here\r\n226 Done");
  }],
  [
    "the right number in the 150",
    (_, peer) => peer.sends("hello", "150 Opening a (5 bytes)."),
  ],
];

for (const [what, RETR] of GOOD) {
  Deno.test(`FtpClient downloads with ${what}`, () =>
    play({ ...NO_SIZE, RETR }, async ({ client }) => {
      assertEquals(textOf(await client.downloadBytes("a")), "hello");
      assertEquals(await client.workingDirectory(), "/");
    }));
}

for (const [what, RETR] of GOOD) {
  Deno.test(`FtpClient downloads several files at once with ${what}`, () =>
    play({ ...NO_SIZE, RETR }, async ({ client }) => {
      const names = ["a", "b", "c", "d", "e"];
      const all = names.map((name) => client.downloadBytes(name));
      const texts = (await Promise.all(all)).map(textOf);
      assertEquals(texts, names.map(() => "hello"));
      assertEquals(await client.workingDirectory(), "/");
    }));
}

Deno.test("FtpClient downloads an empty file", () =>
  play({ ...NO_SIZE, RETR: (_, peer) => peer.sends("") }, async (stage) => {
    await stage.client.download("a", "b");
    assertEquals([...stage.disk.files], [["b", ""]]);
  }));

Deno.test("FtpClient does not take a name for a hint", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello", "150 Opening a (9 bytes)"),
  }, async ({ client }) => {
    assertEquals(textOf(await client.downloadBytes("a (9 bytes)")), "hello");
  }));

const SHORT: readonly [what: string, answers: Record<string, Answer>][] = [
  ["SIZE", { SIZE: "213 9", RETR: (_, peer) => peer.sends("hello") }],
  ["the 150", { RETR: (_, peer) => peer.sends("hello", "150 a (9 bytes)") }],
];

for (const [what, answers] of SHORT) {
  Deno.test(`FtpClient does not believe 226 when ${what} said more`, () =>
    play({ ...NO_SIZE, ...answers }, async ({ client, disk }) => {
      const error = await assertRejects(
        () => client.download("a", "b"),
        IncompleteError,
        "5 of 9 bytes",
      );
      assertEquals([error.expected, error.received], [9, 5]);
      assertEquals([...disk.files], []);
      assertEquals(await client.workingDirectory(), "/");
    }));
}

Deno.test("FtpClient stops a server that sends more than it said", () =>
  play({
    SIZE: "213 3",
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hello");
    },
    ABOR: "426 Stopped\r\n226 Aborted",
  }, async ({ client, disk, peer }) => {
    await assertRejects(() => client.download("a", "b"), IncompleteError);
    assertEquals([...disk.files], []);
    assertEquals(peer.commands.at(-1), "PWD");
    assertEquals(await client.workingDirectory(), "/");
  }));

for (const said of ["213 -1", "213 1e9", "213 99999999999999999999", "213"]) {
  Deno.test(`FtpClient makes nothing of SIZE ${said}`, () =>
    play({
      SIZE: said,
      MDTM: "550 No",
      RETR: (_, peer) => peer.sends("hello"),
    }, async ({ client }) => {
      assertEquals(textOf(await client.downloadBytes("a")), "hello");
      await assertRejects(
        () => client.size("a"),
        ProtocolError,
        "makes no sense",
      );
    }));
}

const ENDS = ["426 Broken", "451 Disk", "550 Gone", "300 What"];

for (const end of ENDS) {
  Deno.test(`FtpClient does not keep what ends with ${end}`, () =>
    play({
      ...NO_SIZE,
      RETR: (_, peer) => peer.sends("hello", "150 Here", end),
    }, async ({ client, disk }) => {
      const error = await assertRejects(
        () => client.download("a", "b"),
        FtpError,
        end,
      );
      assertEquals(error.command, "RETR a");
      assertEquals([...disk.files], []);
      assertEquals(await client.workingDirectory(), "/");
    }));
}

Deno.test("FtpClient gives up a file that the server refuses while data waits", () =>
  play({ ...NO_SIZE, RETR: "550 No such file" }, async ({ client, disk }) => {
    const error = await assertRejects(
      () => client.download("a", "b"),
      FtpError,
    );
    assertEquals(error.message, "RETR a: the server said 550 No such file");
    assertEquals([...disk.files], []);
  }));

Deno.test("FtpClient ends a transfer that stalls, and stays usable", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
    },
    ABOR: (_, peer) => {
      peer.say("426 Stopped");
      return "226 Aborted";
    },
  }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.downloadBytes("a"),
      NetworkError,
      "No byte of RETR a moved in 30 seconds",
    );
    await peer.heard("RETR");
    await clock.advance(40_000);
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient blames no server for its own slowness", () =>
  play(
    { ...NO_SIZE, RETR: (_, peer) => peer.sends("hello") },
    async (stage) => {
      const { client, clock } = stage;
      const slow = Promise.withResolvers<void>();
      const waiting = Promise.withResolvers<void>();
      const done = client.download("a", {
        async write(bytes) {
          waiting.resolve();
          await slow.promise;
          return bytes.length;
        },
        close() {},
        abort() {},
      });
      await waiting.promise;
      await clock.advance(40_000);
      slow.resolve();
      assertEquals((await done).size, 5);
    },
    { keepAlive: 0 },
  ));

Deno.test("FtpClient closes when the server does not say how it ended", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello", "150 Here", ""),
  }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.downloadBytes("a"),
      NetworkError,
      "did not say how RETR a ended",
    );
    await peer.heard("RETR");
    await peer.data.closed;
    await clock.advance(31_000);
    await failed;
    assertEquals(client.closed instanceof NetworkError, true);
    await assertRejects(() => client.size("a"), NetworkError);
  }));

Deno.test("FtpClient tells when the server goes in the middle", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
      peer.control.end();
    },
  }, async ({ client, disk }) => {
    await assertRejects(
      () => client.download("a", "b"),
      NetworkError,
      "closed the connection",
    );
    assertEquals([...disk.files], []);
  }));

Deno.test("FtpClient waits for the reason when data breaks", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.reset();
      return "426 Connection broken here, too";
    },
  }, async ({ client }) => {
    await assertRejects(() => client.downloadBytes("a"), FtpError, "426");
    assertEquals(await client.workingDirectory(), "/");
  }));

const ABORTS: readonly [what: string, abor: string][] = [
  ["twice", "426 Stopped\r\n226 Aborted"],
  ["once", "226 Aborted"],
  ["with 225", "426 Stopped\r\n225 Aborted"],
  ["with 200", "226 Done\r\n200 Aborted"],
  ["by not knowing it", "426 Stopped\r\n500 ABOR?"],
];

for (const [what, ABOR] of ABORTS) {
  Deno.test(`FtpClient stays in step when ABOR is answered ${what}`, () =>
    play({
      ...NO_SIZE,
      RETR: (_, peer) => {
        peer.say("150 Here");
        peer.data.send("hel");
      },
      ABOR,
    }, async ({ client }) => {
      const enough = new AbortController();
      const error = await assertRejects(() =>
        client.downloadBytes("a", {
          signal: enough.signal,
          onProgress: () => enough.abort(new Error("enough")),
        }), Error);
      assertEquals(error.message, "enough");
      assertEquals(client.closed, null);
      assertEquals(await client.workingDirectory(), "/");
      assertEquals((await client.quote("NOOP")).lines, ["NOOP"]);
    }));
}

Deno.test("FtpClient closes when ABOR is not answered", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hel");
    },
    ABOR: "",
  }, async ({ client, peer, clock }) => {
    const enough = new AbortController();
    const failed = assertRejects(() =>
      client.downloadBytes("a", {
        signal: enough.signal,
        onProgress: () => enough.abort(),
      }), DOMException);
    await peer.heard("ABOR");
    await clock.advance(5000);
    await failed;
    assertEquals(client.closed !== null, true);
  }));

Deno.test("FtpClient.abort() cancels what runs and what waits", () =>
  play({
    ...NO_SIZE,
    RETR: "150 Here",
    ABOR: "426 Stopped\r\n226 Aborted",
  }, async ({ client, peer }) => {
    const running = assertRejects(
      () => client.downloadBytes("a"),
      DOMException,
    );
    await peer.heard("RETR");
    const waiting = assertRejects(() => client.remove("b"), DOMException);
    client.abort();
    await Promise.all([running, waiting]);
    assertEquals(peer.commands.includes("DELE b"), false);
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient stops the transfer when the disk is full", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("hello");
    },
    ABOR: "426 Stopped\r\n226 Aborted",
  }, async ({ client, disk }) => {
    disk.failure = new Error("no space left");
    await assertRejects(
      () => client.download("a", "b"),
      LocalError,
      "Cannot write b.part: no space left",
    );
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient.downloadBytes() keeps no more than it may", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send("x".repeat(1000));
    },
    ABOR: "426 Stopped\r\n226 Aborted",
  }, async ({ client }) => {
    await assertRejects(
      () => client.downloadBytes("a", { maxBytes: 999 }),
      LocalError,
      "more than 999 bytes",
    );
  }));

const receiving: Answer = async (_, peer) => {
  peer.say("150 Send");
  await peer.data.closed;
  return "226 Done";
};

Deno.test("FtpClient uploads, and keeps the time by MFMT", () =>
  play({ STOR: receiving, MFMT: "213 OK" }, async ({ client, peer, disk }) => {
    disk.files.set("a", "hello");
    disk.times.set("a", new Date(0));
    const result = await client.upload("a", "b");
    assertEquals(result, { path: "b", size: 5, bytes: 5 });
    assertEquals(peer.data.text, "hello");
    assertEquals(peer.commands.at(-1), "MFMT 19700101000000 b");
  }));

Deno.test("FtpClient uploads to a server that says nothing before data", () =>
  play({
    STOR: async (_, peer) => {
      await peer.data.closed;
      return "226 Done";
    },
  }, async ({ client, peer, clock }) => {
    const done = client.upload(bytesOf("hello"), "b");
    await peer.heard("STOR");
    await clock.advance(3000);
    await done;
    assertEquals(peer.data.text, "hello");
  }));

Deno.test("FtpClient sends nothing that the server refuses", () =>
  play({ STOR: "553 No" }, async ({ client, peer }) => {
    await assertRejects(
      () => client.upload(bytesOf("x"), "b"),
      FtpError,
      "553",
    );
    assertEquals(peer.data.text, "");
  }));

Deno.test("FtpClient stops an upload when the server has no more space", () =>
  play({
    STOR: (_, peer) => {
      peer.data.block();
      peer.say("150 Send");
      return "452 Disk full";
    },
  }, async ({ client }) => {
    await assertRejects(
      () => client.upload(bytesOf("hello"), "b"),
      FtpError,
      "452 Disk full",
    );
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient does not believe a 226 before an upload was sent", () =>
  play({
    STOR: "150 Send\r\n226 Done",
  }, async ({ client }) => {
    const source = {
      sent: 0,
      async read(buffer: Uint8Array) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        return this.sent++ < 3 ? buffer.length : null;
      },
      close() {},
    };
    await assertRejects(
      () => client.upload(source, "b"),
      ProtocolError,
      "complete before it was sent",
    );
  }));

Deno.test("FtpClient finds out which name the server chose", () =>
  play({
    STOU: async (_, peer) => {
      peer.say("150 FILE: b.1");
      await peer.data.closed;
      return "226 Done";
    },
  }, async ({ client }) => {
    const options = { unique: true };
    const { path } = await client.upload(bytesOf("x"), "d/b", options);
    assertEquals(path, "d/b.1");
  }));

Deno.test("FtpClient resumes an upload by APPE where REST is refused", () =>
  play({
    SIZE: (_, peer) => peer.data === undefined ? "213 2" : "213 5",
    REST: "502 No",
    APPE: receiving,
  }, async ({ client, peer }) => {
    await client.upload(bytesOf("hello"), "b", { resume: true });
    assertEquals(peer.data.text, "llo");
  }));

Deno.test("FtpClient compares the size of a resumed upload", () =>
  play({ SIZE: "213 2", STOR: receiving }, async ({ client }) => {
    await assertRejects(
      () => client.upload(bytesOf("hello"), "b", { resume: true }),
      IncompleteError,
    );
  }));

Deno.test("FtpClient begins again where the server cannot resume", () =>
  play({
    SIZE: "213 5",
    MDTM: "550 No",
    REST: "502 No",
    RETR: (_, peer) => peer.sends("hello"),
  }, async ({ client, disk }) => {
    disk.files.set("b.part", "xx");
    await client.download("a", "b", { resume: true });
    assertEquals([...disk.files], [["b", "hello"]]);
  }));

Deno.test("FtpClient keeps the part of a download that may be resumed", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hel", "150 Here", "426 Broken"),
  }, async ({ client, disk }) => {
    await assertRejects(() => client.download("a", "b", { resume: true }));
    assertEquals([...disk.files], [["b.part", "hel"]]);
  }));

Deno.test("FtpClient keeps the time that the server tells, or that is known", () =>
  play({
    SIZE: "213 5",
    MDTM: "213 20240229123456",
    RETR: (_, peer) => peer.sends("hello"),
  }, async ({ client, peer, disk }) => {
    await client.download("a", "b");
    const told = new Date("2024-02-29T12:34:56Z");
    assertEquals(disk.times.get("b"), told);
    const asked = peer.commands.length;
    await client.download("a", "c", { size: 5, modified: new Date(0) });
    assertEquals(disk.times.get("c"), new Date(0));
    assertEquals(peer.commands.slice(asked), ["EPSV", "RETR a"]);
  }));

/**
 * Classes S03 (bounce), S04 (theft of passive ports), S13 (their exhaustion) and
 * S14 (ABOR and resets at any moment) of docs/security.md.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { code, type Ftpd, type RawControl, soon } from "../ftp/helpers.ts";
import { freeRange } from "../net/ports.ts";
import { latin1, withFtpd } from "./session.ts";

const FILES = { small: "the right one", big: new Uint8Array(8 << 20) };

function served(
  args: readonly string[],
  act: (ftpd: Ftpd) => Promise<void>,
): Promise<void> {
  return withFtpd(act, args, FILES);
}

Deno.test("Attack S03 bounce: a PROXY header makes no target of anybody but its client", async () => {
  const trusted = ["--proxy-from", "127.0.0.1/32", "--active", "any"];
  await served(trusted, async (ftpd) => {
    using control = await ftpd.connect({ greeting: false });
    await control.write("PROXY TCP4 192.0.2.7 203.0.113.1 40001 21\r\n");
    await control.expect(220);
    await control.login();
    for (
      const host of ["127.0.0.1", "203.0.113.1", "0.0.0.0", "255.255.255.255"]
    ) {
      await control.say(`PORT ${host.replaceAll(".", ",")},200,0`, 501);
      await control.say(`EPRT |1|${host}|51200|`, 501);
    }
    await control.say("EPRT |2|::ffff:192.0.2.7|51200|", 522);
    for (const port of ["0,0", "0,25", "3,255"]) {
      await control.say(`PORT 192,0,2,7,${port}`, 501);
    }
    await control.say("RETR small", 425);
  });
});

Deno.test("Attack S04 passive port theft: thieves that race for every port get nothing, the owner everything", async () => {
  await served([], async (ftpd) => {
    using control = await ftpd.login();
    for (let round = 0; round < 15; round++) {
      const port = await control.passivePort();
      const thieves = Array.from({ length: 6 }, () => steal(port));
      using data = await Deno.connect({ hostname: "127.0.0.1", port });
      await control.say("RETR small", 150);
      assertEquals(await soon(latin1(data), "the file"), "the right one");
      await control.expect(226);
      assertEquals(await Promise.all(thieves), Array(6).fill(""));
    }
  });
});

/** Connects from 127.0.0.2, in this very process; all that it was told. */
async function steal(port: number): Promise<string> {
  const { connect } = await import("node:net");
  const socket = connect({
    host: "127.0.0.1",
    port,
    localAddress: "127.0.0.2",
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  let said = "";
  socket.on("data", (bytes) => said += bytes);
  socket.on("error", () => {}); // A reset says no as well.
  socket.on("close", () => resolve(said));
  return await soon(promise, "the end of a thief");
}

for (const args of [[], ["--passive-ports", "21000-21999"]]) {
  Deno.test(`Attack S04 passive port theft: nobody can tell the next port ${args.length > 0 ? "of a range" : "of any"}`, async () => {
    await served(args, async (ftpd) => {
      using control = await ftpd.login();
      const ports: number[] = [];
      for (let at = 0; at < 60; at++) ports.push(await control.passivePort());
      const steps = ports.slice(1).map((port, at) => port - ports[at]!);
      assert(new Set(ports).size > 45, `${ports}`);
      const near = steps.filter((step) => Math.abs(step) < 3).length;
      assertLess(near, 12, `next to the last one: ${ports}`);
    });
  });
}

Deno.test("Attack S13 passive port exhaustion: who takes all ports of a range keeps them no longer than their session", async () => {
  await served(["--passive-ports", freeRange(4)], async (ftpd) => {
    const greedy = await Promise.all(
      Array.from({ length: 4 }, () => ftpd.login()),
    );
    for (const control of greedy) {
      for (let at = 0; at < 50; at++) await control.passivePort();
    }
    using late = await ftpd.login();
    await late.say("EPSV", 425);
    await greedy[0]!.say("QUIT", 221);
    await greedy[0]!.ended();
    // The port is free a moment after the session is over.
    await soon(retried(() => late.say("EPSV"), 229), "a free port");
    for (const control of greedy) control.close();
  });
});

async function retried(
  ask: () => Promise<string>,
  wanted: number,
): Promise<void> {
  while (code(await ask()) !== wanted);
}

/** What is said in the middle of a transfer, and the replies it may have. */
const INTERRUPTIONS: readonly [said: string, replies: RegExp][] = [
  ["ABOR\r\n", /^(426 226|226 22[56])$/],
  ["ABOR\r\nABOR\r\n", /^(426 226|226 22[56]) 22[56]$/],
  ["\xff\xf4\xff\xf2ABOR\r\n", /^(426 226|226 22[56])$/],
  [
    "NOOP\r\nABOR\r\nNOOP\r\n",
    /^(426 200 226|226 200 22[56]|200 426 226|200 226 22[56]) 200$/,
  ],
  ["STAT\r\nABOR\r\n", /^(211 426 226|211 226 22[56]|226 211 22[56])$/],
  ["ABOR\r\nQUIT\r\n", /^(426 226|226 22[56]) 221$/],
  ["ABOR\r\nREIN\r\n", /^(426 226|226 22[56]) 220$/],
];

for (const verb of ["RETR", "STOR"]) {
  Deno.test(`Attack S14 ABOR at every byte of ${verb}: each command has one reply, and the session goes on`, async () => {
    await served([], async (ftpd) => {
      for (const [said, wanted] of INTERRUPTIONS) {
        let control = await ftpd.login();
        for (let bytes = 0; bytes <= 24; bytes++) {
          const codes = await interrupted(control, verb, bytes, said);
          assert(wanted.test(codes), `${JSON.stringify(said)}: ${codes}`);
          if (/QUIT|REIN/.test(said)) {
            control.close();
            control = await ftpd.login();
          }
        }
        control.close();
      }
    });
  });
}

/** Moves so many bytes, says that; the codes that came before NOOP's. */
async function interrupted(
  control: RawControl,
  verb: string,
  bytes: number,
  said: string,
): Promise<string> {
  using data = await control.passive();
  await control.say(`${verb} big`, 150);
  if (verb === "STOR") await writeAll(data, new Uint8Array(bytes));
  else await readExactly(data, bytes);
  await control.write(
    Uint8Array.from(said, (letter) => letter.charCodeAt(0)),
  );
  const rest = latin1(data);
  const expected = said.split("\r\n").length;
  const codes: number[] = [];
  for (let at = 0; at < expected; at++) {
    codes.push(code(await control.reply()));
  }
  await soon(rest, "the end of the data");
  if (said.includes("QUIT")) assertEquals(await control.ended(), "");
  else await control.say("NOOP", 200);
  return codes.join(" ");
}

async function readExactly(conn: Deno.Conn, count: number): Promise<void> {
  const buffer = new Uint8Array(Math.max(count, 1));
  for (let left = count; left > 0;) {
    const got = await conn.read(buffer.subarray(0, left));
    assert(got !== null, "the data ended");
    left -= got;
  }
}

Deno.test("Attack S14 resets: a storm of cut data connections gets one final reply each", async () => {
  await served([], async (ftpd) => {
    using control = await ftpd.login();
    for (let round = 0; round < 60; round++) {
      const data = await control.passive();
      const verb = ["RETR big", "STOR new", "LIST"][round % 3]!;
      await control.send(verb);
      if (round % 2 === 0) await control.expect(150);
      // Closing with bytes unread is a reset.
      data.close();
      if (round % 2 !== 0) await control.expect(150);
      const last = code(await control.reply());
      assert([226, 426].includes(last), `${verb}: ${last}`);
      await control.say("NOOP", 200);
    }
  });
});

Deno.test("Attack S14 resets: a storm of cut sessions leaves nothing behind", async () => {
  await served(["--max-sessions", "20"], async (ftpd) => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 15 }, async (_, at) => {
        const control = await ftpd.connect({ greeting: false });
        const lines = ["USER anonymous", "PASS x", "EPSV", "LIST", "HELP"];
        await control.send(...lines.slice(0, at % 5 + 1), "STAT");
        control.close();
      }));
    }
    // Places are given back: all twenty can be had at once.
    const all: RawControl[] = [];
    await soon(
      (async () => {
        while (all.length < 20) {
          const control = await ftpd.connect({ greeting: false });
          if (code(await control.reply()) === 220) all.push(control);
          else control.close();
        }
      })(),
      "twenty sessions",
    );
    for (const control of all) control.close();
  });
});

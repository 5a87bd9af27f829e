import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  code,
  type Ftpd,
  HAS_IPV6,
  type RawControl,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import { freeRange } from "../net/ports.ts";
import { readAll } from "./raw_control.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const FILES = { a: "the right one" };

/** Runs `act` with a session on a server started with these arguments. */
async function withSession(
  args: readonly string[],
  act: (control: RawControl, ftpd: Ftpd) => Promise<void>,
): Promise<void> {
  await using folders = await tempFolders(FILES);
  await using ftpd = await startFtpd([...args, folders.pub]);
  const hostname = ftpd.ready.includes("[::") ? "::1" : "127.0.0.1";
  using control = await ftpd.connect({ hostname });
  await control.login();
  await act(control, ftpd);
}

Deno.test("passive and active transfers work over IPv4, each in both forms", async () => {
  await withSession(ANY, async (control) => {
    for (const verb of ["PASV", "EPSV"] as const) {
      using data = await control.passive(verb);
      await control.say("RETR a", 150);
      assertEquals(await readAll(data), FILES.a);
      await control.expect(226);
    }
    for (const verb of ["PORT", "EPRT"] as const) {
      await assertActive(control, verb);
    }
  });
});

Deno.test({
  name: "EPSV and EPRT work over IPv6, PASV and PORT say what to use",
  ignore: !HAS_IPV6,
  fn: () =>
    withSession(["--listen", "[::1]:0"], async (control) => {
      assertEquals(await control.fetch("RETR a"), FILES.a);
      await assertActive(control, "EPRT");
      assertMatch(await control.say("PASV", 425), /use EPSV/);
      assert(code(await control.say("PORT 127,0,0,1,200,0")) >= 500);
      await control.say("EPSV 1", 522);
      await control.say("EPRT |1|127.0.0.1|50000|", 522);
    }),
});

Deno.test({
  name: "a server on [::] serves IPv4 clients both ways",
  ignore: !HAS_IPV6,
  fn: async () => {
    await using folders = await tempFolders(FILES);
    await using ftpd = await startFtpd(["--listen", "[::]:0", folders.pub]);
    using control = await ftpd.login();
    const reply = await control.say("PASV", 227);
    assertMatch(reply, /\(127,0,0,1,/);
    assertEquals(await control.fetch("RETR a"), FILES.a);
    await assertActive(control, "PORT");
  },
});

Deno.test("a data port taken by another address still serves its owner", async () => {
  await withSession(ANY, async (control) => {
    const port = await control.passivePort();
    const thieves = await Promise.all(
      Array.from({ length: 5 }, () => stealPort(port)),
    );
    using data = await Deno.connect({ hostname: "127.0.0.1", port });
    await control.say("RETR a", 150);
    assertEquals(await readAll(data), FILES.a);
    await control.expect(226);
    assertEquals(thieves, ["", "", "", "", ""]);
  });
});

Deno.test("a thief that comes after the command gets nothing either", async () => {
  await withSession(ANY, async (control) => {
    const port = await control.passivePort();
    await control.say("RETR a", 150);
    assertEquals(await stealPort(port), "");
    using data = await Deno.connect({ hostname: "127.0.0.1", port });
    assertEquals(await readAll(data), FILES.a);
    await control.expect(226);
  });
});

Deno.test("active mode reaches only the client, and no privileged port", async () => {
  await withSession(["--active", "any", ...ANY], async (control) => {
    for (
      const target of [
        "PORT 192,0,2,1,200,0",
        "PORT 127,0,0,2,200,0",
        "PORT 0,0,0,0,200,0",
        "PORT 255,255,255,255,200,0",
        "EPRT |1|192.0.2.1|50000|",
        "EPRT |1|0.0.0.0|50000|",
        "PORT 127,0,0,1,3,255",
        "PORT 127,0,0,1,0,0",
        "EPRT |1|127.0.0.1|1023|",
        "EPRT |1|127.0.0.1|0|",
        "EPRT |1|127.0.0.1|65536|",
        "EPRT |1|127.0.0.1|-1|",
        "EPRT |1|localhost|50000|",
        "PORT 127,0,0,1,256,0",
        "PORT 127,0,0,1,200",
      ]
    ) await control.say(target, 501);
    for (
      const target of [
        "EPRT |2|::1|50000|",
        "EPRT |2|::ffff:127.0.0.1|50000|",
        "EPRT |2|::ffff:192.0.2.1|50000|",
      ]
    ) await control.say(target, 522);
    assertEquals(code(await control.say("RETR a")), 425);
  });
});

Deno.test({
  name: "active mode takes a mapped address for the client it is, and no other",
  ignore: !HAS_IPV6,
  fn: () =>
    withSession(["--listen", "[::1]:0"], async (control) => {
      for (
        const address of ["::ffff:127.0.0.1", "::ffff:7f00:1", "fe80::1"]
      ) await control.say(`EPRT |2|${address}|50000|`, 501);
    }),
});

Deno.test("--active off refuses PORT and EPRT, and PASV goes on", async () => {
  await withSession(["--active", "off", ...ANY], async (control) => {
    await control.say("PORT 127,0,0,1,200,0", 502);
    await control.say("EPRT |1|127.0.0.1|50000|", 502);
    assertEquals(await control.fetch("RETR a"), FILES.a);
  });
});

Deno.test("--active any reaches the client too", async () => {
  await withSession(["--active", "any", ...ANY], async (control) => {
    await assertActive(control, "PORT");
  });
});

Deno.test("--foreign-data lets PORT name another host, but no privileged port", async () => {
  await withSession(["--foreign-data", ...ANY], async (control) => {
    using listener = Deno.listen({ hostname: "127.0.0.2", port: 0 });
    const { port } = listener.addr;
    await control.say(`PORT 127,0,0,2,${port >> 8},${port & 255}`, 200);
    const arrival = listener.accept();
    await control.say("RETR a", 150);
    using data = await soon(arrival, "the data connection");
    assertEquals(await readAll(data), FILES.a);
    await control.expect(226);
    await control.say("PORT 127,0,0,2,0,80", 501);
    // The LAN that active mode reaches by default is still the border.
    await control.say("PORT 8,8,8,8,200,0", 501);
  });
});

Deno.test("--passive-address is what PASV shows", async () => {
  const address = ["--passive-address", "203.0.113.7"];
  await withSession([...address, ...ANY], async (control) => {
    assertMatch(await control.say("PASV", 227), /\(203,0,113,7,\d+,\d+\)/);
    assertEquals(await control.fetch("RETR a"), FILES.a);
  });
});

Deno.test("1,000 PASV keep one port: a range of two ports is enough", async () => {
  const range = freeRange(2);
  await withSession(["--passive-ports", range, ...ANY], async (control) => {
    const [first, last] = range.split("-").map(Number);
    await control.send(...Array(1000).fill("PASV"));
    for (let replies = 0; replies < 1000; replies++) await control.expect(227);
    const port = await control.passivePort();
    assert(port >= first! && port <= last!, `${port} is not in ${range}`);
    assertEquals(await control.fetch("RETR a"), FILES.a);
  });
});

Deno.test("a range of ports that is used up is answered with 425 at once", async () => {
  const range = freeRange(1);
  const args = ["--passive-ports", range, ...ANY];
  await withSession(args, async (first, ftpd) => {
    await first.passivePort();
    using second = await ftpd.login();
    const began = performance.now();
    await second.say("PASV", 425);
    await second.say("EPSV", 425);
    assert(performance.now() - began < 1000, "425 took over a second");
    await first.say("QUIT", 221);
    assertEquals(await first.ended(), "");
    const port = await soon(portAgain(second), "a free port");
    assertEquals(String(port), range.split("-")[0]);
  });
});

Deno.test("a client that never connects gets one 421, and its session stays", async () => {
  const args = ["--passive-timeout", "0.1", ...ANY];
  await withSession(args, async (control) => {
    await control.passivePort();
    await control.say("RETR a", 150);
    assertEquals(await control.reply(), "421 Passive data channel timed out.");
    await control.say("NOOP", 200);
    assertEquals(await control.fetch("RETR a"), FILES.a);
  });
});

Deno.test("an active port that nobody listens on is answered with 425", async () => {
  await withSession(ANY, async (control) => {
    (await control.active("PORT")).close();
    await control.say("RETR a", 150);
    assertMatch(await control.expect(425), /refused/);
    await control.say("NOOP", 200);
  });
});

async function assertActive(
  control: RawControl,
  verb: "PORT" | "EPRT",
): Promise<void> {
  using listener = await control.active(verb);
  const arrival = listener.accept();
  await control.say("RETR a", 150);
  using data = await soon(arrival, "the data connection");
  assertEquals(await readAll(data), FILES.a);
  await control.expect(226);
}

const THIEF = `
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10,
                             ("127.0.0.2", 0))
try:
    sys.stdout.write(s.recv(100).decode())
except ConnectionResetError:
    pass
`;

/** Connects from 127.0.0.2; all that the server told it. */
async function stealPort(port: number): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", THIEF, String(port)],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The first port that the server has for us again. */
async function portAgain(control: RawControl): Promise<number> {
  for (;;) {
    const reply = await control.say("EPSV");
    if (code(reply) === 229) return Number(/\|(\d+)\|/.exec(reply)?.[1]);
  }
}

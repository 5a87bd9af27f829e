import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { binary, BLOCK_4, LINE } from "../core/net_proxy_headers.ts";
import { assertTurnedAway, headerOf } from "./data_sockets.ts";
import { freeRange } from "../net/ports.ts";
import {
  type Ftpd,
  type RawControl,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import { readAll } from "./raw_control.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const TRUSTED = [...ANY, "--proxy-from", "127.0.0.1"];
const FILES = { a: "through the balancer" };

/** A server in a folder of its own, started with these arguments. */
async function withFtpd(
  args: readonly string[],
  act: (ftpd: Ftpd) => Promise<void>,
): Promise<void> {
  await using folders = await tempFolders(FILES);
  await using ftpd = await startFtpd([...args, folders.pub]);
  await act(ftpd);
}

/** Connects as a balancer does for this client; takes no greeting. */
async function connectAs(
  ftpd: Ftpd,
  header: string | Uint8Array<ArrayBuffer> = LINE,
): Promise<RawControl> {
  const control = await ftpd.connect({ greeting: false });
  await control.write(header);
  return control;
}

/** The same, greeted and logged in. */
async function loginAs(ftpd: Ftpd, header?: string): Promise<RawControl> {
  const control = await connectAs(ftpd, header);
  await control.expect(220);
  await control.login();
  return control;
}

Deno.test("ftpd --proxy-from takes both kinds of header for the client they name", async () => {
  await withFtpd(TRUSTED, async (ftpd) => {
    for (const header of [LINE, binary(0x21, 0x11, BLOCK_4)]) {
      using control = await connectAs(ftpd, header);
      await control.expect(220);
    }
    await ftpd.said("session=2 address=192.0.2.7 port=40001 via=127.0.0.1");
    assertEquals(
      ftpd.log.match(/ connected .*address=192\.0\.2\.7/g)?.length,
      2,
    );
  });
});

Deno.test("ftpd --proxy-from swallows nothing of what follows a header", async () => {
  await withFtpd(TRUSTED, async (ftpd) => {
    using control = await connectAs(ftpd, `${LINE}NOOP\r\nNOOP\r\n`);
    await control.expect(220);
    assertMatch(await control.reply(), /^(200|530)/);
    assertMatch(await control.reply(), /^(200|530)/);
    await control.say("QUIT", 221);
  });
});

Deno.test("ftpd --proxy-from lets no balancer in without a header", async () => {
  await withFtpd(TRUSTED, async (ftpd) => {
    using control = await ftpd.connect({ greeting: false });
    await control.send("USER anonymous");
    await assertTurnedAway(control.conn);
    await ftpd.said("proxy-header");
    assertMatch(ftpd.log, /proxy-header .*address=127\.0\.0\.1/);
    assert(!ftpd.log.includes(" connected "), ftpd.log);
  });
});

Deno.test("ftpd --proxy-from keeps a balancer's own connections its own", async () => {
  await withFtpd(TRUSTED, async (ftpd) => {
    for (const header of ["PROXY UNKNOWN\r\n", binary(0x20, 0, [])]) {
      using control = await connectAs(ftpd, header);
      await control.expect(220);
    }
    assertMatch(ftpd.log, / connected .*address=127\.0\.0\.1/);
    assert(!ftpd.log.includes("via="), ftpd.log);
  });
});

Deno.test("ftpd believes no header of who is not in --proxy-from", async () => {
  for (const args of [ANY, [...ANY, "--proxy-from", "10.0.0.0/8"]]) {
    await withFtpd(args, async (ftpd) => {
      using control = await connectAs(ftpd);
      await control.expect(220);
      assertMatch(await control.reply(), /^500/);
      await control.login();
      assertEquals(await control.fetch("RETR a"), FILES.a);
      assert(!ftpd.log.includes("192.0.2.7"), ftpd.log);
    });
  }
});

Deno.test("ftpd counts the clients behind a balancer, not the balancer", async () => {
  const args = [...TRUSTED, "--max-per-address", "1"];
  await withFtpd(args, async (ftpd) => {
    using first = await loginAs(ftpd);
    using other = await loginAs(ftpd, LINE.replace("192.0.2.7", "192.0.2.8"));
    using same = await connectAs(ftpd);
    await same.expect(421);
    await first.say("QUIT", 221);
    await other.say("NOOP", 200);
    assertMatch(ftpd.log, /refused .*address=192\.0\.2\.7/);
  });
});

Deno.test("ftpd checks active mode against the client behind the balancer", async () => {
  const args = [...TRUSTED, "--active", "any"];
  await withFtpd(args, async (ftpd) => {
    using control = await loginAs(ftpd);
    await control.say("PORT 127,0,0,1,200,0", 501);
    await control.say("EPRT |1|203.0.113.1|50000|", 501);
    await control.say("PORT 192,0,2,7,200,0", 200);
  });
});

Deno.test("ftpd --proxy-data wants a header on data connections, with the same client", async () => {
  await withFtpd([...TRUSTED, "--proxy-data"], async (ftpd) => {
    using control = await loginAs(ftpd);
    // What PASV shows is an address of the balancer.
    assertStringIncludes(await control.say("PASV", 227), "(203,0,113,1,");
    const port = await control.passivePort();
    const to = { hostname: "127.0.0.1", port };
    using thief = await Deno.connect(to);
    await thief.write(new TextEncoder().encode(headerOf("192.0.2.66")));
    await assertTurnedAway(thief);
    using data = await Deno.connect(to);
    await data.write(new TextEncoder().encode(headerOf("192.0.2.7")));
    await control.say("RETR a", 150);
    assertEquals(await readAll(data), FILES.a);
    await control.expect(226);
  });
});

Deno.test("ftpd serves clients with IPv6 behind a balancer that reaches it over IPv4", async () => {
  await withFtpd([...TRUSTED, "--proxy-data"], async (ftpd) => {
    const header = "PROXY TCP6 2001:db8::7 2001:db8::1 40001 21\r\n";
    using control = await loginAs(ftpd, header);
    await control.say("PASV", 425);
    const port = await control.passivePort("EPSV");
    using data = await Deno.connect({ hostname: "127.0.0.1", port });
    await data.write(new TextEncoder().encode(header));
    await control.say("RETR a", 150);
    assertEquals(await readAll(data), FILES.a);
    await control.expect(226);
    assertStringIncludes(ftpd.log, "address=2001:db8::7 ");
  });
});

Deno.test("ftpd takes no data from a balancer without --proxy-data", async () => {
  await withFtpd(TRUSTED, async (ftpd) => {
    using control = await loginAs(ftpd);
    assertStringIncludes(await control.say("PASV", 227), "(127,0,0,1,");
    const port = await control.passivePort();
    using data = await Deno.connect({ hostname: "127.0.0.1", port });
    await data.write(new TextEncoder().encode(headerOf("192.0.2.7")));
    await assertTurnedAway(data);
  });
});

Deno.test("ftpd --passive-share serves several sessions of one address on as many ports", async () => {
  const range = freeRange(2);
  const args = [...ANY, "--passive-ports", range, "--passive-share", "on"];
  await withFtpd(args, async (ftpd) => {
    using one = await ftpd.login();
    using two = await ftpd.login();
    using three = await ftpd.login();
    const ports = [await one.passivePort(), await two.passivePort()];
    assertEquals(new Set(ports).size, 2);
    await three.say("PASV", 425);
    for (const [at, control] of [one, two].entries()) {
      using data = await Deno.connect({
        hostname: "127.0.0.1",
        port: ports[at]!,
      });
      await control.say("RETR a", 150);
      assertEquals(await readAll(data), FILES.a);
      await control.expect(226);
    }
    for (let times = 0; times < 20; times++) {
      assertEquals(await three.fetch("RETR a"), FILES.a);
    }
  });
});

Deno.test("ftpd --passive-share gives each of two workers ports of its own", async () => {
  const range = freeRange(4);
  const args = ["--passive-ports", range, "--passive-share", "on"];
  await withFtpd([...ANY, "--workers", "2", ...args], async (ftpd) => {
    const controls: RawControl[] = [];
    try {
      for (let at = 0; at < 8; at++) controls.push(await ftpd.login());
      for (const control of controls) {
        assertEquals(await control.fetch("RETR a"), FILES.a);
      }
    } finally {
      for (const control of controls) control.close();
    }
  });
});

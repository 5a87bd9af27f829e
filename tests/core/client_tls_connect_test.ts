import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import type { ClientTlsChoice } from "../../client/ftp/tls.ts";
import { manualClock } from "../../lib/clock.ts";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { type FakeTls, fakeTls } from "./client_fake_tls.ts";
import { play } from "./client_harness.ts";
import { Peer, SERVER } from "./client_peer.ts";
import { playPool } from "./client_pool_harness.ts";
import { assertTls, explicit, failure, RETRIES } from "./client_tls_harness.ts";

Deno.test("FtpClient.connect() trusts no certificate that nobody trusts", async () => {
  const peer = new Peer();
  peer.tls = { certificate: "e71f" };
  const failed = await failure(peer);
  assertTls(failed, "nobody trusts the certificate; once the server's owner");
  assertStringIncludes(failed.error.message, "pin it: sha256:e71f");
  assertEquals(peer.commands, ["AUTH TLS"]);
  assert(failed.error.cause instanceof TlsError);
});

Deno.test("FtpClient.connect() trusts what is pinned, and whom it is told to", async () => {
  for (const trust of [{ pins: ["e71f"] }, { insecure: true }]) {
    const fake = fakeTls();
    const peer = new Peer();
    peer.tls = { certificate: "e71f" };
    const { network } = peer;
    const tls = explicit(fake, { trust });
    const client = await FtpClient.connect({ ...SERVER, network, tls });
    assertEquals(client.tls?.peer?.fingerprint, "e71f");
    await client.close();
  }
});

Deno.test("FtpClient.connect() tells its name when the certificate is wrong without", async () => {
  const fake = fakeTls({ sendsName: false });
  const peer = new Peer();
  const names: (string | null)[] = [];
  const connect: FakeTls["connect"] = async (...args) => {
    const tls = await fake.connect(...args);
    const isNamed = tls.sendsName;
    peer.tls = { certificate: isNamed ? "good" : "another" };
    names.push(isNamed ? args[0] : null);
    return tls;
  };
  const network = {
    ...peer.network,
    connect: (_: unknown, signal: AbortSignal) =>
      peer.network.connect(SERVER, signal),
  };
  const client = await FtpClient.connect({
    hostname: "ftp.example.org",
    network,
    tls: { mode: "explicit", connect },
  });
  assertEquals(names, [null, "ftp.example.org"]);
  assertEquals(fake.made.map(({ sharesSessions }) => sharesSessions), [
    false,
    true,
  ]);
  assertEquals(fake.made.map(({ closed }) => closed), [1, 0]);
  await client.close();
  assertEquals(fake.made.map(({ closed }) => closed), [1, 1]);
  assertEquals(peer.controls.length, 2);
});

Deno.test("FtpClient.connect() has no name to tell for an address", async () => {
  const fake = fakeTls({ sendsName: false });
  const peer = new Peer();
  peer.tls = { certificate: "another" };
  const { network } = peer;
  const tls = explicit(fake);
  const connecting = () => FtpClient.connect({ ...SERVER, network, tls });
  await assertRejects(connecting, NetworkError, "nobody trusts");
  assertEquals(fake.made.length, 1);
});

Deno.test("FtpClient.connect() says that what answers is no TLS", async () => {
  const peer = new Peer();
  peer.tls = null;
  peer.greeting = "220 Plain";
  const clock = manualClock();
  const network = {
    ...peer.network,
    connect: async (to: typeof SERVER, signal: AbortSignal) => {
      const made = await peer.network.connect(to, signal);
      peer.control.send("220 Plain\r\n");
      return made;
    },
  };
  const tls = explicit(fakeTls(), { mode: "implicit" });
  const options = { ...SERVER, network, tls, clock };
  const error = await assertRejects(
    () => FtpClient.connect(options),
    NetworkError,
  );
  assertEquals(error.kind, "tls");
  assertStringIncludes(error.message, "No TLS with 192.0.2.1:21: this is no");
  assertEquals(clock.sleeping, 0);
});

Deno.test("FtpClient.connect() waits for a handshake as long as for everything else", async () => {
  const peer = new Peer();
  peer.tls = null; // It takes it for text, and says nothing.
  peer.on("AUTH", "234 Go on");
  const clock = manualClock();
  const fake = fakeTls();
  const { network } = peer;
  const failed = assertRejects(
    () =>
      FtpClient.connect({
        ...SERVER,
        network,
        clock,
        tls: explicit(fake),
        timeout: 5000,
      }),
    NetworkError,
    "no end of the handshake in 5 seconds",
  );
  await peer.heard("AUTH");
  await clock.advance(1);
  await clock.advance(10_000);
  const error = await failed;
  assertEquals([error.kind, error.transient], ["timeout", true]);
  assertEquals(fake.made[0]?.closed, 1);
  assertEquals(clock.sleeping, 0);
});

Deno.test("FtpClient.connect() can be cancelled in a handshake", async () => {
  const peer = new Peer();
  peer.tls = null;
  const fake = fakeTls();
  const enough = new AbortController();
  const { network } = peer;
  const { signal } = enough;
  const tls = explicit(fake);
  const failed = assertRejects(
    () => FtpClient.connect({ ...SERVER, network, tls, signal }),
    DOMException,
  );
  await peer.heard("AUTH");
  await new Promise((resolve) => setTimeout(resolve, 0));
  enough.abort();
  await failed;
  assertEquals(peer.control.isClosed, true);
  assertEquals(fake.made[0]?.closed, 1);
});

Deno.test("FtpClient.connect() says why TLS cannot be had at all", async () => {
  const peer = new Peer();
  const tls: ClientTlsChoice = {
    mode: "explicit",
    connect: () => {
      throw new TlsError("set-up", "the key does not belong to it");
    },
  };
  const { network } = peer;
  const error = await assertRejects(
    () => FtpClient.connect({ ...SERVER, network, tls, retries: 3 }),
    NetworkError,
    "No TLS with 192.0.2.1:21: the key does not belong to it",
  );
  assertEquals(error.kind, "tls");
  assertEquals(peer.dialled, []);
});

Deno.test("FtpClient protects everything anew after a lost connection", () => {
  const fake = fakeTls();
  return play({}, async ({ client, peer }) => {
    peer.control.reset();
    const before = peer.commands.length;
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(peer.commands.slice(before), [
      "AUTH TLS",
      "USER anonymous",
      "PBSZ 0",
      "PROT P",
      "FEAT",
      "PWD",
    ]);
    assertEquals(peer.inClear, ["AUTH TLS", "AUTH TLS"]);
    assertEquals(fake.made.map(({ closed }) => closed), [1, 0]);
  }, { tls: explicit(fake), ...RETRIES });
});

const WORSE: readonly [what: string, change: (peer: Peer) => void][] = [
  ["refuses AUTH", (peer) => peer.on("AUTH", "502 No")],
  ["logs in at AUTH", (peer) => peer.on("AUTH", "230 You are in")],
  ["greets as if logged in", (peer) => {
    peer.greeting = "230 You are in";
    peer.on("AUTH", "503 Already");
  }],
  ["shows another certificate", (peer) => peer.tls = { certificate: "bad" }],
];

for (const [what, change] of WORSE) {
  Deno.test(`FtpClient says nothing to a server that ${what} after a lost connection`, () =>
    play({}, async ({ client, peer }) => {
      peer.control.reset();
      const before = peer.commands.length;
      change(peer);
      const asked = () => client.workingDirectory();
      const error = await assertRejects(asked, NetworkError);
      assertEquals(error.kind, "tls");
      const said = peer.commands.slice(before);
      assertEquals(said.filter((line) => !/^(AUTH|PWD)/.test(line)), []);
      assertEquals(peer.inClear.filter((line) => !/^AUTH/.test(line)), []);
    }, { tls: explicit(), ...RETRIES }));
}

Deno.test("FtpPool has TLS of its own for every connection", async () => {
  const fake = fakeTls();
  await playPool({}, async ({ pool, crowd }) => {
    const gate = Promise.withResolvers<void>();
    const busy = [1, 2, 3].map(() => pool.run(() => gate.promise));
    while (crowd.open.length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    gate.resolve();
    await Promise.all(busy);
    assertEquals(pool.tls?.peer?.fingerprint, "good");
  }, { tls: explicit(fake), connections: 3 });
  assertEquals(fake.made.map(({ closed }) => closed), [1, 1, 1]);
});

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { FtpError, NetworkError } from "../../client/ftp/errors.ts";
import { manualClock } from "../../lib/clock.ts";
import { fakeTls } from "./client_fake_tls.ts";
import { play } from "./client_harness.ts";
import { type Answers, Peer, SERVER } from "./client_peer.ts";
import { assertTls, explicit, failure } from "./client_tls_harness.ts";

Deno.test("FtpClient asks for TLS before it says anything else", () =>
  play({}, async ({ client, peer }) => {
    assertEquals(peer.commands, [
      "AUTH TLS",
      "USER anonymous",
      "PBSZ 0",
      "PROT P",
      "FEAT",
    ]);
    assertEquals(peer.inClear, ["AUTH TLS"]);
    assertEquals(client.tls?.peer?.fingerprint, "good");
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(peer.inClear, ["AUTH TLS"]);
  }, { tls: explicit() }));

Deno.test("FtpClient.connect() begins with TLS on port 990 when it is implicit", async () => {
  const fake = fakeTls();
  const peer = new Peer({ USER: "331 ?", PASS: "230 OK" });
  peer.implicit = true;
  const network = {
    ...peer.network,
    connect: (to: typeof SERVER, signal: AbortSignal) => {
      assertEquals(to.port, 990);
      return peer.network.connect(SERVER, signal);
    },
  };
  const client = await FtpClient.connect({
    hostname: SERVER.hostname,
    network,
    tls: explicit(fake, { mode: "implicit" }),
    clock: manualClock(),
  });
  assertEquals(client.greeting.code, 220);
  await client.login("alice", "secret");
  assertEquals(peer.commands.slice(0, 4), [
    "USER alice",
    "PASS secret",
    "PBSZ 0",
    "PROT P",
  ]);
  assertEquals(peer.inClear, []);
  await client.close();
  assertEquals(fake.made[0]?.closed, 1);
});

Deno.test("FtpClient.connect() asks for SSL where the server does not know TLS", () => {
  const AUTH = (kind: string) => kind === "SSL" ? "234 Go on" : "504 What?";
  return play({ AUTH }, ({ peer }) => {
    assertEquals(peer.inClear, ["AUTH TLS", "AUTH SSL"]);
    assertEquals(peer.commands.slice(2, 5), [
      "USER anonymous",
      "PBSZ 0",
      "PROT P",
    ]);
    return Promise.resolve();
  }, { tls: explicit() });
});

Deno.test("FtpClient.connect() takes 334 for an agreement", () =>
  play({ AUTH: "334 Go on" }, ({ peer }) => {
    assertEquals(peer.inClear, ["AUTH TLS"]);
    return Promise.resolve();
  }, { tls: explicit() }));

for (const AUTH of ["500 What?", "502 No", "530 Log in first", "534 No"]) {
  Deno.test(`FtpClient never goes on in clear when AUTH is answered with ${AUTH}`, async () => {
    const failed = await failure(new Peer({ AUTH }));
    assertTls(failed, `has no TLS; no name and no password was sent (AUTH TLS`);
    assertStringIncludes(failed.error.message, AUTH.slice(0, 3));
    assertEquals(failed.peer.commands, ["AUTH TLS", "AUTH SSL"]);
  });
}

for (const AUTH of ["230 You are in", "200 OK", "220 Hello", "331 Password?"]) {
  Deno.test(`FtpClient never goes on in clear when AUTH is answered with ${AUTH}`, async () => {
    const failed = await failure(new Peer({ AUTH }));
    assertTls(failed, "does not begin with TLS; no name");
    assertEquals(failed.peer.commands, ["AUTH TLS"]);
  });
}

Deno.test("FtpClient.connect() may try again where AUTH is refused for now", async () => {
  const peer = new Peer({ AUTH: "431 Busy" });
  const { error } = await failure(peer, {}, { retries: 0 });
  assert(error instanceof FtpError && error.transient);
  assertEquals(peer.commands, ["AUTH TLS"]);
});

const INJECTED: readonly [what: string, text: string, bytes: number][] = [
  ["a reply", "234 Go on\r\n230 You are in", 16],
  ["half a reply", "234 Go on\r\n23", 4],
  ["a line end", "234 Go on\r\n", 2],
];

for (const [what, AUTH, bytes] of INJECTED) {
  Deno.test(`FtpClient.connect() ends the connection when ${what} stands behind the 234`, async () => {
    const failed = await failure(new Peer({ AUTH }));
    assertTls(failed, `sent ${bytes} bytes in clear behind its 234`);
    const [first] = failed.peer.controls;
    assertEquals(first?.text, "AUTH TLS\r\n", "no handshake after that");
  });
}

Deno.test("FtpClient.connect() does not take a reply of before for the answer to AUTH", async () => {
  const peer = new Peer({ AUTH: "502 No" });
  peer.greeting = "220 Ready\r\n234 Go on";
  const failed = await failure(peer);
  assertTls(failed, "502");
});

Deno.test("FtpClient.login() goes on when the server refuses PBSZ", () =>
  play({ PBSZ: "501 What for?" }, ({ peer }) => {
    assertEquals(peer.commands.includes("PROT P"), true);
    return Promise.resolve();
  }, { tls: explicit() }));

Deno.test("FtpClient.login() fails when the server does not protect data", async () => {
  const failed = await failure(new Peer({ PROT: "536 Not here" }));
  assertTls(failed, "does not protect data connections (PROT P: 536");
});

Deno.test("FtpClient.login() leaves data in clear only when it is told to", () => {
  const PROT = (level: string) => level === "C" ? "200 OK" : "536 No";
  return play({ PROT }, ({ peer }) => {
    assertEquals(peer.commands.slice(2, 4), ["PBSZ 0", "PROT C"]);
    return Promise.resolve();
  }, { tls: explicit(fakeTls(), { data: "clear" }) });
});

Deno.test("FtpClient.login() fails when the server does not leave data in clear", async () => {
  const failed = await failure(new Peer({ PROT: "534 No" }), { data: "clear" });
  assertTls(failed, "does not leave data connections in clear (PROT C: 534");
});

Deno.test("FtpClient.login() says PBSZ and PROT one by one where commands may get lost", () =>
  play(
    {
      PBSZ: (_, peer) => {
        assertEquals(peer.commands.at(-1), "PBSZ 0");
        return "200 OK";
      },
    },
    () => Promise.resolve(),
    { tls: explicit(), sendAhead: false },
  ));

const CCC: Answers = {
  CCC: (_, peer) => {
    peer.say("200 In clear");
    return peer.leaveTls();
  },
};

Deno.test("FtpClient.login() ends the protection of commands when it is told to", () =>
  play(CCC, async ({ client, peer }) => {
    assertEquals(peer.commands.at(-1), "CCC");
    assertEquals(await client.workingDirectory(), "/");
    assertEquals(peer.inClear, ["AUTH TLS", "PWD"]);
    const again = () => client.login("alice", "secret");
    const error = await assertRejects(again, NetworkError, "no password");
    assertEquals(error.kind, "tls");
    assertEquals(peer.commands.at(-1), "PWD");
  }, { tls: explicit(fakeTls(), { clearCommands: true }) }));

Deno.test("FtpClient.login() fails when the server refuses CCC", async () => {
  const peer = new Peer({ CCC: "533 Never" });
  const { error } = await failure(peer, { clearCommands: true });
  assert(error instanceof FtpError);
  assertEquals([error.command, error.code], ["CCC", 533]);
});

Deno.test("FtpClient.login() ends the connection when more than the reply to CCC comes", async () => {
  const peer = new Peer({ CCC: "200 In clear\r\n257 More" });
  const failed = await failure(peer, { clearCommands: true });
  assertTls(failed, "sent 10 bytes behind its reply to CCC");
});

Deno.test("FtpClient.login() fails when TLS does not end after CCC", async () => {
  const peer = new Peer({
    CCC: (_, peer) => {
      peer.say("200 In clear");
      peer.control.end();
    },
  });
  const more = { clearCommands: true };
  const { error } = await failure(peer, more, { retries: 0 });
  assertStringIncludes(error.message, "cannot be in clear");
});

Deno.test("FtpClient.login() waits for the end of TLS as long as for everything else", async () => {
  const peer = new Peer({ CCC: "200 In clear" });
  const clock = manualClock();
  const { network } = peer;
  const more = { clearCommands: true };
  const tls = explicit(fakeTls(), more);
  const client = await FtpClient.connect({ ...SERVER, network, clock, tls });
  const failed = assertRejects(
    () => client.login(),
    NetworkError,
    "30 seconds",
  );
  await peer.heard("CCC");
  while (clock.sleeping === 0) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await clock.advance(31_000);
  assertEquals((await failed).kind, "timeout");
  assert(client.closed !== null && peer.control.isClosed);
  assertEquals(clock.sleeping, 0);
});

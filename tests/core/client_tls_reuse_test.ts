import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpError, NetworkError } from "../../client/ftp/errors.ts";
import { demandsResumption } from "../../client/ftp/tls_refusal.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import { bytesOf } from "./byte_cases.ts";
import { fakeTls } from "./client_fake_tls.ts";
import type { EndOptions } from "./client_fake_tls_end.ts";
import { play } from "./client_harness.ts";
import type { Answer } from "./client_peer.ts";
import { explicit, RETRIES } from "./client_tls_harness.ts";

/** What servers say that demand the control connection's session. */
const DEMANDS: readonly string[] = [
  "522 SSL connection failed: session reuse required",
  "425 Unable to build data connection: Operation not permitted",
  "425 TLS session of data connection not resumed.",
  "450 TLS session of data connection has not resumed or the session does not match the control connection",
  "534 Session must be reused",
];

for (const text of DEMANDS) {
  Deno.test(`demandsResumption() understands ${text}`, () => {
    const code = Number(text.slice(0, 3));
    assert(demandsResumption({ code, lines: [text.slice(4)] }));
  });
}

const OTHERS: readonly string[] = [
  "425 Can't open data connection",
  "550 No such session",
  "450 File busy",
  "522 Protocol not supported",
];

for (const text of OTHERS) {
  Deno.test(`demandsResumption() takes ${text} for what it is`, () => {
    const code = Number(text.slice(0, 3));
    assertEquals(demandsResumption({ code, lines: [text.slice(4)] }), false);
  });
}

/** Does the handshake, and then does not like it. */
const REFUSES: Answer = async (_, peer) => {
  peer.say("150 Here");
  await peer.secureData();
  peer.data.end();
  return "522 Session reuse required";
};

const CERTIFICATE = { cert: "cert", key: "key" };
const WAYS_OUT: readonly [what: string, trust: TrustOptions, part: string][] = [
  [
    "shows a certificate",
    { certificate: CERTIFICATE },
    "this client cannot while it shows a certificate",
  ],
  ["has authorities", { ca: "ca" }, "pin the server's certificate instead"],
  ["has authorities", { ca: "ca" }, "(sha256:good)"],
  ["has authorities", { ca: "ca" }, "NODE_EXTRA_CA_CERTS"],
  ["can resume", {}, "require_ssl_reuse=NO"],
];

for (const [what, trust, part] of WAYS_OUT) {
  Deno.test(`FtpClient names ${part} when it ${what} and the server demands a resumed session`, () =>
    play({ SIZE: "213 5", RETR: REFUSES }, async ({ client, peer }) => {
      const failed = () => client.downloadBytes("a");
      const error = await assertRejects(failed, NetworkError, part);
      assertEquals([error.kind, error.transient], ["tls", false]);
      assertStringIncludes(error.message, "522 Session reuse required");
      assertEquals(error.message.split("\n").length, 1);
      assert(error.cause instanceof FtpError);
      assertEquals(peer.commands.filter((line) => /^RETR/.test(line)), [
        "RETR a",
      ]);
      assertEquals(await client.workingDirectory(), "/");
    }, { tls: explicit(fakeTls(), { trust }), ...RETRIES }));
}

Deno.test("FtpClient takes 425 for what it says without TLS on data", () =>
  play({
    SIZE: "213 5",
    RETR: "425 Too many sessions",
  }, async ({ client }) => {
    await assertRejects(() => client.downloadBytes("a"), FtpError, "425");
  }, { tls: explicit(fakeTls(), { data: "clear" }) }));

/** Takes an upload whose connection resumes a session, if it can. */
function takes(options: EndOptions = {}): Answer {
  return async (_, peer) => {
    peer.say("150 Send");
    const data = await peer.secureData({ resumed: true, ...options });
    await data.until(() => data.hasEnded);
    data.closeNotify();
    peer.data.end();
    return "226 Done";
  };
}

Deno.test("FtpClient connects anew, once the server has taken its last ticket", () => {
  const fake = fakeTls();
  return play({ STOR: takes({ tickets: false }) }, async ({ client, peer }) => {
    for (const name of ["a", "b"]) await client.upload(bytesOf("x"), name);
    assertEquals(client.isWorn, true);
    const before = peer.commands.length;
    for (const name of ["c", "d", "e"]) await client.upload(bytesOf("x"), name);
    assertEquals(client.isWorn, false, "TLS 1.2 needs no tickets");
    assertEquals(peer.commands.slice(before), [
      "QUIT",
      "AUTH TLS",
      "USER anonymous",
      "PBSZ 0",
      "PROT P",
      "FEAT",
      "TYPE I",
      "EPSV",
      "STOR c",
      "EPSV",
      "STOR d",
      "EPSV",
      "STOR e",
    ]);
    const versions = fake.made.map(({ trust }) => trust.maxVersion);
    assertEquals(versions, [undefined, "TLSv1.2"]);
    assertEquals(peer.controls.length, 2);
  }, { tls: explicit(fake) });
});

Deno.test("FtpClient stays with TLS 1.3 when there shall be nothing less", () => {
  const fake = fakeTls();
  const trust = { minVersion: "TLSv1.3" } as const;
  return play({ STOR: takes({ tickets: false }) }, async ({ client }) => {
    for (const name of "abcde") await client.upload(bytesOf("x"), name);
    assertEquals(fake.made.map(({ trust }) => trust), [trust, trust, trust]);
  }, { tls: explicit(fake, { trust }) });
});

Deno.test("FtpClient stays connected while the server sends tickets", () =>
  play({ STOR: takes() }, async ({ client, peer }) => {
    for (const name of "abcdef") await client.upload(bytesOf("x"), name);
    assertEquals(peer.controls.length, 1);
  }, { tls: explicit() }));

Deno.test("FtpClient stays connected where nothing is resumed", () => {
  const STOR = takes({ resumed: false, tickets: false });
  return play({ STOR }, async ({ client, peer }) => {
    for (const name of "abcdef") await client.upload(bytesOf("x"), name);
    assertEquals(peer.controls.length, 1);
  }, { tls: explicit() });
});

Deno.test("FtpClient connects anew when the server does not take its session any more", () => {
  const fake = fakeTls();
  let attempts = 0;
  const STOR: Answer = async (argument, peer) => {
    const isExpired = ++attempts === 2;
    if (isExpired) return await (REFUSES as Exclude<Answer, string>)("", peer);
    return await (takes() as Exclude<Answer, string>)(argument, peer);
  };
  return play({ STOR, SIZE: "550 No" }, async ({ client, peer }) => {
    await client.upload(bytesOf("x"), "a");
    await client.upload(bytesOf("x"), "b");
    assertEquals(peer.controls.length, 2);
    assertEquals(peer.commands.filter((line) => /^STOR/.test(line)), [
      "STOR a",
      "STOR b",
      "STOR b",
    ]);
    assertEquals(fake.made.at(-1)?.trust.maxVersion, "TLSv1.2");
  }, { tls: explicit(fake), ...RETRIES });
});

Deno.test("FtpClient wastes one ticket at most on transfers that are refused", () =>
  play(
    { SIZE: "550 No", MDTM: "550 No", RETR: "550 No" },
    async ({ client, peer }) => {
      for (const name of "abcd") {
        await assertRejects(() => client.downloadBytes(name), FtpError, "550");
      }
      const begun = peer.dataConns.filter(({ received }) =>
        received.length > 0
      );
      assertEquals(begun.length, 1);
      assertEquals(client.isWorn, false);
      assertEquals(peer.controls.length, 1);
    },
    { tls: explicit() },
  ));

Deno.test("FtpClient does not connect anew while something else is done", () => {
  const gate = Promise.withResolvers<void>();
  const take = takes({ tickets: false }) as Exclude<Answer, string>;
  const STOR: Answer = async (name, peer) => {
    if (name === "c") await gate.promise;
    return await take(name, peer);
  };
  return play({ STOR, SIZE: "213 1" }, async ({ client, peer }) => {
    const store = (name: string, verify: boolean) =>
      client.upload(bytesOf("x"), name, { verify });
    // The last one asks a question when all was sent.
    const [a, b, c] = [store("a", false), store("b", false), store("c", true)];
    await Promise.all([a, b, peer.heard("STOR c")]);
    assertEquals(client.isWorn, true);
    const asked = client.workingDirectory();
    gate.resolve();
    await Promise.all([c, asked]);
    assertEquals([client.isWorn, peer.controls.length], [true, 1]);
    await client.upload(bytesOf("x"), "d");
    assertEquals([client.isWorn, peer.controls.length], [false, 2]);
  }, { tls: explicit() });
});

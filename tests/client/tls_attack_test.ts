import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import { writeAll } from "../../lib/bytes.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import type { ServerCertificate, TlsStream } from "../../lib/net/tls/stream.ts";
import { testCertificates } from "../tls_certificates.ts";
import {
  type HostileData,
  type HostileTalk,
  withHostile,
} from "./tls_hostile.ts";
import { tlsTest } from "./tls_loopback.ts";

/** The certificate that clients trust here, and the one that they do not. */
async function certificates(): Promise<{
  good: ServerCertificate;
  other: ServerCertificate;
}> {
  const { server: good, selfSigned: other } = await testCertificates();
  return { good, other };
}

/** A client of a server on `port`, which never gives up too early. */
async function connect(port: number): Promise<FtpClient> {
  const { ca } = await testCertificates();
  return await FtpClient.connect({
    hostname: "localhost",
    port,
    // Not with pins: both servers are of this thread, and one would resume the
    // other's sessions.
    tls: { mode: "explicit", trust: { ca: ca.cert } },
    retries: 2,
    retryDelay: 1,
    timeout: 10_000,
  });
}

async function logIn(port: number): Promise<void> {
  await using client = await connect(port);
  await client.login("alice", "secret");
}

/** Plays a server to whom nothing may be said; gives why. */
async function refusedBy(
  play: (talk: HostileTalk) => Promise<void>,
): Promise<string> {
  let message = "";
  await withHostile(async (talk) => {
    await play(talk);
    await talk.rest();
  }, async (port) => {
    const error = await assertRejects(() => logIn(port), NetworkError);
    assertEquals([error.kind, error.transient], ["tls", false]);
    message = error.message;
  });
  assertEquals(message.split("\n").length, 1);
  return message;
}

tlsTest(
  "FtpClient says nothing to who sends replies behind the 234",
  async () => {
    const message = await refusedBy(async (talk) => {
      await talk.say("220 Ready");
      await talk.answer("AUTH TLS", "234 Go on\r\n230 You are in");
      assertEquals((await talk.rest()).length, 0, "not even a handshake");
    });
    assertStringIncludes(message, "sent 16 bytes in clear behind its 234");
  },
);

tlsTest(
  "FtpClient says nothing to who sends replies in the place of TLS",
  async () => {
    const message = await refusedBy(async (talk) => {
      await talk.say("220 Ready");
      await talk.answer("AUTH TLS", "234 Go on");
      await talk.say("230 You are in");
      const rest = new TextDecoder().decode(await talk.rest());
      assert(!/USER|PASS|alice|secret/.test(rest));
    });
    assertStringIncludes(message, "No TLS with localhost:");
  },
);

for (const reply of ["230 You are in", "200 OK", "502 No", "534 Policy"]) {
  tlsTest(
    `FtpClient says nothing to who answers AUTH with ${reply}`,
    async () => {
      const heard: string[] = [];
      await refusedBy(async (talk) => {
        await talk.say("220 Ready");
        while (await talk.hear() !== null) {
          await talk.say(reply).catch(() => {});
        }
        heard.push(...talk.heard);
      });
      assertEquals(heard.filter((line) => !line.startsWith("AUTH ")), []);
    },
  );
}

tlsTest(
  "FtpClient says nothing to who shows a certificate that nobody trusts",
  async () => {
    const { other } = await certificates();
    const message = await refusedBy(async (talk) => {
      await talk.say("220 Ready");
      await talk.answer("AUTH TLS", "234 Go on");
      await talk.secure(other).catch(() => {});
    });
    const pin = certificateFingerprint(other.cert);
    assertStringIncludes(message, `pin it: sha256:${pin}`);
  },
);

tlsTest("FtpClient moves no file where data is not protected", async () => {
  const { good } = await certificates();
  const message = await refusedBy(async (talk) => {
    await talk.say("220 Ready");
    await talk.answer("AUTH TLS", "234 Go on");
    await talk.secure(good);
    await talk.answer("USER", "230 Welcome");
    await talk.answer("PBSZ", "200 OK");
    await talk.answer("PROT P", "536 Not here");
  });
  assertStringIncludes(message, "does not protect data connections");
});

/** Plays a transfer of `verb`; everything before it is as it should be. */
function transferTest(
  name: string,
  { verb, size = "550 No" }: { verb: string; size?: string },
  play: (talk: HostileTalk, data: HostileData) => Promise<void>,
  action: (client: FtpClient) => Promise<void>,
): void {
  tlsTest(name, async () => {
    const { good } = await certificates();
    await withHostile(async (talk, data) => {
      await talk.begin(good);
      const { port } = data;
      await talk.until(verb, {
        TYPE: "200 OK",
        SIZE: size,
        EPSV: `229 Here (|||${port}|)`,
      });
      await play(talk, data);
      await talk.until("QUIT", { ABOR: "226 Nothing", PWD: '257 "/"' });
      await talk.say("221 Bye").catch(() => {});
    }, async (port) => {
      await using client = await connect(port);
      client.retries = 0;
      await client.login();
      await action(client);
    });
  });
}

const HELLO = new TextEncoder().encode("hello");

/** Sends `hello` and goes away without a word. */
async function sendCut(talk: HostileTalk, data: HostileData): Promise<void> {
  const { good } = await certificates();
  await talk.say("150 Here");
  const { stream, conn } = await data.accept(good);
  await writeAll(stream, HELLO);
  await conn.closeWrite();
  await talk.say("226 Done");
}

transferTest(
  "FtpClient never takes a file for complete that somebody has cut",
  { verb: "RETR" },
  sendCut,
  async (client) => {
    const failed = () => client.downloadBytes("a");
    const error = await assertRejects(failed, NetworkError, "was cut");
    assertEquals(error.kind, "closed");
  },
);

transferTest(
  "FtpClient never takes a file for complete that is shorter than its size",
  { verb: "RETR", size: "213 6" },
  sendCut,
  async (client) => {
    const failed = () => client.downloadBytes("a");
    await assertRejects(failed, NetworkError, "was cut");
  },
);

transferTest(
  "FtpClient takes a file whose size is known, however the connection ends",
  { verb: "RETR", size: "213 5" },
  sendCut,
  async (client) => assertEquals(await client.downloadBytes("a"), HELLO),
);

transferTest(
  "FtpClient never takes a listing for complete that somebody has cut",
  { verb: "LIST" },
  async (talk, data) => {
    const { good } = await certificates();
    await talk.say("150 Here");
    const { stream, conn } = await data.accept(good);
    await writeAll(stream, new TextEncoder().encode("a\r\n"));
    await conn.closeWrite();
    await talk.say("226 Done");
  },
  async (client) => {
    const failed = () => Array.fromAsync(client.list("/", { lines: "LIST" }));
    await assertRejects(failed, NetworkError, "The data of LIST / was cut");
  },
);

transferTest(
  "FtpClient takes no byte from who shows another certificate on data",
  { verb: "RETR", size: "213 5" },
  async (talk, data) => {
    const { other } = await certificates();
    await talk.say("150 Here");
    const accepted = await data.accept(other).catch(() => null);
    if (accepted !== null) {
      await writeAll(accepted.stream, HELLO).catch(() => {});
      accepted.stream.close();
    }
    await talk.say("226 Done");
  },
  async (client) => {
    const failed = () => client.downloadBytes("a");
    const error = await assertRejects(failed, NetworkError);
    assertEquals([error.kind, error.transient], ["tls", false]);
    assertStringIncludes(error.message, "another certificate than the control");
  },
);

transferTest(
  "FtpClient sends no byte to who shows another certificate on data",
  { verb: "STOR" },
  async (talk, data) => {
    const { other } = await certificates();
    await talk.say("150 Send");
    const accepted = await data.accept(other).catch(() => null);
    const read = accepted?.stream.read(new Uint8Array(100));
    assertEquals(await read?.catch(() => null) ?? null, null);
    accepted?.stream.close();
    await talk.say("226 Done");
  },
  async (client) => {
    const failed = () => client.upload(HELLO, "a");
    const error = await assertRejects(failed, NetworkError);
    assertEquals(error.kind, "tls");
  },
);

transferTest(
  "FtpClient takes nothing in clear on a data connection",
  { verb: "RETR", size: "213 5" },
  async (talk, data) => {
    await talk.say("150 Here");
    const { stream } = await data.accept(null);
    await writeAll(stream, HELLO);
    await talk.say("226 Done");
  },
  async (client) => {
    const failed = () => client.downloadBytes("a");
    const error = await assertRejects(failed, NetworkError, "No TLS for");
    assertEquals(error.kind, "tls");
  },
);

transferTest(
  "FtpClient fails with an upload when the server goes away without a word",
  { verb: "STOR" },
  async (talk, data) => {
    const { good } = await certificates();
    await talk.say("150 Send");
    const { stream } = await data.accept(good);
    const buffer = new Uint8Array(100);
    while (await stream.read(buffer) !== null);
    assertEquals((stream as TlsStream).end, "complete");
    stream.close();
    await talk.say("451 Lost");
  },
  async (client) => {
    await assertRejects(() => client.upload(HELLO, "a"), Error, "451 Lost");
  },
);

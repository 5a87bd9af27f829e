import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import { canHideNames } from "../../lib/net/tls/hidden_names.ts";
import { asciiName, claimName } from "../../lib/net/tls/session_names.ts";
import type {
  ClientTls,
  ServerTls,
  TlsStream,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { testCertificates } from "../tls_certificates.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  calm,
  connection,
  PATIENT,
  readBytes,
  soon,
  testServer,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

/** Both ends of a connection that TLS protects. */
interface Pair {
  readonly client: TlsStream;
  readonly server: TlsStream;
}

/** Connects a client to a server. */
async function join(
  tls: ClientTls,
  server: ServerTls,
  kind: "control" | "data",
): Promise<Pair> {
  const [ours, theirs] = connection();
  const both = [
    tls[kind](ours, PATIENT),
    server.secure(theirs, PATIENT),
  ] as const;
  const [client, served] = await soon(Promise.all(both), "the handshake");
  return { client, server: served };
}

function closeAll(...pairs: Pair[]): void {
  for (const { client, server } of pairs) {
    client.close();
    server.close();
  }
}

/** Sends a few bytes back and forth. */
async function talk({ client, server }: Pair): Promise<void> {
  await client.write(bytesOf("ping"));
  assertEquals(textOf(await readBytes(server, 4)), "ping");
  await server.write(bytesOf("pong"));
  assertEquals(textOf(await readBytes(client, 4)), "pong");
}

for (const maxVersion of VERSIONS) {
  tlsTest(
    `data() resumes the session of the control connection 50 times, ${maxVersion}`,
    async () => {
      const server = await testServer();
      for (const host of ["localhost", "127.0.0.1"]) {
        const tls = clientTls(host, { insecure: true, maxVersion });
        assert(tls.canResume);
        const control = await join(tls, server, "control");
        assertEquals(control.server.facts.resumed, false);
        await talk(control);
        for (let number = 1; number <= 50; number++) {
          const data = await join(tls, server, "data");
          const { resumed, protocol } = data.server.facts;
          assertEquals(
            [protocol, resumed],
            [maxVersion, true],
            `number ${number}`,
          );
          assertEquals(data.client.facts.resumed, true);
          await talk(data);
          await data.server.closeWrite();
          closeAll(data);
        }
        await talk(control);
        closeAll(control);
        tls.close();
      }
    },
  );

  tlsTest(`control() never resumes a session, ${maxVersion}`, async () => {
    const server = await testServer();
    const tls = clientTls("localhost", { insecure: true, maxVersion });
    const first = await join(tls, server, "control");
    await talk(first);
    const second = await join(tls, server, "control");
    assertEquals(second.client.facts.resumed, false);
    const data = await join(tls, server, "data");
    assertEquals(data.client.facts.resumed, true);
    closeAll(first, second, data);
    tls.close();
    const next = clientTls("localhost", { insecure: true, maxVersion });
    const third = await join(next, server, "control");
    assertEquals(third.client.facts.resumed, false);
    closeAll(third);
    next.close();
  });

  tlsTest(
    `several clients of one server take no session of each other, ${maxVersion}`,
    async () => {
      const server = await testServer();
      const trust: TrustOptions = { insecure: true, maxVersion };
      const clients = [1, 2, 3].map(() => clientTls("localhost", trust));
      assertEquals(
        clients.map(({ sendsName }) => sendsName),
        [true, false, false],
      );
      const controls: Pair[] = [];
      for (const tls of clients) {
        controls.push(await join(tls, server, "control"));
        await talk(controls.at(-1)!);
      }
      for (let round = 0; round < 4; round++) {
        for (const tls of clients) {
          const data = await join(tls, server, "data");
          assertEquals(data.server.facts.resumed, true);
          await talk(data);
          closeAll(data);
        }
      }
      closeAll(...controls);
      for (const tls of clients) tls.close();
    },
  );

  tlsTest(
    `data() works with authorities or a certificate of one's own, in new sessions, ${maxVersion}`,
    async () => {
      const { ca, client } = await testCertificates();
      const server = await testServer({
        clientCa: ca.cert,
        clientCertificates: "optional",
      });
      const ways = [
        { ca: ca.cert },
        { insecure: true, certificate: client },
        { ca: ca.cert, certificate: client },
      ];
      for (const trust of ways) {
        const tls = clientTls("localhost", { ...trust, maxVersion });
        assertEquals(tls.canResume, false);
        const control = await join(tls, server, "control");
        await talk(control);
        const data = await join(tls, server, "data");
        assertEquals(data.server.facts.resumed, false);
        assertEquals(
          data.server.facts.peer?.fingerprint,
          control.server.facts.peer?.fingerprint,
        );
        await talk(data);
        closeAll(control, data);
        tls.close();
      }
    },
  );
}

tlsTest("close() lets the next client send the server's name", () => {
  const first = clientTls("LocalHost.");
  const second = clientTls("localhost");
  assertEquals([first.sendsName, second.sendsName], [true, false]);
  second.close();
  first.close();
  first.close();
  const third = clientTls("localhost");
  assertEquals(third.sendsName, true);
  third.close();
  return Promise.resolve();
});

tlsTest(
  "sharesSessions sends the server's name although another does",
  async () => {
    const server = await testServer();
    const first = clientTls("localhost");
    const second = clientTls("localhost", { insecure: true }, {
      sharesSessions: true,
    });
    assertEquals(second.sendsName, true);
    const control = await join(second, server, "control");
    assertEquals(control.server.facts.serverName, "localhost");
    closeAll(control);
    second.close();
    const third = clientTls("localhost");
    assertEquals(third.sendsName, false);
    third.close();
    first.close();
  },
);

tlsTest(
  "canHideNames() is so in this runtime, and no server hears such names",
  async () => {
    assertEquals(canHideNames(), true);
    const server = await testServer();
    const first = clientTls("localhost");
    const tls = clientTls("localhost", { insecure: true });
    const control = await join(tls, server, "control");
    assertEquals(control.server.facts.serverName, null);
    closeAll(control);
    tls.close();
    first.close();
    await calm();
  },
);

Deno.test("claimName() shares a name where the runtime can't hide one", () => {
  const first = claimName("files.example", { canHide: false });
  const second = claimName("files.example", { canHide: false });
  assertEquals([first.name, first.isSent], ["files.example", true]);
  assertEquals([second.name, second.isSent], ["files.example", true]);
  const address = claimName("192.0.2.7", { canHide: false });
  assertEquals([address.name, address.isSent], ["", false]);
  second.release();
  assertEquals(claimName("files.example").isSent, false);
  first.release();
});

Deno.test("claimName() gives no hidden name to two at a time", () => {
  const claims = Array.from({ length: 70_000 }, () => claimName("::1"));
  const names = claims.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of [names[0]!, names.at(-1)!]) {
    assertMatch(name, /^100::[\da-f]{1,4}:[\da-f]{1,4}\.$/);
  }
  for (const claim of claims) claim.release();
});

Deno.test("claimName() gives hidden names again that were released, once", () => {
  const first = claimName("::1");
  const second = claimName("::1");
  first.release();
  first.release();
  const third = claimName("::1");
  const fourth = claimName("::1");
  assertEquals(third.name, first.name);
  assertEquals(
    new Set([second, third, fourth].map(({ name }) => name)).size,
    3,
  );
  for (const claim of [second, third, fourth]) claim.release();
});

Deno.test("claimName() keeps tickets of TLS 1.3 away from TLS 1.2", () => {
  const old = { maxVersion: "TLSv1.2" } as const;
  claimName("both.example").release();
  const spoiled = claimName("both.example", old);
  assertEquals(spoiled.isSent, false);
  spoiled.release();
  const shared = claimName("both.example", { ...old, isShared: true });
  assertEquals(shared.isSent, true);
  shared.release();
  const only = claimName("old.example", old);
  assertEquals(only.isSent, true);
  only.release();
  const hidden = claimName("::1");
  hidden.release();
  const other = claimName("::1", old);
  assertNotEquals(other.name, hidden.name);
  other.release();
});

Deno.test("asciiName() writes a name as the network knows it", () => {
  const cases = [
    ["Files.Example.", "files.example"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["bü\u{0}", "bü\u{0}"],
    ["ü@evil.example", "ü@evil.example"],
  ];
  for (const [host, name] of cases) assertEquals(asciiName(host!), name);
});

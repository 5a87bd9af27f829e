import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ServerTlsOptions, TlsStream } from "../../lib/net/tls/stream.ts";
import { testCertificates } from "../tls_certificates.ts";
import { type Ended, run } from "./program.ts";
import { libraryTest, startEcho } from "./tls_library.ts";

/** Connects to our server, says a word and leaves. */
async function sClient(
  folder: string,
  port: number,
  ...options: string[]
): Promise<Ended> {
  const words = ["openssl", "s_client", "-connect", `127.0.0.1:${port}`];
  const trust = ["-CAfile", "ca.pem", "-verify_return_error", "-brief"];
  const stdin = "hello\n";
  return await run([...words, ...trust, ...options], { cwd: folder, stdin });
}

/** A certificate and its key, as options of `openssl s_client`. */
function showing(name: string): string[] {
  return ["-cert", `${name}.pem`, "-key", `${name}.key`];
}

for (
  const [flag, version] of [["-tls1_2", "TLSv1.2"], ["-tls1_3", "TLSv1.3"]]
) {
  libraryTest(
    "openssl",
    `openssl s_client talks to serverTls(), ${version}`,
    async (folder) => {
      await using server = await startEcho();
      const { stderr, report } = await sClient(
        folder,
        server.port,
        ...[flag!, "-servername", "localhost", "-verify_hostname", "localhost"],
      );
      const { facts, end } = await server.next();
      assertEquals([facts?.protocol, facts?.serverName], [
        version,
        "localhost",
      ]);
      assertEquals(end, "complete");
      assertStringIncludes(stderr, "Verification: OK", report);
    },
  );

  libraryTest(
    "openssl",
    `openssl s_client hears why serverTls() refuses it, ${version}`,
    async (folder) => {
      const { ca } = await testCertificates();
      const cases: [Partial<ServerTlsOptions>, string[], string][] = [
        [{}, ["-alpn", "http/1.1"], "alert no application protocol"],
        [{ clientCa: ca.cert }, [], "alert certificate required"],
      ];
      for (const [options, flags, words] of cases) {
        await using server = await startEcho(options);
        const { stderr, report } = await sClient(
          folder,
          server.port,
          ...[flag!, "-ign_eof", ...flags],
        );
        const { error } = await server.next();
        assertEquals(typeof error, "string", report);
        assertStringIncludes(stderr, words, report);
      }
    },
  );

  libraryTest(
    "openssl",
    `a client that was refused does not get in by resuming its session, ${version}`,
    async (folder) => {
      const { ca } = await testCertificates();
      for (const demand of ["required", "optional"] as const) {
        for (const who of ["strangerClient", "expired", "server"]) {
          const options = { clientCa: ca.cert, clientCertificates: demand };
          await using server = await startEcho(options);
          const save = [flag!, "-ign_eof", "-sess_out", `${who}.session`];
          await sClient(folder, server.port, ...save, ...showing(who));
          const refused = "the client's certificate is not trusted";
          assertEquals((await server.next()).error, refused);
          const again = [flag!, "-sess_in", `${who}.session`, ...showing(who)];
          await sClient(folder, server.port, ...again);
          assertEquals((await server.next()).error, refused);
        }
      }
    },
  );

  libraryTest(
    "openssl",
    `a client that was let in gets in by resuming its session, ${version}`,
    async (folder) => {
      const { ca } = await testCertificates();
      await using server = await startEcho({ clientCa: ca.cert }, greet);
      const save = [flag!, "-ign_eof", "-sess_out", "alice.session"];
      await sClient(folder, server.port, ...save, ...showing("client"));
      const first = await server.next();
      const again = [flag!, "-ign_eof", "-sess_in", "alice.session"];
      await sClient(folder, server.port, ...again);
      const { facts } = await server.next();
      assertEquals([first.facts?.resumed, facts?.resumed], [false, true]);
      assertEquals(facts?.peer, first.facts?.peer);
    },
  );
}

libraryTest(
  "openssl",
  "openssl s_client hears that its version or cipher won't do",
  async (folder) => {
    const cases: [Partial<ServerTlsOptions>, string[], string][] = [
      [{ minVersion: "TLSv1.3" }, ["-tls1_2"], "alert protocol version"],
      [{}, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "alert protocol version"],
      [{}, ["-tls1_2", "-cipher", "AES128-SHA"], "alert handshake failure"],
    ];
    for (const [options, flags, words] of cases) {
      await using server = await startEcho(options);
      const { stderr, report } = await sClient(folder, server.port, ...flags);
      assertEquals(typeof (await server.next()).error, "string", report);
      assertStringIncludes(stderr, words, report);
    }
  },
);

/** Says a word and ends. */
async function greet(stream: TlsStream): Promise<void> {
  await stream.write(new TextEncoder().encode("hello\n"));
  await stream.closeWrite();
}

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import { downloadSegments } from "../../client/ftp/segments.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { testCertificates } from "../tls_certificates.ts";
import { withFolder } from "./helpers.ts";
import { changed, tlsTest, withTlsServer } from "./tls_loopback.ts";

const MANY = 50;
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** Bytes that tell where they are from. */
function bytesFor(number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1000 + 7 * number).fill(number);
}

/** Files by their numbers. */
function manyFiles(): Record<string, Uint8Array<ArrayBuffer>> {
  const numbers = Array.from({ length: MANY }, (_, number) => number);
  return Object.fromEntries(numbers.map((n) => [`/f${n}`, bytesFor(n)]));
}

for (const version of VERSIONS) {
  const trust = { minVersion: version, maxVersion: version };

  tlsTest(
    `FtpClient moves ${MANY} files each way, every connection resumed, ${version}`,
    () =>
      withTlsServer(memoryFileSystem(manyFiles()), async ({ options }) => {
        await using client = await FtpClient.connect(
          changed(options, { trust }),
        );
        await client.login();
        assertEquals(client.tls?.protocol, version);
        for (let number = 0; number < MANY; number++) {
          const bytes = await client.downloadBytes(`/f${number}`);
          assertEquals(bytes, bytesFor(number));
        }
        for (let number = 0; number < MANY; number++) {
          await client.upload(bytesFor(number), `/g${number}`);
        }
        const [entry] = await Array.fromAsync(client.list("/g49"));
        assertEquals(entry?.size, bytesFor(49).length);
        assertEquals(client.isWorn, false);
      }),
  );

  tlsTest(
    `FtpPool moves ${MANY} files each way over four connections, ${version}`,
    () =>
      withTlsServer(memoryFileSystem(manyFiles()), async ({ options }) => {
        const choice = changed(options, { trust });
        await using pool = await FtpPool.connect({ ...choice, connections: 4 });
        const numbers = Array.from({ length: MANY }, (_, number) => number);
        await Promise.all(numbers.map((number) =>
          pool.run(
            (client) => client.upload(bytesFor(number), `/g${number}`),
            { overlap: true },
          )
        ));
        // A busy machine may be done before it has all four connections.
        for (let round = 0; round < 20; round++) {
          await Promise.all(numbers.map((number) =>
            pool.run(async (client) => {
              const bytes = await client.downloadBytes(`/g${number}`);
              assertEquals(bytes, bytesFor(number));
            }, { overlap: true })
          ));
          if (pool.connections === 4) break;
        }
        assertEquals(pool.connections, 4);
        assertEquals(pool.tls?.protocol, version);
      }),
  );

  tlsTest(
    `FtpClient resumes sessions also after a lost connection, ${version}`,
    () =>
      withTlsServer(memoryFileSystem(manyFiles()), async ({ options }) => {
        const choice = changed(options, { trust });
        const client = await FtpClient.connect({ ...choice, retries: 1 });
        await client.login();
        for (let round = 0; round < 3; round++) {
          await client.quote("QUIT");
          for (let number = 0; number < 5; number++) {
            const bytes = await client.downloadBytes(`/f${number}`);
            assertEquals(bytes, bytesFor(number));
            await client.upload(bytes, `/g${number}`);
          }
        }
        await client.close();
      }),
  );
}

tlsTest(
  "FtpClient begins with TLS where that is implicit",
  () =>
    withTlsServer(memoryFileSystem({ "/a": "hello" }), async ({ implicit }) => {
      await using client = await FtpClient.connect(implicit);
      await client.login();
      assertEquals((await client.downloadBytes("/a")).length, 5);
    }),
);

tlsTest(
  "FtpClient protects data connections that the server makes",
  () =>
    withTlsServer(memoryFileSystem({ "/a": "hello" }), async ({ options }) => {
      const active = { ...options, mode: "active" as const };
      await using client = await FtpClient.connect(active);
      await client.login();
      for (let time = 0; time < 3; time++) {
        assertEquals((await client.downloadBytes("/a")).length, 5);
        await client.upload(new Uint8Array(9), "/b");
        assertEquals(await client.size("/b"), 9);
      }
    }),
);

tlsTest(
  "FtpClient lists over TLS in every way",
  () =>
    withTlsServer(memoryFileSystem(manyFiles()), async ({ options }) => {
      await using client = await FtpClient.connect(options);
      await client.login();
      for (const lines of [undefined, "LIST", "NLST"] as const) {
        const choice = lines === undefined ? {} : { lines };
        const entries = await Array.fromAsync(client.list("/", choice));
        assertEquals(entries.length, MANY, lines);
      }
    }),
);

tlsTest(
  "FtpClient converts text over TLS",
  () =>
    withTlsServer(memoryFileSystem({ "/a": "1\n2\n" }), async ({ options }) => {
      await using client = await FtpClient.connect(options);
      await client.login();
      const type = "ascii" as const;
      const text = await client.downloadBytes("/a", { type });
      assertEquals(new TextDecoder().decode(text), "1\n2\n");
      await client.upload(text, "/b", { type });
      assertEquals(await client.downloadBytes("/b"), text);
    }),
);

tlsTest(
  "FtpClient resumes a download over TLS",
  () =>
    withFolder((folder) =>
      withTlsServer(
        memoryFileSystem({ "/a": "hello" }),
        async ({ options }) => {
          await using client = await FtpClient.connect(options);
          await client.login();
          await Deno.writeTextFile(`${folder}/a.part`, "hel");
          await client.download("/a", `${folder}/a`, { resume: true });
          assertEquals(await Deno.readTextFile(`${folder}/a`), "hello");
        },
      )
    ),
);

tlsTest(
  "downloadSegments() fetches a file over several TLS connections",
  () =>
    withFolder(async (folder) => {
      const bytes = new Uint8Array(20 << 20).map((_, at) => at * 7 % 251);
      const fs = memoryFileSystem({ "/a": bytes });
      await withTlsServer(fs, async ({ options }) => {
        await using pool = await FtpPool.connect(options);
        await downloadSegments(pool, "/a", `${folder}/a`, { segments: 4 });
        assertEquals(await Deno.readFile(`${folder}/a`), bytes);
        assert(pool.connections > 1);
        assertEquals(
          (await pool.run((client) => client.downloadBytes("/a"))).length,
          bytes.length,
        );
      });
    }),
);

tlsTest(
  "FtpClient leaves commands or data in clear when it is told to",
  () =>
    withTlsServer(memoryFileSystem({ "/a": "hello" }), async ({ options }) => {
      const choices = [
        { clearCommands: true },
        { data: "clear" as const },
        { clearCommands: true, data: "clear" as const },
      ];
      for (const choice of choices) {
        await using client = await FtpClient.connect(changed(options, choice));
        await client.login();
        for (let time = 0; time < 3; time++) {
          assertEquals((await client.downloadBytes("/a")).length, 5);
          await client.upload(new Uint8Array(9), "/b");
        }
        assertEquals(await client.workingDirectory(), "/");
      }
    }, { tls: { policy: "optional" } }),
);

tlsTest(
  "FtpClient.abort() in the middle of a file leaves the connection usable",
  () =>
    withTlsServer(
      memoryFileSystem({ "/big": new Uint8Array(8 << 20), "/a": "hello" }),
      async ({ options }) => {
        await using client = await FtpClient.connect(options);
        await client.login();
        for (let time = 0; time < 4; time++) {
          const enough = new AbortController();
          const onProgress = () => enough.abort();
          const { signal } = enough;
          await assertRejects(
            () => client.downloadBytes("/big", { signal, onProgress }),
            DOMException,
          );
          assertEquals((await client.downloadBytes("/a")).length, 5);
        }
      },
    ),
);

tlsTest(
  "FtpClient.quote() cannot end the protection",
  () =>
    withTlsServer(memoryFileSystem({}), async ({ options }) => {
      await using client = await FtpClient.connect(options);
      await client.login();
      for (const line of ["AUTH TLS", "ccc", "PROT C", "REIN"]) {
        await assertRejects(() => client.quote(line), TypeError, "Cannot send");
      }
      assertEquals(await client.workingDirectory(), "/");
    }),
);

tlsTest(
  "FtpClient says what to do where it cannot resume sessions as demanded",
  async () => {
    const { ca, server, client: certificate } = await testCertificates();
    const ways = [
      { trust: { ca: ca.cert }, part: "NODE_EXTRA_CA_CERTS" },
      {
        trust: { ca: ca.cert, certificate },
        part: "cannot while it shows a certificate",
      },
    ];
    const fs = memoryFileSystem({ "/a": "hello" });
    await withTlsServer(fs, async ({ options }) => {
      for (const { trust, part } of ways) {
        const { tls: _, ...place } = options;
        const tls = { mode: "explicit" as const, trust };
        await using client = await FtpClient.connect({ ...place, tls });
        await client.login();
        const failed = () => client.downloadBytes("/a");
        const error = await assertRejects(failed, NetworkError, part);
        assertEquals(error.kind, "tls");
        await assertRejects(
          () => client.upload(new Uint8Array(9), "/b"),
          NetworkError,
          part,
        );
      }
    }, { speaks: { certificates: [server] } });
  },
);

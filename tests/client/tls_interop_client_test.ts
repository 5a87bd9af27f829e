/**
 * Transfers of our client over TLS, with foreign servers as strict as they can
 * be: each demands that data connections are private and, where it can, that
 * they resume the session.
 *
 * @module
 */

import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
} from "@std/assert";
import type { FtpClient } from "../../client/ftp/client.ts";
import { FtpError } from "../../client/ftp/errors.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { ACCOUNT } from "./account_servers.ts";
import { withFolder } from "./helpers.ts";
import { withRelay } from "./relay.ts";
import { onlyVersion, tlsOptions, withTlsClient } from "./tls_client.ts";
import { tlsServerTest, VERSIONS } from "./tls_scene.ts";

/** Transfers each way; more by hand. */
const TIMES = Number(Deno.env.get("WHARF_TLS_TIMES") ?? 8);
const MEGABYTES = Number(Deno.env.get("WHARF_TLS_MEGABYTES") ?? 10);
const BYTES = new Uint8Array(70_001).map((_, at) => at * 7 % 251);
const MUCH = new Uint8Array(30 << 20);
const TIME = new Date("2020-02-03T04:05:06Z");

/** Up and down again and again, each time another file. */
async function backAndForth(client: FtpClient, prefix: string): Promise<void> {
  for (let time = 0; time < TIMES; time++) {
    const bytes = BYTES.subarray(time);
    await client.upload(bytes, `${prefix}${time}`);
    assertEquals(await client.downloadBytes(`${prefix}${time}`), bytes);
  }
}

for (const version of VERSIONS) {
  for (const mode of ["passive", "active"] as const) {
    tlsServerTest(
      `FtpClient: one file after another, ${version}, ${mode}`,
      ({ port }) => {
        const options = { trust: onlyVersion(version), mode };
        return withTlsClient(port, options, async (client) => {
          assertEquals(client.tls?.protocol, version);
          await backAndForth(client, "file");
        });
      },
    );
  }

  tlsServerTest(
    `FtpClient: many uploads, then many downloads, ${version}`,
    ({ port, served }) =>
      withTlsClient(port, { trust: onlyVersion(version) }, async (client) => {
        for (let time = 0; time < TIMES; time++) {
          await client.upload(BYTES, `up${time}`);
          assertEquals(await Deno.readFile(`${served}/up${time}`), BYTES);
        }
        for (let time = 0; time < TIMES; time++) {
          assertEquals(await client.downloadBytes(`up${time}`), BYTES);
        }
      }),
  );
}

tlsServerTest("FtpPool: four at a time", async ({ port, served }) => {
  const { user, password } = ACCOUNT;
  await using pool = await FtpPool.connect({
    ...tlsOptions(port),
    user,
    password,
    connections: 4,
  });
  const names = Array.from({ length: 4 * TIMES }, (_, at) => `file${at}`);
  await Promise.all(names.map((name, at) =>
    pool.run(async (client) => {
      const bytes = BYTES.subarray(at);
      await client.upload(bytes, name);
      assertEquals(await client.downloadBytes(name), bytes);
    })
  ));
  for (const [at, name] of names.entries()) {
    assertEquals(
      (await Deno.stat(`${served}/${name}`)).size,
      BYTES.length - at,
    );
  }
});

tlsServerTest(
  "FtpClient: listings, empty files, text, and parts of files",
  ({ port }) =>
    withTlsClient(port, {}, async (client) => {
      await client.upload(bytesOf(""), "empty");
      assertEquals(await client.downloadBytes("empty"), bytesOf(""));
      await client.makeDirectory("folder/in folder", { parents: true });
      for (const name of ["a b", "ä", "-x", ".hidden"]) {
        await client.upload(bytesOf(name), `folder/${name}`);
      }
      const found: string[] = [];
      for await (const { name } of client.list("folder", { hidden: true })) {
        found.push(name);
      }
      assertEquals(found.sort(), ["-x", ".hidden", "a b", "in folder", "ä"]);
      await client.upload(bytesOf("one\ntwo\n"), "text", { type: "ascii" });
      const text = await client.downloadBytes("text", { type: "ascii" });
      assertEquals(textOf(text), "one\ntwo\n");
      await client.upload(bytesOf("one"), "more");
      await client.upload(bytesOf(" two"), "more", { append: true });
      await client.upload(bytesOf("one two three"), "more", { resume: true });
      const more = await client.downloadBytes("more");
      assertEquals(textOf(more), "one two three");
    }),
);

tlsServerTest(
  "FtpClient: downloads resume",
  ({ port, served }) =>
    withTlsClient(port, {}, (client) =>
      withFolder(async (local) => {
        await Deno.writeFile(`${served}/big`, BYTES);
        await Deno.utime(`${served}/big`, TIME, TIME);
        await Deno.writeFile(`${local}/big.part`, BYTES.subarray(0, 50_000));
        const { bytes } = await client.download("big", `${local}/big`, {
          resume: true,
        });
        assertEquals(bytes, BYTES.length - 50_000);
        assertEquals(await Deno.readFile(`${local}/big`), BYTES);
        assertEquals((await Deno.stat(`${local}/big`)).mtime, TIME);
      })),
);

tlsServerTest(
  "FtpClient: refused transfers use nothing up",
  ({ port }) =>
    withTlsClient(port, {}, async (client) => {
      for (let time = 0; time < 5; time++) {
        await assertRejects(() => client.downloadBytes("none"), FtpError);
        await assertRejects(() => client.upload(BYTES, "no/file"), FtpError);
      }
      assertEquals(client.closed, null);
      await backAndForth(client, "file");
    }),
);

tlsServerTest(
  "FtpClient: cancelled downloads leave it usable",
  ({ port, served }) =>
    withTlsClient(port, {}, async (client) => {
      await Deno.writeFile(`${served}/big`, MUCH);
      await cancelThrice((signal, onProgress) =>
        client.downloadBytes("big", { signal, onProgress })
      );
      assertEquals(client.closed, null);
      assertEquals(await client.size("big"), MUCH.length);
      await backAndForth(client, "file");
    }),
);

tlsServerTest(
  "FtpClient: cancelled uploads leave it usable",
  ({ port }) =>
    withTlsClient(port, {}, async (client) => {
      await cancelThrice((signal, onProgress) =>
        client.upload(MUCH, "cut", { signal, onProgress })
      );
      assertEquals(client.closed, null);
      await backAndForth(client, "file");
    }),
);

tlsServerTest(
  "FtpClient: listings that are left leave it usable",
  ({ port, served }) =>
    withTlsClient(port, {}, async (client) => {
      for (let count = 0; count < 1000; count++) {
        await Deno.writeTextFile(`${served}/file number ${count}`, "");
      }
      for (let time = 0; time < 3; time++) {
        for await (const _ of client.list("")) break;
      }
      assertEquals(client.closed, null);
      let count = 0;
      for await (const _ of client.list("")) count++;
      assertEquals(count, 1000);
    }),
  { except: { "Pure-FTPd": "it sends the rest of a listing before the next" } },
);

/** Each time as soon as there is some progress. */
async function cancelThrice(
  action: (signal: AbortSignal, onProgress: () => void) => Promise<unknown>,
): Promise<void> {
  for (let time = 0; time < 3; time++) {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    await assertRejects(
      () => action(controller.signal, onProgress),
      DOMException,
    );
  }
}

tlsServerTest(
  "FtpClient: a lost connection comes back, protected",
  ({ port, served }) =>
    withRelay(port, async (relay) => {
      await Deno.writeFile(`${served}/big`, MUCH);
      await Deno.mkdir(`${served}/folder`);
      const options = { retries: 3, retryDelay: 10 };
      await withTlsClient(relay.port, options, async (client) => {
        await client.changeDirectory("folder");
        const before = client.tls;
        relay.cut();
        let isCut = false;
        const onProgress = () => {
          if (!isCut) relay.cut();
          isCut = true;
        };
        const bytes = await client.downloadBytes("/big", { onProgress });
        assertEquals([bytes.length, isCut], [MUCH.length, true]);
        assertNotStrictEquals(client.tls, before);
        assertEquals(client.tls?.peer, before?.peer);
        assertEquals(await client.workingDirectory(), "/folder");
        await backAndForth(client, "/file");
      });
    }),
);

tlsServerTest(
  "FtpClient: big files, both ways",
  ({ port }) =>
    withTlsClient(port, {}, (client) =>
      withFolder(async (local) => {
        const big = new Uint8Array(MEGABYTES << 20);
        for (let at = 0; at < big.length; at += 65_536) {
          crypto.getRandomValues(big.subarray(at, at + 65_536));
        }
        await Deno.writeFile(`${local}/big`, big);
        await client.upload(`${local}/big`, "big");
        await client.download("big", `${local}/back`);
        const back = await Deno.readFile(`${local}/back`);
        assertEquals(await sha256(back), await sha256(big));
      })),
);

async function sha256(bytes: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

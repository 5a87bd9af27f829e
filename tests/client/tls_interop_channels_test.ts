/**
 * Our client with foreign servers where TLS begins earlier, ends earlier, or
 * protects less than all.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { onlyVersion, withTlsClient } from "./tls_client.ts";
import { tlsServerTest, VERSIONS } from "./tls_scene.ts";

async function works(client: FtpClient): Promise<void> {
  for (let time = 0; time < 3; time++) {
    await client.upload(bytesOf(`text ${time}`), "file");
    assertEquals(textOf(await client.downloadBytes("file")), `text ${time}`);
  }
}

for (const version of VERSIONS) {
  const trust = onlyVersion(version);

  tlsServerTest(
    `FtpClient: implicit TLS, ${version}`,
    ({ port }) => {
      const choice = { mode: "implicit" } as const;
      return withTlsClient(port, { trust, choice }, works);
    },
    {
      setting: { implicit: true },
      except: { "Pure-FTPd": "it knows no implicit TLS" },
    },
  );

  tlsServerTest(
    `FtpClient: data in clear, ${version}`,
    ({ port }) => {
      const choice = { data: "clear" } as const;
      return withTlsClient(port, { trust, choice }, works);
    },
    { setting: { lenient: true } },
  );

  tlsServerTest(
    `FtpClient: commands in clear after the login, ${version}`,
    ({ port }) => {
      const choice = { clearCommands: true };
      return withTlsClient(port, { trust, choice }, works);
    },
    {
      setting: { lenient: true },
      except: { "vsftpd": "it has no CCC", "pyftpdlib": "it has no CCC" },
    },
  );
}

tlsServerTest(
  "FtpClient: a server that has no CCC says so",
  async ({ port }) => {
    const using = withTlsClient(
      port,
      { choice: { clearCommands: true } },
      works,
    );
    const { message } = await assertRejects(() => using, Error);
    assertMatch(message, /^CCC: the server said 5\d\d/);
  },
  { except: { "ProFTPD": "it has CCC", "Pure-FTPd": "it has CCC" } },
);

tlsServerTest(
  "FtpClient: data in clear where they must be private",
  async ({ port }) => {
    const using = withTlsClient(port, { choice: { data: "clear" } }, works);
    // Some refuse the words, some what comes of them.
    const { message } = await assertRejects(() => using, Error);
    assertMatch(message, /(PROT C:|the server said) 5\d\d/);
  },
);

tlsServerTest(
  "FtpClient: explicit TLS where it is implicit",
  async ({ port }) => {
    const using = withTlsClient(port, { timeout: 1000 }, works);
    await assertRejects(() => using, NetworkError);
  },
  {
    setting: { implicit: true },
    only: "vsftpd", // It is about our patience.
  },
);

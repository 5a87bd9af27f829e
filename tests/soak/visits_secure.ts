/**
 * Visits over TLS.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { TlsClient } from "../ftp/tls_client.ts";
import { ACCOUNT } from "./scene.ts";
import type { Visit } from "./visit.ts";

/** Visits for servers with TLS. */
export const SECURE: readonly Visit[] = [
  {
    name: "TLS: store, list, fetch, delete",
    weight: 6,
    async run(scene, random) {
      const implicit = random.below(2) === 0;
      using client = await TlsClient.private(scene, { implicit });
      const name = scene.freshName();
      const text = "protected ".repeat(1 + random.below(5000));
      assertEquals((await client.put(`STOR ${name}`, text)).slice(0, 3), "226");
      const listed = await client.fetch(`NLST ${name}`);
      assertEquals(listed.trim().split("/").at(-1), name.split("/").at(-1));
      assertEquals(await client.fetch(`RETR ${name}`), text);
      await client.say(`DELE ${name}`, 250);
      await client.say("QUIT", 221);
    },
  },
  {
    name: "TLS: gone in the middle",
    weight: 4,
    async run(scene, random) {
      const implicit = random.below(2) === 0;
      using client = await TlsClient.open(scene, { implicit });
      if (!implicit) await client.auth();
      if (random.below(2) === 0) await client.say(`USER ${ACCOUNT.user}`, 331);
    },
  },
  {
    name: "TLS: no handshake behind AUTH",
    weight: 2,
    async run(scene, random) {
      using client = await TlsClient.open(scene);
      await client.say("AUTH TLS", 234);
      await client.conn.write(new Uint8Array(1 + random.below(100)));
    },
  },
];

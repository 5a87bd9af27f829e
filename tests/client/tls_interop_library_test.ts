/**
 * The library's TLS as a client with foreign servers, by a dialogue of the
 * test's own: whether sessions are resumed transfer after transfer.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import { connectPlain, Dialogue } from "./tls_dialogue.ts";
import { tlsServerTest, type TlsVersion, VERSIONS } from "./tls_scene.ts";

const BYTES = new Uint8Array(70_001).map((_, at) => at * 7 % 251);
/** Transfers each way; more by hand. */
const TIMES = Number(Deno.env.get("WHARF_TLS_TIMES") ?? 10);
/** The runtime keeps the sessions of so many names. */
const NAMES_KEPT = 32;

/** Tickets of TLS 1.3 are used once. */
const NO_TICKETS: Readonly<Record<string, string>> = {
  "ProFTPD": "it sends no ticket when it takes an upload",
};

function openWith(version: TlsVersion, port: number): Promise<Dialogue> {
  const [minVersion, maxVersion] = [version, version];
  const trust = { insecure: true, minVersion, maxVersion };
  return Dialogue.open(clientTls("localhost", trust), port);
}

/** Whether each of so many downloads resumed the session. */
async function fetchAll(
  dialogue: Dialogue,
  name: string,
  times: number,
): Promise<boolean[]> {
  const resumed: boolean[] = [];
  for (let time = 0; time < times; time++) {
    const { bytes, data } = await dialogue.fetch(`RETR ${name}`);
    assertEquals(bytes, BYTES);
    assertEquals(data.end, "complete");
    resumed.push(data.facts.resumed);
  }
  return resumed;
}

/** Pure-FTPd has no sessions of TLS 1.3 at all. */
function expected(server: string, version: TlsVersion, times: number) {
  return Array(times).fill(server !== "Pure-FTPd" || version === "TLSv1.2");
}

for (const version of VERSIONS) {
  tlsServerTest(
    `clientTls(): downloads resume, ${version}`,
    async ({ server, port, served }) => {
      await Deno.writeFile(`${served}/file`, BYTES);
      const dialogue = await openWith(version, port);
      assertEquals(dialogue.control.facts.protocol, version);
      const resumed = await fetchAll(dialogue, "file", TIMES);
      assertEquals(resumed, expected(server, version, TIMES));
      await dialogue.quit();
    },
  );

  tlsServerTest(
    `clientTls(): uploads resume, ${version}`,
    async ({ server, port, served }) => {
      const dialogue = await openWith(version, port);
      const resumed: boolean[] = [];
      for (let time = 0; time < TIMES; time++) {
        const { data } = await dialogue.give(`STOR ${time}`, BYTES);
        resumed.push(data.facts.resumed);
        assertEquals(await Deno.readFile(`${served}/${time}`), BYTES);
      }
      assertEquals(resumed, expected(server, version, TIMES));
      await dialogue.quit();
    },
    { except: version === "TLSv1.3" ? NO_TICKETS : {} },
  );

  tlsServerTest(
    `clientTls(): four at a time resume their own, ${version}`,
    async ({ server, port, served }) => {
      await Deno.writeFile(`${served}/file`, BYTES);
      const four = await Promise.all(
        [1, 2, 3, 4].map(() => openWith(version, port)),
      );
      const all = await Promise.all(
        four.map((dialogue) => fetchAll(dialogue, "file", 5)),
      );
      const each = expected(server, version, 5);
      assertEquals(all, [each, each, each, each]);
      for (const dialogue of four) await dialogue.quit();
    },
  );

  tlsServerTest(
    `clientTls(): a session outlives many others, ${version}`,
    async ({ server, port, served }) => {
      await Deno.writeFile(`${served}/file`, BYTES);
      const dialogue = await openWith(version, port);
      for (let other = 0; other < NAMES_KEPT; other++) {
        const tls = clientTls("localhost", { insecure: true });
        const plain = await connectPlain(port, "AUTH TLS");
        (await tls.control(plain, AbortSignal.timeout(20_000))).close();
        tls.close();
      }
      const resumed = await fetchAll(dialogue, "file", 2);
      assertEquals(resumed, expected(server, version, 2));
      await dialogue.quit();
    },
    { only: "vsftpd" }, // It is about the runtime.
  );

  tlsServerTest(
    `clientTls(): refused transfers use nothing up, ${version}`,
    async ({ server, port, served }) => {
      await Deno.writeFile(`${served}/file`, BYTES);
      const dialogue = await openWith(version, port);
      for (let time = 0; time < 5; time++) {
        await assertRejects(() => dialogue.fetch("RETR none"), Error, "550");
      }
      const resumed = await fetchAll(dialogue, "file", 2);
      assertEquals(resumed, expected(server, version, 2));
      await dialogue.quit();
    },
  );
}

/**
 * Transfers over TLS that the client or the server ends before their time.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { textOf } from "./byte_cases.ts";
import { play } from "./client_harness.ts";
import type { Answer } from "./client_peer.ts";
import { explicit } from "./client_tls_harness.ts";

const NO_SIZE = { SIZE: "550 No", MDTM: "550 No" };
const TLS = { tls: explicit() };

const HELLO: Answer = async (_, peer) => {
  peer.say("150 Here");
  const data = await peer.secureData();
  data.send("hello");
  data.closeNotify();
  peer.data.end();
  return "226 Done";
};

Deno.test("FtpClient says ABOR before it cuts a download over TLS", () => {
  const enough = new AbortController();
  let isOpen = false;
  return play({
    ...NO_SIZE,
    RETR: async (_, peer) => {
      peer.say("150 Here");
      const data = await peer.secureData();
      data.send("some of it");
    },
    ABOR: (_, peer) => {
      isOpen = !peer.data.isClosed;
      return "426 Aborted\r\n226 Done";
    },
  }, async ({ client, peer }) => {
    const { signal } = enough;
    const onProgress = () => enough.abort();
    await assertRejects(
      () => client.downloadBytes("a", { signal, onProgress }),
      DOMException,
    );
    assertEquals([isOpen, peer.data.isClosed], [true, true]);
    assertEquals(await client.workingDirectory(), "/");
  }, TLS);
});

Deno.test("FtpClient transfers again when the server ends a handshake and waits", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => {
      peer.say("150 About to open a connection");
      peer.data.end();
    },
    ABOR: (_, peer) => {
      peer.on("RETR", HELLO);
      return "226 Aborted";
    },
  }, async ({ client, peer, clock }) => {
    const got = client.downloadBytes("a");
    await peer.heard("RETR");
    while (peer.commands.filter((said) => said === "ABOR").length === 0) {
      await clock.advance(200);
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals(textOf(await got), "hello");
    assertEquals(peer.commands.filter((said) => said === "RETR a").length, 2);
  }, TLS));

import { assert, assertEquals, assertRejects } from "@std/assert";
import { exchange } from "../../client/service/connect.ts";
import { exchangeWith } from "../../client/service/exchange.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { UdpTarget } from "../../client/service/target.ts";
import type { Bytes } from "../../lib/bytes.ts";
import {
  serveUdp,
  type UdpHandler,
  type UdpServer,
} from "../../lib/net/udp.ts";

/** A server on this machine, and where it is. */
async function serve(
  handler: UdpHandler,
  hostname = "127.0.0.1",
): Promise<{ server: UdpServer; target: UdpTarget }> {
  const server = await serveUdp(handler, {
    listen: [{ hostname, port: 0 }],
    mayGrow: true,
  });
  return { server, target: { transport: "udp", ...server.addresses[0]! } };
}

function bytes(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function text(data: Bytes): string {
  return new TextDecoder().decode(data);
}

Deno.test("exchange() returns the answer, of every size from 0 to the largest", async () => {
  const { server, target } = await serve((data) => data);
  await using _ = server;
  for (const size of [0, 1, 1024, 65_507]) {
    const question = new Uint8Array(size).fill(size % 251);
    const answer = await exchange(target, question, { timeout: 5000 });
    assertEquals(answer, question, `${size} bytes`);
  }
});

Deno.test("exchange() knows names, and IPv6", async () => {
  const { server, target } = await serve((data) => data);
  await using _ = server;
  const named = { ...target, hostname: "localhost" };
  assertEquals(text(await exchange(named, bytes("a"), { timeout: 5000 })), "a");
  const six = await serve((data) => data, "::1");
  await using __ = six.server;
  assertEquals(
    text(await exchange(six.target, bytes("b"), { timeout: 5000 })),
    "b",
  );
});

Deno.test("exchange() asks again when nothing comes", async () => {
  let asked = 0;
  const { server, target } = await serve((data) => ++asked < 3 ? null : data);
  await using _ = server;
  const answer = await exchange(target, bytes("again"), { timeout: 600 });
  assertEquals([text(answer), asked], ["again", 3]);
});

Deno.test("exchange() asks only as often as it is told", async () => {
  let asked = 0;
  const { server, target } = await serve(() => (asked++, null));
  await using _ = server;
  const { port } = target;
  const error = await assertRejects(
    () => exchange(target, bytes("x"), { timeout: 100, tries: 1 }),
    ServiceError,
  );
  assertEquals(
    error.message,
    `no reply in 0.1 s from 127.0.0.1:${port} (udp); is a server listening?`,
  );
  assertEquals(asked, 1);
});

Deno.test("exchange() leaves out an address that cannot be sent to", async () => {
  let asked = 0;
  const { server, target } = await serve((data) => ++asked < 3 ? null : data);
  await using _ = server;
  const nowhere = "fe80::1%nosuch";
  const addresses = ["127.0.0.1", nowhere];
  const limits = () => ({ timeout: 600, end: performance.now() + 600 });
  const answer = await exchangeWith(addresses, target, bytes("x"), limits());
  assertEquals([text(answer), asked], ["x", 3]);
  await assertRejects(
    () => exchangeWith([nowhere], target, bytes("x"), limits()),
    ServiceError,
    "cannot send to",
  );
});

Deno.test("exchange() ignores what does not come from the server", async () => {
  const stranger = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const { server, target } = await serve(async (_data, { peer }) => {
    // The stranger's datagram is on its way before the answer is.
    await stranger.send(bytes("wrong"), { transport: "udp", ...peer });
    return bytes("right");
  });
  await using _ = server;
  const answer = await exchange(target, bytes("x"), { timeout: 5000 });
  assertEquals(text(answer), "right");
  stranger.close();
});

Deno.test("exchange() ignores what is no answer", async () => {
  let asked = 0;
  const { server, target } = await serve(() => bytes(String(asked++)));
  await using _ = server;
  const answer = await exchange(target, bytes("x"), {
    timeout: 600,
    accept: (answer) => text(answer) === "1",
  });
  assertEquals(text(answer), "1");
});

Deno.test("exchange() says that a datagram is too long", async () => {
  const { server, target } = await serve((data) => data);
  await using _ = server;
  const error = await assertRejects(
    () => exchange(target, new Uint8Array(65_508), { timeout: 5000 }),
    ServiceError,
  );
  assertEquals(error.kind, "size");
  assert(
    error.message.includes("a datagram holds at most 65507"),
    error.message,
  );
});

Deno.test("exchange() ends with the reason of its signal", async () => {
  const { server, target } = await serve(() => null);
  await using _ = server;
  const controller = new AbortController();
  const reason = new Error("enough");
  const asked = exchange(target, bytes("x"), {
    timeout: 60_000,
    signal: controller.signal,
  });
  controller.abort(reason);
  assertEquals(await assertRejects(() => asked), reason);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import { networkError } from "../../client/ftp/network_errors.ts";
import { socketNetwork } from "../../lib/net/client_network.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { textOf } from "../core/byte_cases.ts";
import { withClient } from "./helpers.ts";
import { CLOSED_PORT, freePort } from "../net/ports.ts";

const hostname = "127.0.0.1";

Deno.test("FtpClient.connect() says in one line that nobody listens", async () => {
  const error = await assertRejects(
    () => FtpClient.connect({ hostname, port: CLOSED_PORT }),
    NetworkError,
    "Cannot connect to 127.0.0.1:1: connection refused",
  );
  assertEquals([error.kind, error.transient], ["refused", true]);
});

Deno.test("FtpClient.connect() tells an unknown name from a dead host", async () => {
  const error = await assertRejects(
    () => FtpClient.connect({ hostname: "no.such.host.invalid" }),
    NetworkError,
    "there is no such host",
  );
  assertEquals([error.kind, error.transient], ["name", false]);
});

Deno.test("networkError() knows what permissions are missing", () => {
  const error = networkError("Cannot connect", new Deno.errors.NotCapable("x"));
  assertEquals(error.kind, "permission");
  assert(error.message.includes("--allow-net"));
});

Deno.test("FtpClient listens in the range that it was given", async () => {
  const port = freePort();
  const sent: string[] = [];
  await withClient(memoryFileSystem({ "/a": "x" }), async (client) => {
    assertEquals(textOf(await client.downloadBytes("/a")), "x");
  }, {
    mode: "active",
    activePorts: { first: port, last: port },
    trace: (event) => "sent" in event && sent.push(event.sent),
  });
  assert(sent.includes(`PORT 127,0,0,1,${port >> 8},${port & 255}`));
});

Deno.test("socketNetwork() says when a range is full", () => {
  const network = socketNetwork();
  const listener = network.listen(hostname);
  const { port } = listener;
  try {
    network.listen(hostname, { first: port, last: port });
    throw new Error("two listeners on one port");
  } catch (error) {
    assert(error instanceof Deno.errors.AddrInUse);
  } finally {
    listener.close();
  }
});

Deno.test("socketNetwork() gives up connecting when told to", async () => {
  const enough = new AbortController();
  const to = { hostname, port: CLOSED_PORT };
  enough.abort(new Error("enough"));
  await assertRejects(
    () => socketNetwork().connect(to, enough.signal),
    Error,
    "enough",
  );
});

Deno.test("socketNetwork() ends one direction and goes on with the other", async () => {
  const network = socketNetwork();
  const listener = network.listen(hostname);
  const accepted = listener.accept();
  const to = { hostname, port: listener.port };
  const client = await network.connect(to, AbortSignal.timeout(5000));
  const server = await accepted;
  await client.closeWrite?.();
  const buffer = new Uint8Array(9);
  assertEquals(await server.read(buffer), null);
  await server.write(new TextEncoder().encode("still"));
  assertEquals(await client.read(buffer), 5);
  client.close();
  await client.closeWrite?.(); // It has ended: no error.
  server.close();
  listener.close();
});

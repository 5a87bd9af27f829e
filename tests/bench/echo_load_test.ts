import { assert, assertEquals, assertRejects } from "@std/assert";
import { serveTcp } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { writeAll } from "../../lib/bytes.ts";
import { buildEchoLoad, type EchoLoad, type Job } from "./echo_load.ts";
import { firstLine } from "./programs.ts";

const SECONDS = 0.1;
const HERE = { hostname: "127.0.0.1", port: 0 } as const;
const compiler = await firstLine(["cc", "-dumpversion"]);

/** A test with the generator; skipped without a C compiler, and says so. */
function loadTest(name: string, body: (load: EchoLoad) => Promise<void>): void {
  const isMissing = compiler === undefined;
  Deno.test({
    name: isMissing ? `${name} (SKIPPED: install gcc)` : name,
    ignore: isMissing,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "echo-load-" });
      try {
        await body(await buildEchoLoad(folder));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Calls `action` with the port of a server that sends `change(bytes)` back. */
async function withTcp(
  action: (port: number) => Promise<void>,
  change = (bytes: Uint8Array<ArrayBuffer>) => bytes,
): Promise<void> {
  await using server = await serveTcp(async (conn) => {
    const buffer = new Uint8Array(65_536);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      await writeAll(conn, change(buffer.subarray(0, count)));
    }
  }, { listen: [{ transport: "tcp", ...HERE }] });
  const [address] = server.addresses;
  if (address?.transport === "tcp") await action(address.port);
}

const TEN: Job = { mode: "tcp", lanes: 10, size: 65_536 };

loadTest("the generator compares what connections bring back", async (load) => {
  await withTcp(async (port) => {
    const { messages, p50, p99 } = await load.verify(port, TEN, SECONDS);
    assert(messages >= TEN.lanes && p50 <= p99);
  });
});

loadTest("the generator finds a wrong byte", async (load) => {
  const flip = (bytes: Uint8Array<ArrayBuffer>) => {
    bytes[bytes.length - 1]! ^= 1;
    return bytes;
  };
  await withTcp(async (port) => {
    const run = () => load.verify(port, TEN, SECONDS);
    await assertRejects(run, Error, "wrong bytes in message 1");
  }, flip);
});

loadTest("the generator finds a byte too many", async (load) => {
  const more = (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array([...bytes, 0]);
  const one: Job = { mode: "tcp", lanes: 1, size: 16 };
  await withTcp(async (port) => {
    const run = () => load.run(port, one, SECONDS);
    await assertRejects(run, Error, "more came than was sent");
  }, more);
});

loadTest("the generator connects anew for each message", async (load) => {
  const job: Job = { mode: "churn", lanes: 3, size: 16 };
  await withTcp(async (port) => {
    assert((await load.verify(port, job, SECONDS)).messages > 3);
  });
});

loadTest(
  "the generator holds idle connections that still work",
  async (load) => {
    const job: Job = { mode: "idle", lanes: 20, size: 16 };
    await withTcp(async (port) => {
      assertEquals(
        await load.whileIdle(port, job, () => Promise.resolve(7)),
        7,
      );
    });
  },
);

loadTest("the generator sends at the pace it is told", async (load) => {
  const job: Job = { mode: "tcp", lanes: 2, size: 16, rate: 100 };
  await withTcp(async (port) => {
    const { messages } = await load.run(port, job, SECONDS);
    // 0.15 s to warm up and 0.1 s that count: 25, or fewer on a slow machine.
    assert(messages <= 26, `${messages} messages`);
  });
});

loadTest("the generator counts the datagrams that get lost", async (load) => {
  let count = 0;
  const server = await serveUdp((data) => ++count % 4 === 0 ? null : data, {
    listen: [HERE],
  });
  const job: Job = { mode: "udp", lanes: 4, size: 1024 };
  const [address] = server.addresses;
  const { messages, lost, stray } = await load.verify(address!.port, job, 0.5);
  await server.stop();
  const { answered, unanswered } = server.counters;
  assert(unanswered > 0 && lost >= unanswered);
  // What came too late was given up before, and counts as lost, too.
  assert(messages + stray <= answered);
});

loadTest("the generator finds an answer of another length", async (load) => {
  const server = await serveUdp((data) => data.subarray(1), { listen: [HERE] });
  const job: Job = { mode: "udp", lanes: 1, size: 16 };
  const [address] = server.addresses;
  const run = () => load.run(address!.port, job, SECONDS);
  await assertRejects(run, Error, "an answer has 15 bytes");
  await server.stop();
});

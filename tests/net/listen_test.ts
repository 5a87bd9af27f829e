import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  formatListenAddress,
  type UnixAddress,
} from "../../lib/net/address.ts";
import { admission } from "../../lib/net/admission.ts";
import { ListenError } from "../../lib/net/listen_error.ts";
import { serveTcp, type TcpServer } from "../../lib/net/tcp.ts";
import { startChild } from "./child.ts";
import { hear, LOOPBACK, say, withFolder } from "./loopback.ts";

function hello(conn: Deno.Conn): Promise<void> {
  return say(conn, "hello");
}

/** Unix sockets are not tested where Deno has none. */
const ignore = Deno.build.os === "windows";

async function failure(opening: Promise<TcpServer>): Promise<ListenError> {
  return await assertRejects(() => opening, ListenError);
}

async function greet(address: UnixAddress): Promise<string> {
  using client = await Deno.connect(address);
  return await hear(client);
}

Deno.test("serveTcp() closes the other sockets when one address is in use", async () => {
  await using other = await serveTcp(hello, { listen: [LOOPBACK] });
  const taken = other.addresses[0]!;
  // A socket left open would fail this test by itself.
  const error = await failure(
    serveTcp(hello, { listen: [LOOPBACK, taken, LOOPBACK] }),
  );
  assertEquals(error.kind, "in-use");
  const prefix = `cannot listen on ${formatListenAddress(taken)}: `;
  assert(
    error.message.startsWith(
      `${prefix}the address is in use by another program`,
    ),
    error.message,
  );
});

Deno.test("serveTcp() says when an address is none of this machine's", async () => {
  const error = await failure(
    serveTcp(hello, { listen: [{ ...LOOPBACK, hostname: "203.0.113.9" }] }),
  );
  assertMatch(
    error.message,
    /^cannot listen on 203\.0\.113\.9:0: this machine has no such address; /,
  );
});

Deno.test("serveTcp() names the flag that the runtime was started without", async () => {
  await using child = startChild({
    flags: ["--allow-net=127.0.0.1:1"],
    args: ["tcp", "127.0.0.1:2121"],
  });
  assertEquals(
    await child.expect("failed"),
    "cannot listen on 127.0.0.1:2121: Deno was started without the permission; add --allow-net=127.0.0.1:2121 to listen there",
  );
});

Deno.test(
  "serveTcp() names each permission a Unix socket needs",
  { ignore },
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/a.sock`;
      const needs = [
        { flags: ["--allow-net"], missing: "read" },
        { flags: ["--allow-net", `--allow-read=${folder}`], missing: "write" },
      ];
      for (const { flags, missing } of needs) {
        await using child = startChild({
          flags,
          args: ["tcp", `unix:${path}`],
        });
        const message = await child.expect("failed");
        assert(
          message.includes(
            `add --allow-${missing}=${path} to create this socket`,
          ),
          message,
        );
      }
    });
  },
);

Deno.test(
  "serveTcp() serves a Unix socket and removes its file when it stops",
  { ignore },
  async () => {
    await withFolder(async (folder) => {
      const address = { transport: "unix", path: `${folder}/a.sock` } as const;
      const peers: unknown[] = [];
      const server = await serveTcp(async (conn, { peer, local }) => {
        peers.push(peer, local);
        await hello(conn);
      }, {
        listen: [address, LOOPBACK],
        admission: admission({ perAddress: 1 }),
      });
      assertEquals(server.addresses[0], address);
      assertEquals(await greet(address), "hello");
      const nobody = { hostname: "", port: 0 };
      assertEquals(peers, [nobody, nobody]);
      await server.stop();
      assertEquals([...Deno.readDirSync(folder)], []);
    });
  },
);

Deno.test("serveTcp() replaces a Unix socket that nobody serves any more", {
  ignore,
}, async () => {
  await withFolder(async (folder) => {
    const address = { transport: "unix", path: `${folder}/a.sock` } as const;
    // Closing removes the file under its first name; under another it stays.
    const dead = Deno.listen({
      transport: "unix",
      path: `${folder}/first.sock`,
    });
    await Deno.rename(`${folder}/first.sock`, address.path);
    dead.close();
    await using _server = await serveTcp(hello, { listen: [address] });
    assertEquals(await greet(address), "hello");
  });
});

Deno.test("serveTcp() leaves a Unix socket alone that somebody serves", {
  ignore,
}, async () => {
  await withFolder(async (folder) => {
    const address = { transport: "unix", path: `${folder}/a.sock` } as const;
    await using _server = await serveTcp(hello, { listen: [address] });
    const error = await failure(serveTcp(hello, { listen: [address] }));
    assertMatch(error.message, /another program listens there/);
    assertEquals(await greet(address), "hello");
  });
});

Deno.test(
  "serveTcp() never removes a file that is no socket",
  { ignore },
  async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/precious`;
      await Deno.writeTextFile(path, "data");
      const error = await failure(
        serveTcp(hello, { listen: [{ transport: "unix", path }] }),
      );
      assertMatch(error.message, /a file that is not a socket is in the way/);
      assertEquals(await Deno.readTextFile(path), "data");
    });
  },
);

Deno.test("serveTcp() says what is wrong with the path of a Unix socket", {
  ignore,
}, async () => {
  await withFolder(async (folder) => {
    const open = (path: string) =>
      failure(serveTcp(hello, { listen: [{ transport: "unix", path }] }));
    const long = await open(`${folder}/${"x".repeat(120)}`);
    assertMatch(
      long.message,
      /the path has \d+ bytes and may have 107; choose a shorter one$/,
    );
    const lost = await open(`${folder}/no/such/folder/a.sock`);
    assertMatch(lost.message, /the folder does not exist/);
  });
});

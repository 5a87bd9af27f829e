/**
 * Pools and segments with real servers, ours and those of others.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpPool } from "../../client/ftp/pool.ts";
import { downloadSegments } from "../../client/ftp/segments.ts";
import {
  type ClientNetwork,
  socketNetwork,
} from "../../lib/net/client_network.ts";
import { admission } from "../../lib/net/admission.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp } from "../../server/ftp/serve.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";

const BIG = new Uint8Array(9_000_001).map((_, at) => at * 7 % 251);
const FEW = 2;
const hostname = "127.0.0.1";

/** A server with `/big`, and where it lets two connections in at most. */
interface Place {
  name: string;
  missing: string;
  run(few: boolean, action: (port: number) => Promise<void>): Promise<void>;
}

const OURS: Place = {
  name: "our server",
  missing: "",
  async run(few, action) {
    const fs = memoryFileSystem({ "/big": BIG });
    await using server = await serveFtp({
      listen: [{ transport: "tcp", hostname, port: 0 }],
      authenticate: listedAccounts([
        { name: "anonymous", password: null, write: false, fs },
      ]),
      ...(few ? { admission: admission({ max: FEW }) } : {}),
    });
    const [address] = server.addresses;
    await action(address?.transport === "tcp" ? address.port : 0);
  },
};

/** Makes a server's configuration let two connections in. */
const LIMITS: Readonly<Record<string, (config: string) => string>> = {
  "vsftpd.conf": (config) => `${config}max_per_ip=${FEW}\n`,
  // It counts on its scoreboard, which a benchmark does without.
  "proftpd.conf": (config) =>
    config.replace(/^PidFile (.*)pid$/m, "$&\nScoreboardFile $1score")
      .replace(/^ScoreboardFile none\n/m, "")
      .replace("</Anonymous>", `MaxClientsPerHost ${FEW}\n$&`),
};

const CONFIGS: Readonly<Record<string, string>> = {
  "vsftpd": "vsftpd.conf",
  "ProFTPD": "proftpd.conf",
};

function limited(server: Candidate): Candidate {
  const name = CONFIGS[server.name] ?? "";
  return {
    ...server,
    async prepare(place) {
      const recipe = await server.prepare(place);
      const path = `${place.scratch}/${name}`;
      const config = LIMITS[name]!(await Deno.readTextFile(path));
      await Deno.writeTextFile(path, config);
      return recipe;
    },
  };
}

const OTHERS = (await findServers())
  .filter(({ name }) => !name.startsWith("Wharf"))
  .map((server): Place => ({
    name: server.name,
    missing: isFound(server) ? "" : ` (skipped: ${server.reason})`,
    run: (few, action) =>
      withFolder(async (served) => {
        await Deno.chmod(served, 0o755);
        await Deno.writeFile(`${served}/big`, BIG);
        const candidate = server as Candidate;
        await withServer(few ? limited(candidate) : candidate, served, action);
      }),
  }));

/**
 * A network on which no data arrives before a second data connection is made:
 * one that is quick must not do the work of two.
 */
function inCompany(controlPort: number): ClientNetwork {
  const network = socketNetwork();
  const second = Promise.withResolvers<void>();
  let dataConnections = 0;
  return {
    ...network,
    async connect(to, signal) {
      const connection = await network.connect(to, signal);
      if (to.port === controlPort) return connection;
      if (++dataConnections === 2) second.resolve();
      return {
        ...connection,
        read: async (buffer) => {
          await second.promise;
          return await connection.read(buffer);
        },
      };
    },
  };
}

for (const { name, missing, run } of [OURS, ...OTHERS]) {
  const ignore = missing !== "";
  Deno.test({
    name: `downloadSegments() and ${name}${missing}`,
    ignore,
    fn: () =>
      run(false, (port) =>
        withFolder(async (folder) => {
          const path = `${folder}/big`;
          const network = inCompany(port);
          await using pool = await FtpPool.connect({ hostname, port, network });
          await downloadSegments(pool, "/big", path);
          assertEquals(await Deno.readFile(path), BIG);
          assert(pool.connections > 1);
          const cancel = new AbortController();
          const options = { resume: true, signal: cancel.signal };
          await assertRejects(
            () =>
              downloadSegments(pool, "/big", `${path}2`, {
                ...options,
                onProgress: ({ position }) =>
                  position > BIG.length / 2 &&
                  cancel.abort(new Error("enough")),
              }),
            Error,
            "enough",
          );
          const { bytes } = await downloadSegments(pool, "/big", `${path}2`, {
            resume: true,
          });
          assert(bytes <= BIG.length / 2, `${bytes} bytes`);
          assertEquals(await Deno.readFile(`${path}2`), BIG);
          assertEquals(Array.from(Deno.readDirSync(folder)).length, 2);
        })),
  });

  Deno.test({
    name: `FtpPool does many short tasks with ${name}${missing}`,
    ignore,
    fn: () =>
      run(false, async (port) => {
        for (const connections of [1, 3]) {
          await using pool = await FtpPool.connect({
            hostname,
            port,
            connections,
          });
          // A busy machine may do all with one connection before it has another.
          for (let round = 0; round < 20; round++) {
            const tasks = Array.from({ length: 60 }, (_, n) =>
              pool.run((client, signal) =>
                n % 3 > 0
                  ? client.size("/big", { signal })
                  : client.downloadBytes("/big", { signal }).then((bytes) =>
                    bytes.length
                  ), { overlap: n % 2 > 0 }));
            const sizes = new Set(await Promise.all(tasks));
            assertEquals([...sizes], [BIG.length]);
            if (pool.connections === connections) {
              break;
            }
          }
          assertEquals(pool.connections, connections);
        }
      }),
  });
}

for (const { name, missing, run } of [OURS, ...OTHERS]) {
  if (name !== OURS.name && CONFIGS[name] === undefined) continue;
  Deno.test({
    name: `FtpPool learns how many connections ${name} allows${missing}`,
    ignore: missing !== "",
    fn: () =>
      run(true, async (port) => {
        await using pool = await FtpPool.connect({
          hostname,
          port,
          connections: 5,
        });
        // A busy machine may do all with one connection before it has another.
        for (let round = 0; pool.limit > FEW && round < 20; round++) {
          const tasks = Array.from({ length: 20 }, () =>
            pool.run((client, signal) =>
              client.downloadBytes("/big", { signal })
            ));
          for (const bytes of await Promise.all(tasks)) {
            assertEquals(bytes.length, BIG.length);
          }
        }
        assertEquals([pool.connections, pool.limit], [FEW, FEW]);
      }),
  });
}

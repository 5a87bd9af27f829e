/**
 * The client with foreign servers: those of the benchmark, where installed.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { FtpError } from "../../client/ftp/errors.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { findAccountServers } from "./account_servers.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";

const BIG = new Uint8Array(3_000_001).map((_, at) => at * 7 % 251);
const TIME = new Date("2020-02-03T04:05:06Z");

/** What a test with a foreign server has. */
interface Scene {
  client: FtpClient;
  /** The folder that the server serves. */
  served: string;
  /** Where the client may write on the server, as the server names it. */
  home: string;
  /** A folder for the client's files. */
  local: string;
}

async function play(
  candidate: Candidate,
  mode: "passive" | "active",
  action: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withFolder(async (served) => {
    await Deno.chmod(served, 0o755);
    // vsftpd writes as a user of its own, and never into the root.
    await Deno.mkdir(`${served}/home`);
    await Deno.chmod(`${served}/home`, 0o777);
    await withServer(candidate, served, (port) =>
      withFolder(async (local) => {
        const hostname = "127.0.0.1";
        await using client = await FtpClient.connect({ hostname, port, mode });
        const { account } = candidate;
        await client.login(account?.user, account?.password);
        await action({ client, served, home: "/home", local });
      }));
  });
}

const ANONYMOUS = (await findServers()).filter(({ name }) =>
  ["vsftpd", "ProFTPD", "pyftpdlib"].includes(name)
);
// It lets anonymous users rename nothing, make no folder and read no dot file.
const PERSONAL = (await findAccountServers()).filter(({ name }) =>
  name === "Pure-FTPd"
);
const SERVERS = [...ANONYMOUS, ...PERSONAL];

/** `except` says what a server cannot do. */
function serverTest(
  name: string,
  action: (scene: Scene) => Promise<void>,
  except: Readonly<Record<string, string>> = {},
): void {
  for (const server of SERVERS) {
    const why = isFound(server) ? except[server.name] : server.reason;
    const missing = why === undefined ? "" : ` (skipped: ${why})`;
    for (const mode of ["passive", "active"] as const) {
      Deno.test({
        name: `FtpClient and ${server.name}, ${mode}: ${name}${missing}`,
        ignore: missing !== "",
        fn: () => play(server as Candidate, mode, action),
      });
    }
  }
}

serverTest("files go up and down whole", async ({ client, home, local }) => {
  const path = `${local}/big`;
  await Deno.writeFile(path, BIG);
  await client.upload(path, `${home}/a b ä`);
  await client.upload(bytesOf(""), `${home}/empty`);
  assertEquals(await client.size(`${home}/a b ä`), BIG.length);
  await client.download(`${home}/a b ä`, `${local}/got`);
  await client.download(`${home}/empty`, `${local}/nothing`);
  assertEquals(await Deno.readFile(`${local}/got`), BIG);
  assertEquals(await Deno.readFile(`${local}/nothing`), bytesOf(""));
});

serverTest("downloads resume, with their time", async (scene) => {
  const { client, served, local } = scene;
  await Deno.writeFile(`${served}/home/big`, BIG);
  await Deno.utime(`${served}/home/big`, TIME, TIME);
  await Deno.writeFile(`${local}/big.part`, BIG.subarray(0, 1_000_000));
  const { bytes } = await client.download("/home/big", `${local}/big`, {
    resume: true,
  });
  assertEquals(bytes, BIG.length - 1_000_000);
  assertEquals(await Deno.readFile(`${local}/big`), BIG);
  assertEquals((await Deno.stat(`${local}/big`)).mtime, TIME);
});

serverTest("listings have every name", async ({ client, served, home }) => {
  const files = ["-rf", "a  b", " x", "|touch y", "ä", "[1]", ".hidden"];
  for (const name of files) {
    await Deno.writeTextFile(`${served}${home}/${name}`, name);
  }
  await Deno.mkdir(`${served}${home}/d`);
  const found = new Map<string, string>();
  for await (const { name, type } of client.list(home, { hidden: true })) {
    found.set(name, type);
  }
  assertEquals([...found.keys()].sort(), [...files, "d"].sort());
  assertEquals(found.get("d"), "directory");
  const entry = await client.stat(`${home}/a  b`);
  assertEquals([entry?.type, entry?.size], ["file", 4]);
  assertEquals(await client.stat(`${home}/none`), null);
  for (const name of files) {
    const bytes = await client.downloadBytes(`${home}/${name}`);
    assertEquals(textOf(bytes), name);
  }
});

serverTest("folders are changed and made", async ({ client, home }) => {
  await client.changeDirectory(home);
  assertEquals(await client.workingDirectory(), home);
  await client.makeDirectory("x/y/z", { parents: true });
  await client.makeDirectory(`${home}/x/y/z`, { parents: true });
  assertEquals((await client.stat("x/y/z"))?.type, "directory");
  await assertRejects(() => client.makeDirectory("x"), FtpError);
});

serverTest("a cancelled download leaves it usable", async (scene) => {
  const { client, served } = scene;
  await Deno.writeFile(`${served}/home/big`, new Uint8Array(50 << 20));
  for (let times = 0; times < 3; times++) {
    const enough = new AbortController();
    const onProgress = () => enough.abort();
    await assertRejects(
      () =>
        client.downloadBytes("/home/big", {
          signal: enough.signal,
          onProgress,
        }),
      DOMException,
    );
    assertEquals(client.closed, null);
    assertEquals(await client.size("/home/big"), 50 << 20);
  }
});

serverTest("a listing may be left in the middle", async (scene) => {
  const { client, served, home } = scene;
  for (let n = 0; n < 3000; n++) {
    await Deno.writeTextFile(`${served}${home}/file number ${n}`, "");
  }
  for await (const { type } of client.list(home)) {
    assertEquals(type, "file");
    break;
  }
  assertEquals(client.closed, null);
  let count = 0;
  for await (const _ of client.list(home)) count++;
  assertEquals(count, 3000);
}, {
  "Pure-FTPd": "it sends the rest of the listing before the next one",
});

serverTest("what may be changed is changed", async (scene) => {
  const { client, served, home } = scene;
  await client.upload(bytesOf("hello"), `${home}/a`);
  await client.rename(`${home}/a`, `${home}/b`);
  await client.upload(bytesOf(" you"), `${home}/b`, { append: true });
  assertEquals(textOf(await client.downloadBytes(`${home}/b`)), "hello you");
  await client.setModified(`${home}/b`, TIME);
  assertEquals(await client.modified(`${home}/b`), TIME);
  await client.upload(bytesOf("hello you too"), `${home}/b`, { resume: true });
  assertEquals(
    textOf(await client.downloadBytes(`${home}/b`)),
    "hello you too",
  );
  // ProFTPD hears no name behind STOU: the file goes where the session is.
  await client.changeDirectory(home);
  const unique = { unique: true };
  const { path } = await client.upload(bytesOf("x"), `${home}/b`, unique);
  assert(path !== null && path !== `${home}/b`);
  await client.remove(`${home}/b`);
  assertEquals(await client.stat(`${home}/b`), null);
  await Deno.mkdir(`${served}/precious`);
  await Deno.writeTextFile(`${served}/precious/file`, "precious");
  await Deno.mkdir(`${served}/home/d/e`, { recursive: true });
  await Deno.chmod(`${served}/home/d`, 0o777);
  await Deno.writeTextFile(`${served}/home/d/.x`, "");
  await Deno.symlink("../../precious", `${served}/home/d/link`);
  await client.removeDirectory("/home/d", { recursive: true });
  assertEquals(await client.stat("/home/d"), null);
  const left = await Deno.readTextFile(`${served}/precious/file`);
  assertEquals(left, "precious");
});

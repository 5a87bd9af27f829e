/**
 * Hashes by a server of others: ProFTPD with its module `mod_digest`.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { dirname } from "node:path";
import { FtpClient } from "../../client/ftp/client.ts";
import { FtpError } from "../../client/ftp/errors.ts";
import { compareByHash, localHash } from "../../client/ftp/hash.ts";
import {
  HASH_DIGITS,
  type HashAlgorithm,
} from "../../client/ftp/hash_offer.ts";
import { localFiles } from "../../client/ftp/local_files.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";

const [server] = (await findServers()).filter(({ name }) => name === "ProFTPD");
const reason = server === undefined || isFound(server)
  ? ""
  : ` (skipped: ${server.reason})`;

/** Where its modules are: unpacked beside it, or installed. */
async function modules(): Promise<string> {
  const unpacked = `${dirname(Deno.env.get("PROFTPD") ?? "/")}/usr/lib/proftpd`;
  const found = await Deno.stat(unpacked).catch(() => null);
  return found === null ? "/usr/lib/proftpd" : unpacked;
}

function withDigests(server: Candidate): Candidate {
  return {
    ...server,
    async prepare(place) {
      const recipe = await server.prepare(place);
      const path = `${place.scratch}/proftpd.conf`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(
        path,
        `ModulePath ${await modules()}\nLoadModule mod_digest.c\n` +
          `DigestEngine on\nDigestAlgorithms all\n${text}`,
      );
      return recipe;
    },
  };
}

Deno.test({
  name: `FtpClient.hash() and ProFTPD agree with localHash()${reason}`,
  ignore: reason !== "",
  fn: () =>
    withFolder(async (served) => {
      await Deno.chmod(served, 0o755);
      const files = localFiles();
      const path = `${served}/a "b" c`;
      await Deno.writeTextFile(path, "hello".repeat(100_000));
      await withServer(
        withDigests(server as Candidate),
        served,
        async (port) => {
          await using client = await FtpClient.connect({
            hostname: "127.0.0.1",
            port,
          });
          await client.login();
          const name = '/a "b" c';
          for (const algorithm of Object.keys(HASH_DIGITS) as HashAlgorithm[]) {
            const hash = await localHash(files, path, algorithm);
            const there = await client.hash(name, { algorithm });
            assertEquals(there, { algorithm, hash });
          }
          assertEquals((await client.hash(name))?.algorithm, "sha512");
          const compare = () => compareByHash(client, name, files, path);
          assertEquals(await compare(), "same");
          await Deno.writeTextFile(`${served}/other`, "hallo");
          assertEquals(
            await compareByHash(client, "/other", files, path),
            "different",
          );
          await assertRejects(() => client.hash("/none"), FtpError, "550");
        },
      );
    }),
});

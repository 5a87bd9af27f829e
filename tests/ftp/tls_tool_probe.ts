/**
 * Gives up permissions as the warden of `ftpd` does for a command line with
 * `--tls-cert`, and prints what is left: for each attempt `done` or what was
 * thrown. The last argument is a folder outside of what is served.
 *
 * @module
 */

import { readRequest } from "../../server/ftp/options.ts";
import { grantsOf } from "../../server/ftp/settings.ts";
import {
  giveUpEnvironment,
  giveUpFiles,
  workerPermissions,
} from "../../server/warden/permissions.ts";

const { settings } = readRequest(Deno.args.slice(0, -1));
const outside = Deno.args.at(-1)!;
const [pair] = settings.tls!.certificates;
const grants = grantsOf(settings);
const source = new URL("../..", import.meta.url).pathname;
const { read } = await workerPermissions(grants);
await giveUpEnvironment();
await giveUpFiles(grants, source);

const results: Record<string, string> = { "a worker reads": String(read) };
for (
  const [name, attempt] of Object.entries({
    "read the key": () => Deno.readTextFile(pair!.key),
    "look at the key": () => Deno.stat(pair!.key),
    "read the certificate": () => Deno.readTextFile(pair!.cert),
    "read beside the key": () => Deno.readTextFile(`${outside}/secret`),
    "list beside the key": () => Array.fromAsync(Deno.readDir(outside)),
    "write the key": () => Deno.writeTextFile(pair!.key, "new"),
    "remove the key": () => Deno.remove(pair!.key),
    "read the environment": () => Deno.env.get("HOME"),
  })
) {
  try {
    await attempt();
    results[name] = "done";
  } catch (error) {
    results[name] = String(error);
  }
}
console.log(JSON.stringify(results));

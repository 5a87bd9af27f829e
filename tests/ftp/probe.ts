/**
 * Starts `probe_worker.ts` with exactly the permissions that `ftpd` gives its
 * own workers for the same command line, and prints what it could do.
 *
 * The last two arguments are a folder outside of what is served and a port
 * that is none of the server's.
 *
 * @module
 */

import { readText } from "../../server/ftp/config/read_text.ts";
import { completeRequest } from "../../server/ftp/options.ts";
import { workerPermissions } from "../../server/warden/permissions.ts";
import { grantsOf } from "../../server/ftp/settings.ts";

const args = Deno.args.slice(0, -2);
const [outside, port] = Deno.args.slice(-2);
const { settings } = await completeRequest(args, { readText });
const permissions = await workerPermissions(grantsOf(settings));
const worker = new Worker(new URL("./probe_worker.ts", import.meta.url), {
  type: "module",
  deno: { permissions },
});
worker.onmessage = ({ data }) => {
  console.log(JSON.stringify(data));
  Deno.exit(0);
};
worker.onerror = ({ message }) => {
  console.error(message);
  Deno.exit(1);
};
worker.postMessage({
  root: settings.accounts[0]!.root,
  mounts: settings.accounts[0]!.mounts?.map(({ root }) => root),
  files: [
    ...[settings.reload?.files ?? [], settings.control ?? []].flat(),
    ...[settings.logs?.file ?? [], settings.logs?.xferlog ?? []].flat(),
  ],
  outside,
  port: Number(port),
});

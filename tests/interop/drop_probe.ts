/**
 * Starts the prober of `tests/ftp/` with exactly the permissions that `dropd`
 * gives its worker for the same command line, and prints what it could do.
 *
 * The last two arguments are a folder outside of what is served and a port
 * that is none of the server's.
 *
 * @module
 */

import { parseOptions } from "../../lib/cli.ts";
import { DROPD } from "../../server/dropd.ts";
import { grantsOf } from "../../server/service/grants.ts";
import { workerPermissions } from "../../server/warden/permissions.ts";

if (import.meta.main) {
  const plan = DROPD.plan(parseOptions(DROPD.tool, Deno.args.slice(0, -2)));
  const [outside, port] = Deno.args.slice(-2);
  const permissions = await workerPermissions(grantsOf(plan, { allow: [] }));
  const url = new URL("../ftp/probe_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", deno: { permissions } });
  worker.onmessage = ({ data }) => {
    console.log(JSON.stringify(data));
    Deno.exit(0);
  };
  worker.onerror = ({ message }) => {
    console.error(message);
    Deno.exit(1);
  };
  const root = plan.paths?.[0]?.path;
  worker.postMessage({ root, outside, port: Number(port) });
}

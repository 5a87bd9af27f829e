/**
 * Runs `dropc`, then prints which files it could still have read and written.
 *
 * @module
 */

import { main } from "../../client/dropc.ts";
import { writeOut } from "../../lib/cli.ts";

await main(Deno.args);
const left = (["read", "write"] as const).filter((name) =>
  Deno.permissions.querySync({ name }).state === "granted"
);
writeOut(`${left.join(" and ") || "nothing"}\n`);

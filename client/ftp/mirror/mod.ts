/**
 * Mirrors: a local folder and one on a server made the same, in either
 * direction, by a plan that can be looked at first.
 *
 * @module
 */

import { carryOut } from "./carry_out.ts";
import { prepareJob } from "./job.ts";
import type { MirrorOptions, MirrorSide } from "./options.ts";
import { makePlan } from "./plan.ts";
import type { Planning } from "./planning.ts";
import type { MirrorPlan, MirrorResult } from "./step.ts";

export type {
  MirrorComparison,
  MirrorOptions,
  MirrorSide,
  RemoteSide,
} from "./options.ts";
export type { FilterOptions } from "./filter.ts";
export type { NameRules } from "./local_name.ts";
export type {
  MirrorAction,
  MirrorEntry,
  MirrorFailure,
  MirrorPlan,
  MirrorResult,
  MirrorStep,
  MirrorStepState,
} from "./step.ts";

/**
 * Tells what {@linkcode mirror} would do, and why, and does nothing.
 *
 * @throws As {@linkcode mirror} does.
 *
 * @example
 * ```ts ignore
 * import { FtpPool, planMirror } from "@wharf/wharf";
 * await using pool = await FtpPool.connect({ hostname: "ftp.example.org" });
 * const { steps } = await planMirror({ pool, path: "/pub" }, "./pub");
 * for (const { action, path, reason } of steps) {
 *   if (action !== "skip") console.log(action, path, reason);
 * }
 * ```
 */
export async function planMirror(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
): Promise<MirrorPlan> {
  const job = await prepareJob(source, target, options);
  return planOf(await makePlan(job));
}

/**
 * Makes a folder like another one, of which one is local and one on a server.
 *
 * Both are listed and compared first; then folders are made, files moved as
 * many at a time as the pool has connections, and, if wanted, what the source
 * lacks is removed. One file that fails does not keep the others: see `failed`
 * of the result. Names that could leave the target, that this system cannot
 * have, or that it takes for another one are skipped, with the reason.
 *
 * @throws {TypeError} unless exactly one side is on a server.
 * @throws {LocalError} when there is no local source, or the disk is full.
 * @throws {FtpError} when the server has no such source.
 * @throws {ProtocolError} when a side has more entries than allowed.
 * @throws {NetworkError} when the connection is lost for good.
 * @throws The reason of an aborted signal; what is unfinished can be resumed.
 *
 * @example
 * ```ts
 * import { FtpPool, listedAccounts, memoryFileSystem, mirror, serveFtp } from "@wharf/wharf";
 * const fs = memoryFileSystem({ "/pub/a": "Hello, ", "/pub/more/b": "world!" });
 * const hostname = "127.0.0.1";
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname, port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: false, fs },
 *   ]),
 * });
 * const { port } = server.addresses[0] as Deno.NetAddr;
 * const folder = await Deno.makeTempDir();
 *
 * await using pool = await FtpPool.connect({ hostname, port });
 * const { done, failed } = await mirror({ pool, path: "/pub" }, folder);
 * console.assert(done.add === 2 && failed.length === 0);
 * console.assert(await Deno.readTextFile(`${folder}/more/b`) === "world!");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function mirror(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  const job = await prepareJob(source, target, options);
  const planning = await makePlan(job);
  const plan = planOf(planning);
  if (options.dryRun) return { ...plan, done: NOTHING, moved: 0 };
  const { failed, done, moved } = await carryOut(planning);
  return { ...plan, failed, done, moved };
}

const NOTHING = { add: 0, update: 0, delete: 0, skip: 0, folder: 0 } as const;

function planOf({ steps, failed }: Planning): MirrorPlan {
  let bytes = 0;
  for (const { action, size } of steps) {
    if (action === "add" || action === "update") bytes += size ?? 0;
  }
  return { steps, failed, bytes };
}

/**
 * The frame around a small server's program: reads the command line, starts
 * one confined worker, says when it is ready, counts when asked, and stops it.
 *
 * @module
 */

import {
  EXIT,
  type OptionTable,
  type Parsed,
  runTool,
  stopSignals,
  ToolError,
  UsageError,
  writeErr,
  writeOut,
} from "../../lib/cli.ts";
import { listenFor } from "../../lib/cli/signals.ts";
import { createLog, type Log } from "../../lib/log.ts";
import { ListenError } from "../../lib/net/listen_error.ts";
import { notifyReady } from "../../lib/net/notify.ts";
import { visible, visibleJson } from "../../lib/visible.ts";
import {
  canStartWorkers,
  numericHost,
  realFile,
  realFolder,
  sourceFolder,
} from "../warden/ground.ts";
import {
  availableGrants,
  giveUpFiles,
  giveUpNetwork,
  type Grant,
  missingLines,
  workerPermissions,
} from "../warden/permissions.ts";
import { outliveFileLimit } from "../warden/outlive.ts";
import { Post } from "../warden/post.ts";
import { formatAddress } from "./address.ts";
import { grantsOf } from "./grants.ts";
import { refuseBesideInetd, serveInetd } from "./inetd.ts";
import { type Limits, readLimits, type SharedValues } from "./options.ts";
import type { Address, Plan, ServiceProgram } from "./program.ts";
import { type Order, takeOrders } from "./worker.ts";

/**
 * Runs a small server on a command line, answers `--help` and `--version`, and
 * returns the exit code. `exit` ends the process at once, when somebody asks a
 * second time to stop.
 */
export function runService<O extends OptionTable>(
  program: ServiceProgram<O>,
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  return runTool(program.tool, args, async (parsed) => {
    const limits = readLimits(parsed.options as unknown as SharedValues);
    if (limits.inetd) refuseBesideInetd(parsed.given);
    const plan = program.plan(parsed);
    // Never given up: a signal in the last moment must not end it by default.
    const stop = stopSignals({ onSecond: () => exit(EXIT.failed) });
    const found = await told(lookAround(plan, limits));
    const run = { program, args, parsed, plan: found, limits };
    return limits.inetd
      ? await inetd(run, stop.signal)
      : await told(serve(run, stop.signal));
  });
}

interface Run<O extends OptionTable> {
  readonly program: ServiceProgram<O>;
  readonly args: readonly string[];
  readonly parsed: Parsed<O>;
  readonly plan: Required<Pick<Plan, "paths" | "endpoints">> & Plan;
  readonly limits: Limits;
}

/** Trouble with the network has an exit code of its own. */
async function told<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof ListenError) {
      throw new ToolError(error.message, EXIT.network);
    }
    throw error;
  }
}

/** The plan with numeric hosts and real paths. */
async function lookAround(
  plan: Plan,
  { inetd }: Limits,
): Promise<Required<Pick<Plan, "paths">> & Plan> {
  const paths = [];
  for (const one of plan.paths ?? []) {
    const real = one.kind === "folder" ? realFolder : realFile;
    paths.push({ ...one, path: await real(one.path) });
  }
  if (inetd) return { ...plan, paths };
  const endpoints = [];
  for (const endpoint of plan.endpoints) {
    endpoints.push({ ...endpoint, at: await findAddress(endpoint.at) });
  }
  refuseTwins(endpoints);
  return { ...plan, paths, endpoints };
}

/** The system would say that another program has the address. */
function refuseTwins(endpoints: Plan["endpoints"]): void {
  const urls = endpoints
    .filter(({ at }) => at.transport === "unix" || at.port !== 0)
    .map(({ at }) => formatAddress(at));
  const twin = urls.find((url, index) => urls.indexOf(url) !== index);
  if (twin !== undefined) throw new UsageError(`${twin} is named twice`);
}

async function findAddress(at: Address): Promise<Address> {
  if (at.transport !== "unix") {
    return { ...at, hostname: numericHost(at) };
  }
  return { ...at, path: await socketPath(at.path) };
}

/** A socket that cannot be there is trouble with the network. */
async function socketPath(path: string): Promise<string> {
  try {
    return await realFile(path);
  } catch (error) {
    throw new ToolError((error as Error).message, EXIT.network);
  }
}

async function serve<O extends OptionTable>(
  { program, args, parsed, plan, limits }: Run<O>,
  signal: AbortSignal,
): Promise<number> {
  const { log: format, quiet } = parsed.options;
  const log = createLog({ format, quiet });
  const { granted, missing } = await availableGrants(grantsOf(plan, limits));
  refuse(missing);
  tellMissing(program, missing, format, log);
  const apart = await canStartWorkers();
  const permissions = apart ? await workerPermissions(granted) : null;
  if (!apart) await giveUpFiles(granted, null);
  const post = new Post<Address>({
    module: program.module,
    grace: limits.grace,
    signal,
    log,
    permissions: (bound) => withBound(permissions, bound),
    start: (bound): Order => ({
      kind: "start",
      args,
      endpoints: plan.endpoints.map((endpoint, index) => ({
        ...endpoint,
        at: bound?.[index] ?? endpoint.at,
      })),
      paths: plan.paths.map(({ path }) => path),
    }),
    here: (report) => takeOrders(program, report),
  });
  const addresses = await post.start();
  const deaf = listenFor(Deno, "SIGUSR1", () => post.send({ kind: "count" }));
  const outlived = outliveFileLimit();
  await notifyReady();
  if (apart) await giveUpFiles(granted, sourceFolder());
  const ready = readyText(program.tool.name, plan, addresses, format);
  if (plan.output === "bytes") writeErr(ready);
  else writeOut(ready);
  await post.finished;
  outlived();
  deaf();
  return EXIT.done;
}

function refuse(missing: readonly Grant[]): void {
  const lack = missing.find(({ feature }) => feature === "serving");
  if (lack === undefined) return;
  const { name, scope } = lack;
  throw new ToolError(
    `cannot serve ${scope}: the runtime needs --allow-${name}=${scope}`,
    EXIT.network,
  );
}

function tellMissing<O extends OptionTable>(
  { tool }: ServiceProgram<O>,
  missing: readonly Grant[],
  format: "text" | "json",
  log: Log,
): void {
  for (const line of missingLines(missing)) {
    if (format === "json") log.warn("permission", { lack: line });
    else writeErr(`${tool.name}: ${line}\n`);
  }
}

/** Whoever takes a worker's place listens on ports that were 0 before. */
function withBound(
  permissions: Deno.PermissionOptionsObject | null,
  bound: readonly Address[] | null,
): Deno.PermissionOptionsObject | null {
  if (permissions === null || !Array.isArray(permissions.net)) {
    return permissions;
  }
  const net = (bound ?? []).flatMap((address) =>
    address.transport === "unix"
      ? []
      : formatAddress(address).replace(/^\w+:\/\//, "")
  );
  return { ...permissions, net: [...new Set([...permissions.net, ...net])] };
}

function readyText(
  name: string,
  { about, output }: Plan,
  addresses: readonly Address[],
  format: "text" | "json",
): string {
  const urls = addresses.map(formatAddress);
  if (format === "json" || output === "json") {
    const ready = JSON.stringify({ event: "ready", urls, about });
    return `${visibleJson(ready)}\n`;
  }
  const behind = about === undefined ? "" : ` ${about}`;
  return `${visible(`${name} ready on ${urls.join(" and ")}${behind}`)}\n`;
}

/** Serves the connection that is standard input, with no network at all. */
async function inetd<O extends OptionTable>(
  { program, parsed, plan, limits }: Run<O>,
  signal: AbortSignal,
): Promise<number> {
  const paths = plan.paths.map(({ path }) => path);
  const { granted } = await availableGrants(
    grantsOf({ endpoints: [], paths: plan.paths }, limits),
  );
  await giveUpFiles(granted, null);
  await giveUpNetwork();
  // Standard error is the connection, too: there is nobody to tell.
  const log = createLog({ format: "text", write: () => {} });
  const done = new AbortController();
  const world = {
    ...{ log, paths, addresses: () => [] },
    signal: AbortSignal.any([signal, done.signal]),
    stop: () => done.abort(),
  };
  const services = program.services(parsed, world);
  const service = services[plan.endpoints[0]?.service ?? ""] ?? {};
  return await serveInetd({ service, limits, log, signal: world.signal });
}

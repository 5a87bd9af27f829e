/**
 * The runtime's permissions: which of those that settings mean are there, and
 * giving up the rest.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { formatHostPort } from "../../lib/net/address.ts";

/** One thing that a server must be allowed to do. */
export interface Grant {
  /** Deno's name of the permission: `--allow-NAME`. */
  readonly name: "read" | "write" | "net" | "sys";
  /** What it is scoped to; `*` is everything. */
  readonly scope: string;
  /** What the server can't do without it, such as `uploads`. */
  readonly feature: string;
  /** `warden` for what no worker gets. @default the warden and every worker */
  readonly keeper?: "warden";
  /** Whether nobody needs to hear that it is missing. @default {false} */
  readonly isSpare?: boolean;
}

/** What a worker is allowed, as the runtime takes it. */
export type WorkerPermissions = Deno.PermissionOptionsObject;

/** Which grants the runtime gives, and which it does not. */
export interface Available {
  /** What the server may do. */
  granted: Grant[];
  /** What it was not allowed. */
  missing: Grant[];
}

/** Asks the runtime about every grant; never prompts. */
export async function availableGrants(
  grants: readonly Grant[],
): Promise<Available> {
  const granted: Grant[] = [];
  const missing: Grant[] = [];
  for (const grant of grants) {
    const { state } = await Deno.permissions.query(descriptorOf(grant));
    (state === "granted" ? granted : missing).push(grant);
  }
  return { granted, missing };
}

/** One line for each feature that narrower flags leave out. */
export function missingLines(missing: readonly Grant[]): string[] {
  const features = new Set(
    missing.filter(({ isSpare }) => !isSpare).map(({ feature }) => feature),
  );
  return [...features].map((feature) => {
    const lacking = missing.filter((grant) => grant.feature === feature);
    const scopes = lacking.map(({ scope }) => scope);
    const value = scopes.includes("*") ? "" : `=${scopes.join(",")}`;
    const { name } = lacking[0]!;
    return `no ${feature}: the runtime needs --allow-${name}${value}`;
  });
}

/** The word for a piece of information about the system. */
type SystemKind = NonNullable<Deno.SysPermissionDescriptor["kind"]>;

function descriptorOf({ name, scope }: Grant): Deno.PermissionDescriptor {
  if (name === "sys") return { name, kind: scope as SystemKind };
  if (name !== "net") return { name, path: scope };
  if (scope === "*") return { name };
  // The runtime answers for a host, not for a block of them.
  return { name, host: scope.replace(/\.0\/\d+$/, ".1") };
}

/**
 * The grants that a worker gets: all but those that the warden keeps to itself.
 *
 * @example
 * ```ts
 * import { forWorkers, type Grant } from "./permissions.ts";
 * const pub: Grant = { name: "read", scope: "/pub", feature: "serving" };
 * const key: Grant = { name: "read", scope: "/key.pem", feature: "certificates" };
 * const grants = forWorkers([pub, { ...key, keeper: "warden" }]);
 * console.assert(grants.length === 1 && grants[0] === pub);
 * ```
 */
export function forWorkers(grants: readonly Grant[]): Grant[] {
  return grants.filter(({ keeper }) => keeper === undefined);
}

/**
 * The permissions of a worker: its grants and nothing else. Where the
 * runtime itself was started with a narrower `--allow-net`, the worker gets
 * just that, because blocks of addresses can't be narrowed further.
 */
export async function workerPermissions(
  grants: readonly Grant[],
): Promise<Deno.PermissionOptionsObject> {
  const shared = forWorkers(grants);
  const scopes = (name: Grant["name"]) =>
    shared.flatMap((grant) => grant.name === name ? grant.scope : []);
  const net = scopes("net");
  const sys = scopes("sys") as SystemKind[];
  const { state } = await Deno.permissions.query({ name: "net" });
  return {
    net: state !== "granted" ? "inherit" : net.includes("*") ? true : net,
    read: scopes("read"),
    write: scopes("write"),
    env: false,
    run: false,
    ffi: false,
    sys: sys.length > 0 ? sys : false,
    import: false,
  };
}

/** The same permissions, and listening on addresses that were port 0 before. */
export function withListening(
  permissions: Deno.PermissionOptionsObject,
  listen: readonly HostPort[],
): Deno.PermissionOptionsObject {
  const { net } = permissions;
  if (!Array.isArray(net)) return permissions;
  const bound = listen.map(({ hostname, port }) =>
    formatHostPort(hostname, port)
  );
  return { ...permissions, net: [...new Set([...net, ...bound])] };
}

/**
 * Gives up this thread's own file permissions, all but for `grants` and for
 * reading the program's `source`: just what it takes to start a worker anew.
 * Returns whether that worked; it can't where the runtime was started with
 * permissions without a scope (`-A`, `--allow-read`).
 */
export async function giveUpFiles(
  grants: readonly Grant[],
  source: string | null,
): Promise<boolean> {
  const kept = grants
    .filter(({ name }) => name === "read" || name === "write")
    .map(({ name, scope }) => ({ name, path: scope }));
  if (source !== null) kept.push({ name: "read", path: source });
  for (const descriptor of kept) {
    const { state } = await Deno.permissions.query(
      descriptor as Deno.PermissionDescriptor,
    );
    // Names the scope, so that it outlives what is revoked next.
    if (state === "granted") {
      await Deno.permissions.request(descriptor as Deno.PermissionDescriptor);
    }
  }
  const states: Deno.PermissionState[] = [];
  for (const name of ["read", "write"] as const) {
    await Deno.permissions.revoke({ name, path: "/" });
    states.push((await Deno.permissions.query({ name, path: "/" })).state);
  }
  return !states.includes("granted");
}

/** Gives up this thread's own sight of the environment. */
export async function giveUpEnvironment(): Promise<void> {
  await Deno.permissions.revoke({ name: "env" });
}

/** Gives up this thread's own network permissions, scoped or not. */
export async function giveUpNetwork(): Promise<void> {
  await Deno.permissions.revoke({ name: "net" });
}

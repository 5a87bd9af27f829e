/**
 * What settings mean on this machine, before anything is started: real folders,
 * numeric addresses, certificates, permissions.
 *
 * @module
 */

import { EXIT, ToolError } from "../../../lib/cli.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { ListenError } from "../../../lib/net/listen_error.ts";
import { numericHost, realFolder, resolveName } from "../../warden/ground.ts";
import {
  lookAtFile,
  realFolderOf,
  realPathOf,
} from "../../warden/private_files.ts";
import { availableGrants, type Grant } from "../../warden/permissions.ts";
import type { Announced } from "../announce.ts";
import { isInside, servedFolders, withFolders } from "./folders.ts";
import type { Identity } from "../tls/identity.ts";
import { placedOperations } from "../operations/paths.ts";
import type { Request } from "../options.ts";
import { lookUpPassive } from "../passive_address.ts";
import { grantsOf, type Settings } from "../settings.ts";
import type { follow } from "../tls/system_identity.ts";
import { withoutMissing } from "./without_missing.ts";

/** A server that can be started. */
export interface Prepared extends Announced {
  /** Its certificates, and what follows them. */
  readonly identity: Identity | null;
  /** What follows the certificates; `null` without TLS. */
  readonly follow: typeof follow | null;
  /** What the runtime does not let it do. */
  readonly missing: readonly Grant[];
  /** How data connections are made, with names that were looked up since. */
  readonly asked: Settings;
  /** What the files of the configuration look like. */
  readonly seen: string;
}

/**
 * Looks at everything that settings name.
 *
 * @throws {ToolError} when a server can't be started so: one line that says why.
 */
export async function prepare(
  { settings: asked, check }: Pick<Request, "settings" | "check">,
): Promise<Prepared> {
  // At once: who changes them from now on is noticed.
  const seen = await sightOf(asked.reload?.files ?? []);
  const found = await told(lookAround(asked));
  await refuseServedPaths(found);
  const { identity, follow } = await identityOf(found, check);
  const whole = identity === null ? found : { ...found, tls: identity.tls };
  const { granted, missing } = await availableGrants(grantsOf(whole));
  refuseDeafness(missing);
  const settings = withoutMissing(whole, missing);
  const folders = asked.accounts.map(({ root }) => root);
  return { settings, granted, missing, folders, identity, follow, asked, seen };
}

/**
 * What is the administrator's must not lie where clients can read it, or put
 * something else in its place.
 */
async function refuseServedPaths(settings: Settings): Promise<void> {
  const { control, logs, reload } = settings;
  const paths = [control, logs?.file, logs?.xferlog, ...reload?.files ?? []];
  const folders = servedFolders(settings);
  for (const path of paths) {
    if (path === undefined) continue;
    // A file that is not there, or can't be seen, is told by who opens it.
    const file = await realPathOf(path).catch(() => null);
    const places = [await realFolderOf(path), file];
    const served = folders.find((root) =>
      places.some((place) => place !== null && isInside(place, root))
    );
    if (served === undefined) continue;
    throw new ToolError(
      `${path} is in ${served}, which is served; keep such files outside`,
    );
  }
}

/** What certificates need takes long to load, and is loaded for TLS alone. */
async function identityOf(settings: Settings, check: boolean) {
  if (settings.tls === null) return { identity: null, follow: null };
  const { systemIdentity, follow } = await import("../tls/system_identity.ts");
  return { identity: await systemIdentity(settings, check), follow };
}

/** What files look like, without reading them. */
export async function sightOf(files: readonly string[]): Promise<string> {
  const sights = await Promise.all(files.map(lookAtFile));
  return sights.map((sight) => sight?.state ?? "absent").join("\n");
}

/** Trouble with the network has an exit code of its own. */
export async function told<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof ListenError) {
      throw new ToolError(error.message, EXIT.network);
    }
    throw error;
  }
}

/**
 * The same way to make data connections, with addresses for names.
 *
 * @throws {ToolError} for a name that has none.
 */
export async function withAddresses(
  data: Settings["data"],
): Promise<Settings["data"]> {
  try {
    return await lookUpPassive(data, resolveName);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ToolError(error.message, EXIT.network);
  }
}

/** The settings with real folders and numeric addresses. */
async function lookAround(settings: Settings): Promise<Settings> {
  const listen = settings.listen.map(numeric);
  const tls = settings.tls && {
    ...settings.tls,
    implicit: settings.tls.implicit.map(numeric),
  };
  const placed = await withFolders(settings, realFolder);
  const data = await withAddresses(settings.data);
  return await placedOperations({ ...placed, listen, tls, data });
}

function numeric({ hostname, port }: HostPort): HostPort {
  return {
    hostname: numericHost({ transport: "tcp", hostname, port }),
    port,
  };
}

function refuseDeafness(missing: readonly Grant[]): void {
  const deaf = missing.find(({ name, feature }) =>
    name === "net" && feature === "serving"
  );
  if (deaf === undefined) return;
  throw new ToolError(
    `cannot listen on ${deaf.scope}: the runtime needs --allow-net=${deaf.scope}`,
    EXIT.network,
  );
}

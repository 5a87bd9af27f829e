/**
 * What is left of the settings where the runtime was started with narrower
 * flags: a server that can do less, and has said so.
 *
 * @module
 */

import type { Grant } from "../../warden/permissions.ts";
import type { AccountSettings, Settings } from "../settings.ts";

/**
 * What is left of the settings without the missing permissions.
 *
 * @example
 * ```ts
 * import { readRequest } from "../options.ts";
 * import { withoutMissing } from "./without_missing.ts";
 * const { settings } = readRequest(["--write", "/in"]);
 * const left = withoutMissing(settings, [
 *   { name: "write", scope: "/in", feature: "uploads" },
 * ]);
 * console.assert(left.accounts[0]?.write === false);
 * ```
 */
export function withoutMissing(
  settings: Settings,
  missing: readonly Grant[],
): Settings {
  const lacks = (feature: string) =>
    missing.some((grant) => grant.feature === feature);
  const readOnly = new Set(
    missing.flatMap(({ name, scope }) => name === "write" ? [scope] : []),
  );
  const { accounts, hosts, data } = settings;
  const allowed = (account: AccountSettings) => rightful(account, readOnly);
  return {
    ...withoutFeatures(settings, lacks),
    accounts: readOnly.size === 0 ? accounts : accounts.map(allowed),
    ...hosts && {
      hosts: hosts.map(({ accounts, ...host }) => ({
        ...host,
        ...accounts && { accounts: accounts.map(allowed) },
      })),
    },
    data: lacks("active mode") ? { ...data, active: "off" } : data,
  };
}

/** What is for those who run the server, and can be done without. */
function withoutFeatures(
  settings: Settings,
  lacks: (feature: string) => boolean,
): Settings {
  const { logs, metrics, hooks, control, auth, ...rest } = settings;
  return {
    ...rest,
    ...(logs && !lacks("logs") ? { logs } : {}),
    ...(metrics && !lacks("metrics") ? { metrics } : {}),
    ...(hooks && !lacks("hooks") ? { hooks } : {}),
    ...(control && !lacks("control") ? { control } : {}),
    ...(auth && !lacks("authentication") ? { auth } : {}),
  };
}

function rightful(
  account: AccountSettings,
  readOnly: ReadonlySet<string>,
): AccountSettings {
  const { mounts } = account;
  return {
    ...account,
    write: account.write && !readOnly.has(account.root),
    ...mounts && {
      mounts: mounts.map((mount) => ({
        ...mount,
        write: mount.write && !readOnly.has(mount.root),
      })),
    },
  };
}

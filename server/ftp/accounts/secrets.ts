/**
 * What of the settings no thread may have that looks at clients' bytes.
 *
 * @module
 */

import type { AccountSources } from "./account_book.ts";
import type { AccountSettings, Settings } from "../settings.ts";
import type { AuthSettings, HookSettings } from "../settings_parts.ts";

/** What of the settings has secrets in it. */
export interface Secrets extends AccountSources {
  /** Where else accounts are. @default nowhere */
  readonly auth?: AuthSettings | undefined;
  /** Who is told of events. @default nobody */
  readonly hooks?: readonly HookSettings[] | undefined;
}

/**
 * Whether passwords are checked by a thread of its own: when some are known as
 * hashes only, or are known elsewhere.
 *
 * @example
 * ```ts
 * import { needsRegistrar } from "./secrets.ts";
 * const alice = { name: "alice", password: "x", write: true, root: "/a" };
 * console.assert(!needsRegistrar({ accounts: [alice] }));
 * console.assert(needsRegistrar({ accounts: [{ ...alice, hash: "$6$…" }] }));
 * ```
 */
export function needsRegistrar(
  { accounts, hosts = [], auth }: Secrets,
): boolean {
  return auth !== undefined ||
    [{ accounts }, ...hosts].some(({ accounts = [] }) =>
      accounts.some(({ hash }) => hash !== undefined)
    );
}

/**
 * The settings for threads that serve. Where there is a registrar they get no
 * password and no hash: an account whose `hash` is there, though empty, is
 * the registrar's to check. Accounts that need no password stay as they are.
 * Of hooks they know what each one wants, not whom it tells.
 *
 * @example
 * ```ts
 * import { withoutSecrets } from "./secrets.ts";
 * const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
 * const alice = { name: "a", password: null, hash, write: true, root: "/a" };
 * const { accounts } = withoutSecrets({ accounts: [alice] });
 * console.assert(accounts[0]?.hash === "" && accounts[0].password === "");
 * ```
 */
export function withoutSecrets<S extends Settings | Secrets>(settings: S): S {
  const { accounts, hosts, auth, hooks } = settings;
  const told = hooks
    ? { ...settings, hooks: hooks.map(withoutTarget) }
    : settings;
  if (!needsRegistrar(settings)) return told;
  return {
    ...told,
    accounts: accounts.map(stripped),
    hosts: hosts?.map((host) => ({
      ...host,
      ...host.accounts && { accounts: host.accounts.map(stripped) },
    })),
    auth: auth && { ...auth, url: "", authorization: undefined },
  };
}

function stripped(account: AccountSettings): AccountSettings {
  const isOpen = account.password === null && account.hash === undefined;
  return isOpen ? account : { ...account, password: "", hash: "" };
}

/** Addresses of hooks are keys, too, to those who made them up. */
function withoutTarget(hook: HookSettings): HookSettings {
  const { url: _url, pipe: _pipe, authorization: _key, ...rest } = hook;
  return rest;
}

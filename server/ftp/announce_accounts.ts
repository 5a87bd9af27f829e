/**
 * What `ftpd --check` says of accounts, hosts and hooks.
 *
 * @module
 */

import { formatSize } from "../../lib/cli/size.ts";
import { visible } from "../../lib/visible.ts";
import { accountTls } from "./tls/announce.ts";
import type { Identity } from "./tls/identity.ts";
import { originOf } from "./operations/web_target.ts";
import type { Permission, Quota, Rates } from "./profile.ts";
import type { AccountSettings, Settings } from "./settings.ts";
import type { HookSettings, HostSettings } from "./settings_parts.ts";

/** Nobody reads on behind these. */
const MOST = 100;

/** Name and rights of an account, in few words. */
export function accountText(
  account: AccountSettings,
  identity: Identity | null,
): string {
  return `${visible(account.name)}, ${rightsText(account)}` +
    accountTls(account, identity);
}

function rightsText({ write, permissions }: AccountSettings): string {
  if (!write) return "read-only";
  return permissions === undefined ? "read-write" : mayText(permissions);
}

function mayText(permissions: readonly Permission[]): string {
  return permissions.length === 0
    ? "may do nothing"
    : `may ${permissions.join(", ")}`;
}

/**
 * The rows of accounts, `folders` as they were named: what each is served, and
 * whatever is said of it besides.
 */
export function accountRows(
  accounts: readonly AccountSettings[],
  folders: readonly string[],
  identity: Identity | null,
): string[][] {
  const rows = accounts.slice(0, MOST).flatMap((account, at) => [
    ["serve", `${folders[at]} to ${accountText(account, identity)}`],
    ...folderRows(account),
    ...[detailText(account)].filter((text) => text !== "")
      .map((text) => ["", text]),
  ]);
  const left = accounts.length - MOST;
  return left > 0 ? [...rows, ["serve", `${left} more accounts`]] : rows;
}

function folderRows({ rules = [], mounts = [], write }: AccountSettings) {
  return [
    ...mounts.map((mount) => [
      "",
      `${visible(mount.at)} is ${mount.root}, ` +
      (mount.write && write ? "read-write" : "read-only"),
    ]),
    ...rules.map(({ path, permissions }) => [
      "",
      `${visible(path)}: ${mayText(permissions)}`,
    ]),
  ];
}

function detailText(account: AccountSettings): string {
  const { start, overwrite, quota, maxFileSize, refuseNames } = account;
  const { addresses, maxSessions, expires, admin } = account;
  return [
    account.hash === undefined ? "" : "password as a hash",
    start === undefined ? "" : `starts in ${start}`,
    overwrite === false ? "replaces nothing" : "",
    quotaText(quota),
    ratesText("together", account.accountRate),
    ratesText("each session", account.sessionRate),
    ratesText("each transfer", account.transferRate),
    maxFileSize === undefined ? "" : `files up to ${formatSize(maxFileSize)}`,
    refuseNames === undefined ? "" : `no names ${refuseNames.join(" ")}`,
    addresses === undefined ? "" : `from ${addresses.join(" ")}`,
    maxSessions ? `${maxSessions} sessions at a time` : "",
    expires === undefined ? "" : `until ${new Date(expires).toISOString()}`,
    admin ? "sees everybody (SITE WHO)" : "",
  ].filter((part) => part !== "").map((part) => visible(part)).join("; ");
}

function quotaText({ bytes, files }: Quota = {}): string {
  const parts = [
    bytes === undefined ? "" : formatSize(bytes),
    files === undefined ? "" : `${files} files`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `quota ${parts.join(" and ")}`;
}

function ratesText(what: string, { down, up }: Rates = {}): string {
  const parts = [
    down === undefined ? "" : `${formatSize(down)}/s down`,
    up === undefined ? "" : `${formatSize(up)}/s up`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${what} ${parts.join(", ")}`;
}

/** The rows of hosts, hooks, and of accounts that somebody else knows. */
export function furtherRows(
  settings: Settings,
  identity: Identity | null,
): string[][] {
  const { hosts = [], hooks = [], auth, data } = settings;
  return [
    ...hosts.flatMap((host) => [
      ["host", hostText(host)],
      ...ownRows(host, settings.accounts, identity),
    ]),
    ...(auth
      ? [["serve", `${auth.root} to whom ${originOf(auth.url)} lets in`]]
      : []),
    ...(data.passiveAddresses ?? []).map(({ network, address }) => [
      "pasv",
      `${address} for clients of ${network}`,
    ]),
    ...hooks.map((hook) => ["hook", hookText(hook)]),
  ];
}

/** What a host serves to accounts that are not the server's. */
function ownRows(
  { accounts = [] }: HostSettings,
  shared: readonly AccountSettings[],
  identity: Identity | null,
): string[][] {
  const roots = new Map(shared.map(({ name, root }) => [name, root]));
  const own = accounts.filter(({ name, root }) => roots.get(name) !== root);
  return accountRows(own, own.map(({ root }) => root), identity)
    .map(([what, text]) => ["", what === "serve" ? text! : `  ${text}`]);
}

function hostText({ names, accounts, tls, banner }: HostSettings): string {
  const who = accounts === undefined
    ? "the same accounts"
    : accounts.length > 10
    ? `${accounts.length} accounts`
    : accounts.map(({ name }) => name).join(", ");
  const parts = [
    `${names.join(", ")}: ${who}`,
    tls === undefined ? "" : `TLS ${tls}`,
    banner === undefined ? "" : `"${banner}"`,
  ];
  return visible(parts.filter((part) => part !== "").join("; "));
}

function hookText({ on, url, pipe, accounts, paths }: HookSettings): string {
  const parts = [
    `${on.join(", ")} to ${url === undefined ? pipe : originOf(url)}`,
    accounts === undefined ? "" : `accounts ${accounts.join(" ")}`,
    paths === undefined ? "" : `paths ${paths.join(" ")}`,
  ];
  return visible(parts.filter((part) => part !== "").join("; "));
}

/** The accounts for programs: everything but secrets. */
export function describedAccounts(
  accounts: readonly AccountSettings[],
  identity: Identity | null,
): Record<string, unknown>[] {
  return accounts.map(({ password: _, hash, tls, expires, ...account }) => ({
    ...account,
    ...(hash === undefined ? {} : { hashed: true }),
    ...(expires === undefined
      ? {}
      : { expires: new Date(expires).toISOString() }),
    ...(identity === null
      ? tls && { tls }
      : { tls: tls ?? identity.tls.policy }),
  }));
}

/** Hosts, hooks and the like for programs; what is absent is left out. */
export function describedParts(settings: Settings): Record<string, unknown> {
  const { hosts, hooks, auth, limits, logs, metrics, control, proxy } =
    settings;
  const { passiveAddresses } = settings.data;
  return {
    ...(hosts && { hosts: hosts.map(describedHost) }),
    ...(auth &&
      { auth: { ...auth, url: originOf(auth.url), authorization: undefined } }),
    ...(hooks && { hooks: hooks.map(describedHook) }),
    ...{ limits, logs, metrics, control, proxy, passiveAddresses },
  };
}

function describedHost({ accounts, ...host }: HostSettings) {
  return { ...host, accounts: accounts?.map(({ name }) => name) };
}

function describedHook({ authorization: _, url, ...hook }: HookSettings) {
  return { ...hook, url: url && originOf(url) };
}

/**
 * What `ftpd` says of itself: when it is ready, when it is checked, and what
 * it can't do because the runtime was started with narrower flags.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { forWorkers, type Grant } from "../warden/permissions.ts";
import {
  accountTls,
  readyTls,
  tlsDescription,
  tlsRows,
  urlsOf,
} from "./announce_tls.ts";
import type { Identity } from "./identity.ts";
import { type AccountSettings, placesOf, type Settings } from "./settings.ts";

/** What is told about a server. */
export interface Announced {
  /** How it serves. */
  settings: Settings;
  /** What it may do. */
  granted: readonly Grant[];
  /** Folders as they were named on the command line, one an account. */
  folders: readonly string[];
  /** Its certificates. @default none, without TLS */
  identity?: Identity | null;
}

/**
 * The line that says that every socket is bound.
 *
 * @example
 * ```ts
 * import { readRequest } from "./options.ts";
 * import { readyText } from "./announce.ts";
 * const { settings } = readRequest(["./pub"]);
 * const text = readyText(
 *   { settings, granted: [], folders: ["./pub"] },
 *   [{ hostname: "127.0.0.1", port: 2121 }],
 * );
 * console.assert(
 *   text === "ftpd ready on ftp://127.0.0.1:2121/ serving ./pub " +
 *     "(anonymous, read-only)\n",
 * );
 * ```
 */
export function readyText(
  announced: Announced,
  addresses: readonly HostPort[],
): string {
  const { settings, folders, identity = null } = announced;
  const urls = urlsOf(settings, addresses);
  if (settings.log.format === "json") {
    return jsonLine({ event: "ready", urls, ...description(announced) });
  }
  const served = [...new Set(folders)].join(", ");
  const who = settings.accounts.map((account) => accountText(account, null));
  const where = urls.join(" and ");
  return `ftpd ready on ${where} serving ${served} (${who.join("; ")})` +
    `${readyTls(identity)}\n`;
}

/** What `--check` prints: the addresses, accounts, certificates, permissions. */
export function checkText(announced: Announced): string {
  const { settings, granted, folders, identity = null } = announced;
  const urls = urlsOf(settings, placesOf(settings));
  if (settings.log.format === "json") {
    return jsonLine({ event: "check", urls, ...description(announced) });
  }
  const rows = [
    ...urls.map((url) => ["listen", url]),
    ...settings.accounts.map((account, at) => [
      "serve",
      `${folders[at]} to ${accountText(account, identity)}`,
    ]),
    ...tlsRows(identity),
    ...inRanges(granted).map((grant) => ["grant", grantText(grant)]),
    ["refuse", "everything else: other files, addresses, env, run, ffi, sys"],
  ];
  const lines = rows.map(([what, text]) => `${what!.padEnd(7)}${text}\n`);
  return `${lines.join("")}ftpd: the options are good\n`;
}

function grantText({ name, scope, feature, keeper }: Grant): string {
  const whose = keeper === undefined ? "" : ", for no worker";
  return `${name.padEnd(5)} ${scope} (${feature}${whose})`;
}

/** What is left of the settings without the missing permissions. */
export function withoutMissing(
  settings: Settings,
  missing: readonly Grant[],
): Settings {
  const readOnly = missing.filter(({ name }) => name === "write")
    .map(({ scope }) => scope);
  const noActive = missing.some(({ feature }) => feature === "active mode");
  return {
    ...settings,
    accounts: settings.accounts.map((account) => ({
      ...account,
      write: account.write && !readOnly.includes(account.root),
    })),
    data: noActive ? { ...settings.data, active: "off" } : settings.data,
  };
}

/** A thousand ports in a row are one line. */
function inRanges(grants: readonly Grant[]): Grant[] {
  const out: Grant[] = [];
  for (const grant of grants) {
    const last = out.at(-1);
    const [, host, from] = /^(.*:)(\d+)(?:-\d+)?$/.exec(last?.scope ?? "") ??
      [];
    const [, sameHost, port] = /^(.*:)(\d+)$/.exec(grant.scope) ?? [];
    const joins = last?.feature === "passive mode" &&
      grant.feature === "passive mode" && host === sameHost;
    if (joins) {
      out[out.length - 1] = { ...grant, scope: `${host}${from}-${port}` };
    } else out.push(grant);
  }
  return out;
}

function description({ settings, granted, identity = null }: Announced) {
  const shared = forWorkers(granted);
  const scopes = (name: Grant["name"]) => [
    ...new Set(shared.flatMap((each) => each.name === name ? each.scope : [])),
  ];
  return {
    accounts: settings.accounts.map(({ name, write, root, tls }) => ({
      ...{ name, write, root },
      ...(identity === null ? {} : { tls: tls ?? identity.tls.policy }),
    })),
    ...tlsDescription(identity),
    grants: {
      read: scopes("read"),
      write: scopes("write"),
      net: scopes("net"),
    },
  };
}

function jsonLine(event: unknown): string {
  return `${JSON.stringify(event)}\n`;
}

function accountText(
  account: AccountSettings,
  identity: Identity | null,
): string {
  const rights = account.write ? "read-write" : "read-only";
  return `${account.name}, ${rights}${accountTls(account, identity)}`;
}

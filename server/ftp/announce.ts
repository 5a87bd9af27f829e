/**
 * What `ftpd` says of itself: when it is ready, and when it is checked.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { visible } from "../../lib/visible.ts";
import { forWorkers, type Grant } from "../warden/permissions.ts";
import {
  accountRows,
  accountText,
  describedAccounts,
  describedParts,
  furtherRows,
} from "./announce_accounts.ts";
import { readyTls, tlsDescription, tlsRows, urlsOf } from "./tls/announce.ts";
import type { Identity } from "./tls/identity.ts";
import type { ToldOption } from "./config/told.ts";
import { placesOf, type Settings } from "./settings.ts";

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
  /** Options that say something else than the defaults. @default {[]} */
  told?: readonly ToldOption[];
}

/** The ready line names no more accounts and folders than these. */
const MOST_READY = 10;

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
    return jsonLine({
      event: "ready",
      urls,
      ...description(announced, "ready"),
    });
  }
  const served = listed([...new Set(folders)], "folders", ", ");
  const who = settings.accounts.slice(0, MOST_READY + 1)
    .map((account) => accountText(account, null));
  const all = listed(who, "accounts", "; ", settings.accounts.length);
  const where = urls.join(" and ");
  return `ftpd ready on ${where} serving ${served} (${all})` +
    `${readyTls(identity)}\n`;
}

/** A list as it is, or how many more there are. */
function listed(
  items: readonly string[],
  what: string,
  between: string,
  length: number = items.length,
): string {
  if (length <= MOST_READY) return items.join(between);
  const left = `${length - MOST_READY} more ${what}`;
  return [...items.slice(0, MOST_READY), left].join(between);
}

/** What `--check` prints: the addresses, accounts, certificates, permissions. */
export function checkText(announced: Announced): string {
  const { settings, granted, folders, identity = null, told = [] } = announced;
  const urls = urlsOf(settings, placesOf(settings));
  if (settings.log.format === "json") {
    return jsonLine({
      event: "check",
      urls,
      ...description(announced, "check"),
    });
  }
  const rows = [
    ...urls.map((url) => ["listen", url]),
    ...accountRows(settings.accounts, folders, identity),
    ...furtherRows(settings, identity),
    ...told.map(({ name, value, from }) => [
      "set",
      visible(`${name} = ${value} (${from})`),
    ]),
    ...tlsRows(identity),
    ...inRanges(granted).map((grant) => ["grant", grantText(grant)]),
    ...settings.reload ? [["keep", KEPT]] : [],
    ["refuse", "everything else: other files, addresses, env, run, ffi, sys"],
  ];
  const lines = rows.map(([what, text]) => `${what!.padEnd(7)}${text}\n`);
  return `${lines.join("")}ftpd: the options are good\n`;
}

const KEPT =
  "all files and the environment, for the main thread, which hears " +
  "no client: a reload may name others";

/** Threads that get what no worker gets, by what they need it for. */
const THREADS: Readonly<Record<string, string>> = {
  authentication: "for the registrar",
  metrics: "for the herald",
  hooks: "for the herald",
};

function grantText({ name, scope, feature, keeper }: Grant): string {
  const thread = THREADS[feature] ?? "for no worker";
  const whose = keeper === undefined ? "" : `, ${thread}`;
  return `${name.padEnd(5)} ${scope} (${feature}${whose})`;
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

function description(
  { settings, granted, identity = null, told = [] }: Announced,
  what: "ready" | "check",
) {
  const shared = forWorkers(granted);
  const scopes = (name: Grant["name"]) => [
    ...new Set(shared.flatMap((each) => each.name === name ? each.scope : [])),
  ];
  return {
    ...(what === "ready" ? inShort(settings, identity) : {
      accounts: describedAccounts(settings.accounts, identity),
      ...describedParts(settings),
      options: told,
    }),
    ...tlsDescription(identity),
    grants: {
      read: scopes("read"),
      write: scopes("write"),
      net: scopes("net"),
      sys: scopes("sys"),
    },
    ...(what === "ready" ? {} : { kept: keptOf(granted) }),
  };
}

/** The first accounts, and how many more there are. */
function inShort({ accounts }: Settings, identity: Identity | null) {
  const left = accounts.length - MOST_READY;
  return {
    accounts: accounts.slice(0, MOST_READY).map((
      { name, write, root, tls },
    ) => ({
      ...{ name, write, root },
      ...(identity === null ? {} : { tls: tls ?? identity.tls.policy }),
    })),
    ...(left > 0 ? { moreAccounts: left } : {}),
  };
}

/** What no worker gets. */
function keptOf(granted: readonly Grant[]) {
  return granted.filter(({ keeper }) => keeper !== undefined)
    .map(({ name, scope, feature }) => ({ name, scope, feature }));
}

function jsonLine(event: unknown): string {
  return `${JSON.stringify(event)}\n`;
}

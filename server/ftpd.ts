/**
 * `ftpd`: an FTP server that can touch nothing but the folder it serves.
 *
 * @module
 */

import {
  EXIT,
  stopSignals,
  ToolError,
  writeErr,
  writeOut,
} from "../lib/cli.ts";
import type { HostPort } from "../lib/ftp/address.ts";
import { createLog } from "../lib/log.ts";
import { formatHostPort } from "../lib/net/address.ts";
import { ListenError } from "../lib/net/listen_error.ts";
import { type Request, runFtpd } from "./ftp/options.ts";
import {
  availableGrants,
  giveUpFiles,
  workerPermissions,
} from "./ftp/permissions.ts";
import { type Grant, grantsOf, type Settings } from "./ftp/settings.ts";
import { runWarden, WardenError } from "./ftp/warden.ts";

/**
 * Runs the tool and returns its exit code. `onSecond` is called when somebody
 * asks a second time to stop.
 */
export function main(
  args: readonly string[],
  onSecond: () => void,
): Promise<number> {
  return runFtpd(args, (request) => serve(request, onSecond));
}

async function serve(
  { settings: asked, check }: Request,
  onSecond: () => void,
): Promise<number> {
  const rooted = await withRealRoots(asked);
  const { granted, missing } = await availableGrants(grantsOf(rooted));
  const settings = withoutMissing(rooted, missing);
  for (const line of missingLines(missing)) writeErr(`ftpd: ${line}\n`);
  const shown = asked.accounts.map(({ root }) => root);
  if (check) {
    writeOut(checkText(settings, granted, shown));
    return EXIT.done;
  }
  using stop = stopSignals({ onSecond });
  const source = sourceFolder();
  const apart = await canRead(source);
  const log = createLog(settings.log);
  const permissions = apart ? await workerPermissions(granted) : null;
  if (!apart) await giveUpFiles(granted, null);
  try {
    await runWarden(settings, {
      permissions,
      signal: stop.signal,
      log,
      async onReady(addresses) {
        if (apart) await giveUpFiles(granted, source);
        writeOut(readyText(settings, addresses, granted, shown));
      },
    });
  } catch (error) {
    if (error instanceof WardenError || error instanceof ListenError) {
      throw new ToolError(error.message, EXIT.network);
    }
    throw error;
  }
  return EXIT.done;
}

/** Where the program's own modules are: a worker is started from there. */
function sourceFolder(): string {
  return new URL("..", import.meta.url).pathname;
}

async function canRead(path: string): Promise<boolean> {
  return (await Deno.permissions.query({ name: "read", path })).state ===
    "granted";
}

async function withRealRoots(settings: Settings): Promise<Settings> {
  const accounts = [];
  for (const account of settings.accounts) {
    accounts.push({ ...account, root: await realRoot(account.root) });
  }
  return { ...settings, accounts };
}

async function realRoot(root: string): Promise<string> {
  try {
    const real = await Deno.realPath(root);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    throw new ToolError(`cannot serve ${root}: ${rootProblem(error, root)}`);
  }
  throw new ToolError(`cannot serve ${root}: it is not a folder`);
}

function rootProblem(error: unknown, root: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-read=${root}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}

/** What narrower flags of the runtime leave of the settings. */
function withoutMissing(settings: Settings, missing: Grant[]): Settings {
  const lacks = (name: Grant["name"], feature: Grant["feature"]) =>
    missing.filter((grant) => grant.name === name && grant.feature === feature)
      .map(({ scope }) => scope);
  const [unheard] = lacks("net", "serving");
  if (unheard !== undefined) {
    throw new ToolError(
      `cannot listen on ${unheard}: the runtime needs --allow-net=${unheard}`,
      EXIT.network,
    );
  }
  const readOnly = lacks("write", "uploads");
  const active = lacks("net", "active mode").length > 0;
  return {
    ...settings,
    accounts: settings.accounts.map((account) => ({
      ...account,
      write: account.write && !readOnly.includes(account.root),
    })),
    data: active ? { ...settings.data, active: "off" } : settings.data,
  };
}

function missingLines(missing: Grant[]): string[] {
  const features = new Set(missing.map(({ feature }) => feature));
  return [...features].map((feature) => {
    const lacking = missing.filter((grant) => grant.feature === feature);
    const scopes = lacking.map(({ scope }) => scope);
    const value = scopes.includes("*") ? "" : `=${scopes.join(",")}`;
    return `${feature} is off: the runtime needs --allow-${
      lacking[0]!.name
    }${value}`;
  });
}

function readyText(
  settings: Settings,
  addresses: readonly HostPort[],
  grants: Grant[],
  shown: string[],
): string {
  const urls = addresses.map(urlOf);
  if (settings.log.format === "json") {
    const event = { event: "ready", urls, ...description(settings, grants) };
    return `${JSON.stringify(event)}\n`;
  }
  const served = [...new Set(shown)].join(", ");
  const who = settings.accounts.map(accountText);
  return `ftpd ready on ${urls.join(" and ")} serving ${served} (${
    who.join("; ")
  })\n`;
}

function checkText(
  settings: Settings,
  grants: Grant[],
  shown: string[],
): string {
  if (settings.log.format === "json") {
    const event = { event: "check", ...description(settings, grants) };
    return `${JSON.stringify(event)}\n`;
  }
  const rows = [
    ...settings.listen.map((at) => ["listen", urlOf(at)]),
    ...settings.accounts.map((account, at) => [
      "serve",
      `${shown[at]} to ${accountText(account)}`,
    ]),
    ...grants.map(({ name, scope, feature }) => [
      "grant",
      `${name.padEnd(5)} ${scope} (${feature})`,
    ]),
    ["refuse", "everything else: other files, addresses, env, run, ffi, sys"],
  ];
  const lines = rows.map(([what, text]) => `${what!.padEnd(7)}${text}\n`);
  return `${lines.join("")}ftpd: the options are good\n`;
}

function description({ accounts }: Settings, grants: Grant[]) {
  const scopes = (name: Grant["name"]) =>
    grants.flatMap((grant) => grant.name === name ? grant.scope : []);
  return {
    accounts: accounts.map(({ name, write, root }) => ({ name, write, root })),
    grants: {
      read: scopes("read"),
      write: scopes("write"),
      net: scopes("net"),
    },
  };
}

function urlOf({ hostname, port }: HostPort): string {
  return `ftp://${formatHostPort(hostname, port)}/`;
}

function accountText({ name, write }: { name: string; write: boolean }) {
  return `${name}, ${write ? "read-write" : "read-only"}`;
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, () => Deno.exit(EXIT.failed)));
}

/**
 * Verbs that open and close connections.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { nearest } from "../../../../lib/cli/nearest.ts";
import { visible } from "../../../../lib/visible.ts";
import { TLS_OPTIONS, type TlsValues } from "../../tls_options.ts";
import {
  formatFtpUrl,
  isFtpUrl,
  parseFtpUrl,
  parseHostArgument,
} from "../../url.ts";
import { bookmarkOf } from "../bookmarks_file.ts";
import { refuseInJob } from "../jobs.ts";
import { type Shell, type Site, siteOf } from "../shell.ts";
import { changeSetting } from "../settings.ts";
import { openSite } from "../site.ts";
import { type Target, withTlsOptions } from "../target.ts";
import { defineVerb, type Verb } from "../verb.ts";

const CONNECTION = "the connection";

/** Connects; on the command line, it starts a shell there. */
export const OPEN: Verb = defineVerb({
  names: ["open", "sh"],
  group: "Connection",
  summary: "connect to a server and log in",
  usage: "[options] HOST [PORT] | URL | BOOKMARK",
  examples: [
    ["open ftp.example.org", "asks who you are"],
    ["open ftp://bob@nas/photos", "as bob, in the folder photos"],
    ["open ftpes://nas", "with TLS; --tls does the same for a host"],
  ],
  options: {
    user: {
      type: "text",
      placeholder: "NAME",
      help: "who logs in",
      short: "u",
    },
    tls: TLS_OPTIONS.tls,
    "tls-implicit": TLS_OPTIONS["tls-implicit"],
    pin: TLS_OPTIONS.pin,
    insecure: TLS_OPTIONS.insecure,
    "clear-data": TLS_OPTIONS["clear-data"],
    ccc: TLS_OPTIONS.ccc,
  },
  positionals: { min: 1, max: 2 },
  completes: ["bookmark"],
  urls: "optional",
  run: async (shell, { args, options, given, signal }) => {
    refuseInJob(shell, CONNECTION);
    const named = await targetOf(shell, args[0]!, args[1]);
    const target = withOptions(shell, named, options as TlsValues, given);
    const user = target.user ?? (options.user as string | undefined) ?? null;
    await enter(shell, { ...target, user }, signal);
  },
});

/** What `connect` of the course's client does: the server makes the data connections. */
const connect = defineVerb({
  names: ["connect"],
  group: "Connection",
  summary: "connect in active mode: the server makes the data connections",
  usage: "HOST [PORT]",
  positionals: { min: 1, max: 2 },
  completes: ["bookmark"],
  run: async (shell, { args, signal }) => {
    refuseInJob(shell, CONNECTION);
    const url = await targetOf(shell, args[0]!, args[1]);
    changeSetting(shell.state.settings, "mode", "active");
    await enter(shell, url, signal);
  },
});

/**
 * The server that a URL, a bookmark or a host and a port mean.
 *
 * @throws {UsageError} when they mean none.
 */
export async function targetOf(
  shell: Shell,
  text: string,
  port?: string,
): Promise<Target> {
  const url = isFtpUrl(text)
    ? parseFtpUrl(text)
    : await bookmarkOf(shell, text) ?? parseHostArgument(text);
  if (port === undefined) return url;
  if (isFtpUrl(port)) throw noVerb(shell, text);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new UsageError(
      `expected a port from 1 to 65535, got "${visible(port)}"`,
    );
  }
  return { ...url, port: Number(port) };
}

/**
 * The same server with what options say of TLS.
 *
 * @param given Names of the options that were given.
 * @throws {UsageError} when they contradict it, or there would be no TLS.
 */
export function withOptions(
  { state }: Shell,
  target: Target,
  values: TlsValues,
  given: ReadonlySet<string>,
): Target {
  const { tls } = state.settings;
  const usual = tls === "off" ? null : tls;
  return withTlsOptions(target, values, given, usual);
}

function noVerb({ verbs }: Shell, name: string): UsageError {
  const shown = visible(name);
  const isShells = verbs.some(({ names }) => names.includes(name));
  const names = verbs.filter(({ urls }) => urls !== undefined)
    .flatMap(({ names }) => names);
  const near = nearest(names, name);
  const hint = isShells
    ? `ftp -c '${shown} ...' URL runs the shell's`
    : near === undefined
    ? "--help lists them"
    : `did you mean ${near}?`;
  return new UsageError(
    `there is no verb "${shown}" for the command line; ${hint}`,
  );
}

/** Connects, leaves the server before, and goes to the URL's folder. */
export async function enter(
  shell: Shell,
  url: Target,
  signal: AbortSignal,
): Promise<void> {
  const site = await openOnly(shell, url, signal);
  if (url.path !== "") await site.pool.changeDirectory(url.path, { signal });
  const where = formatFtpUrl({ ...site.url, path: "" });
  shell.output.note(`Connected to ${where}`);
}

/** Connects, leaves the server before, and stays in the log-in folder. */
export async function openOnly(
  shell: Shell,
  url: Target,
  signal: AbortSignal,
): Promise<Site> {
  await leave(shell);
  return shell.state.site = await openSite(shell, url, signal);
}

/** Ends the connections, if there are any; jobs keep theirs until they end. */
export async function leave({ state, output }: Shell): Promise<void> {
  const { site, jobs } = state;
  state.site = null;
  if (site === null) return;
  const { length } = jobs.on(site);
  if (length > 0) {
    const jobsKeep = length === 1 ? "1 job keeps" : `${length} jobs keep`;
    output.note(`${jobsKeep} the connection to the old server until done`);
  }
  await jobs.leave(site);
}

/** Ends the connections at once, and with them what jobs do over them. */
export async function hangUp({ state }: Shell): Promise<void> {
  const { site } = state;
  state.site = null;
  await site?.pool.close();
}

const user = defineVerb({
  names: ["user", "login"],
  group: "Connection",
  summary: "log in as somebody else",
  usage: "NAME [PASSWORD]",
  positionals: { min: 1, max: 2 },
  run: async (shell, { args, signal }) => {
    refuseInJob(shell, CONNECTION);
    const { url } = siteOf(shell);
    const [name, password = null] = args;
    await enter(shell, { ...url, user: name!, password }, signal);
  },
});

const close = defineVerb({
  names: ["close", "disconnect"],
  group: "Connection",
  summary: "end the connection, stay in the shell",
  run: async (shell) => {
    refuseInJob(shell, CONNECTION);
    siteOf(shell);
    await leave(shell);
  },
});

/** What connects and disconnects. */
export const CONNECTION_VERBS: readonly Verb[] = [OPEN, connect, user, close];

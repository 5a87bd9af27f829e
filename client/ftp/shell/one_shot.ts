/**
 * Verbs on the command line: `ftp get ftp://host/a.txt` connects, does one
 * thing, and ends.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { quoted } from "../../../lib/cli/values.ts";
import { visible } from "../../../lib/visible.ts";
import { folderOf } from "../files.ts";
import { pathIn } from "../listing.ts";
import type { TlsValues } from "../tls_options.ts";
import {
  formatFtpUrl,
  type FtpUrl,
  isFtpUrl,
  parseFtpUrl,
  sameSite,
  withoutUser,
} from "../url.ts";
import { createTally } from "./on_server.ts";
import type { Shell } from "./shell.ts";
import type { Target } from "./target.ts";
import { leave, openOnly, withOptions } from "./verbs/connection.ts";
import type { Call, Verb } from "./verb.ts";

/** Arguments of a verb that go to one server. */
interface Visit {
  readonly url: Target;
  readonly args: readonly string[];
  readonly remoteArgument: number | null;
}

/**
 * Does what a verb and its arguments say, one server after the other. A server
 * that fails is told at once, when there are others.
 *
 * @throws {UsageError} when an argument that should be a URL is none.
 * @throws {ShellError} when some of several servers failed.
 */
export async function runOneShot(
  shell: Shell,
  verb: Verb,
  call: Omit<Call, "isOneShot" | "remoteArgument">,
): Promise<void> {
  const { options, given } = call;
  const visits = visitsOf(verb, call.args).map((visit) => ({
    ...visit,
    url: withOptions(shell, visit.url, options as TlsValues, given),
  }));
  const taken = new Map<string, string>();
  const tally = createTally(shell);
  for (const visit of visits) {
    try {
      await openOnly(shell, visit.url, call.signal);
      await verb.run(shell, { ...call, ...visit, isOneShot: true, taken });
    } catch (error) {
      call.signal.throwIfAborted();
      if (visits.length === 1) throw error;
      tally.add(formatFtpUrl({ ...visit.url, path: "" }), error);
    } finally {
      await leave(shell);
    }
  }
  tally.end(`${tally.failed} of ${visits.length} servers failed`);
}

function visitsOf(verb: Verb, args: readonly string[]): Visit[] {
  switch (verb.urls) {
    case "all":
      return grouped(args);
    case "first":
      return [moved(args)];
    case "last":
      return [one(args, args.length - 1)];
    default:
      return [one(args, onlyUrl(verb, args))];
  }
}

/** Neighbours on the same server share a visit. */
function grouped(args: readonly string[]): Visit[] {
  if (args.length === 0) {
    throw new UsageError("expected a URL such as ftp://host/");
  }
  const visits: { url: FtpUrl; args: string[]; remoteArgument: null }[] = [];
  for (const arg of args) {
    const url = urlOf(arg);
    const last = visits.at(-1);
    if (last !== undefined && sameSite(last.url, url)) last.args.push(url.path);
    else visits.push({ url, args: [url.path], remoteArgument: null });
  }
  return visits;
}

function one(args: readonly string[], at: number): Visit {
  const url = urlOf(args[at] ?? "");
  const paths = args.with(at, url.path);
  return { url, args: paths, remoteArgument: at };
}

/** `mv URL NEW`: a bare name stays in the folder; a URL must be the same server's. */
function moved(args: readonly string[]): Visit {
  const [from = "", to = "", ...rest] = args;
  const url = urlOf(from);
  const target = isFtpUrl(to) ? urlOf(to) : null;
  if (target !== null && !sameSite(url, target)) {
    throw new UsageError("cannot move to another server; get, then put");
  }
  const path = target?.path ??
    (to.includes("/") ? to : pathIn(folderOf(url.path), to));
  return { url, args: [url.path, path, ...rest], remoteArgument: null };
}

function onlyUrl(verb: Verb, args: readonly string[]): number {
  const urls = args.flatMap((arg, at) => isFtpUrl(arg) ? [at] : []);
  const [at] = urls;
  if (at !== undefined && urls.length === 1) return at;
  const [name] = verb.names;
  throw new UsageError(
    `${name} takes exactly one ftp:// URL here, got ${urls.length}`,
  );
}

function urlOf(arg: string): FtpUrl {
  if (isFtpUrl(arg)) return parseFtpUrl(arg);
  throw new UsageError(
    `expected a URL such as ftp://host/path, got ` +
      quoted(visible(withoutUser(arg))),
  );
}

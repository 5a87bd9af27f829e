/**
 * Getting to a server: who logs in with which password, and over which
 * connections.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { askSecret, askText } from "../../../lib/terminal/mod.ts";
import { LocalError } from "../errors.ts";
import { type NetrcLogin, netrcLogin, parseNetrc } from "../netrc.ts";
import { FtpPool } from "../pool.ts";
import { formatFtpUrl, type FtpUrl, portOf } from "../url.ts";
import { ShellError } from "./failure.ts";
import type { Shell, Site } from "./shell.ts";
import { agreedOn, type SiteTls, tlsChoiceFor } from "./site_tls.ts";
import type { Target } from "./target.ts";
import { withTlsAdvice } from "./tls_advice.ts";
import { askToTrust } from "./trust_question.ts";
import type { DataOptions } from "../data.ts";
import type { Settings } from "./settings.ts";
import type { TraceEvent } from "../control.ts";

/** Who logs in. */
interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly account?: string;
}

const ANONYMOUS: Credentials = { user: "anonymous", password: "anonymous@" };

/**
 * Connects to a server and logs in. Who types is asked about a certificate
 * that nobody vouches for.
 *
 * @throws {UsageError} when it needs TLS, and there is none.
 * @throws {ShellError} when nobody knows the password.
 */
export async function openSite(
  shell: Shell,
  target: Target,
  signal: AbortSignal,
): Promise<Site> {
  const url = agreedOn(shell, target);
  const credentials = await credentialsFor(shell, url, signal);
  try {
    return await connected(shell, url, credentials, signal);
  } catch (error) {
    signal.throwIfAborted();
    const pin = await askToTrust(shell, error, signal);
    if (pin === null) throw withTlsAdvice(error, url);
    const terms = { ...url.terms, pins: [pin] };
    return await connected(shell, { ...url, terms }, credentials, signal);
  }
}

async function connected(
  shell: Shell,
  url: Target,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Site> {
  const { settings } = shell.state;
  const tls: SiteTls = { control: null, data: null };
  const pool = await FtpPool.connect({
    hostname: url.hostname,
    port: portOf(url),
    ...credentials,
    ...dataOptions(settings),
    tls: tlsChoiceFor(shell, url, tls),
    connections: settings.parallel,
    timeout: settings.timeout,
    retries: settings.retries,
    charset: settings.charset,
    network: shell.network,
    files: shell.files,
    clock: shell.clock,
    trace: (event) => trace(shell, event),
    signal,
  });
  const { user } = credentials;
  return { url: { ...url, user, password: null }, pool, tls };
}

/** How data connections are made, as the settings say. */
export function dataOptions(settings: Settings): DataOptions {
  return {
    mode: settings.mode,
    extended: settings.epsv === "on",
    activePorts: settings["port-range"],
    trustPasvAddress: settings["pasv-address"] === "trust",
  };
}

function trace({ state, output }: Shell, event: TraceEvent): void {
  if (state.settings.trace === "off") return;
  if ("sent" in event) return output.talk(`> ${event.sent}`);
  const { code, lines } = event.received;
  for (const line of lines) output.talk(`< ${code} ${line}`);
}

/** The URL's, the password file's, .netrc's, what is typed, or anonymous. */
async function credentialsFor(
  shell: Shell,
  url: FtpUrl,
  signal: AbortSignal,
): Promise<Credentials> {
  const { access } = shell;
  const named = url.user ?? access.user ?? null;
  if (named !== null && url.password !== null) {
    return { user: named, password: url.password };
  }
  const known = await netrcFor(shell, url.hostname, named);
  const user = named ?? known?.user ?? await askedUser(shell, url, signal);
  if (user === null || isAnonymous(user)) return ANONYMOUS;
  const password = await filedPassword(shell) ?? known?.password ??
    await askedPassword(shell, { ...url, user }, signal);
  return known?.account ? { user, password, account: known.account } : {
    user,
    password,
  };
}

function isAnonymous(user: string): boolean {
  return user === "anonymous" || user === "ftp" || user === "";
}

async function netrcFor(
  { access, machine, output }: Shell,
  hostname: string,
  user: string | null,
): Promise<NetrcLogin | null> {
  const home = machine.env("HOME") ?? machine.env("USERPROFILE");
  const asked = access.netrc !== undefined && access.netrc !== "~/.netrc";
  const path = asked ? access.netrc! : home && `${home}/.netrc`;
  if (!path) return null;
  let text: string | null;
  try {
    text = await machine.readText(path);
  } catch (error) {
    if (access.netrc === undefined) return null; // Nobody asked for it.
    throw unreadable(path, error);
  }
  if (text === null) {
    if (!asked) return null;
    throw new ShellError("local", `cannot read ${path}: there is no such file`);
  }
  const { entries, problems } = parseNetrc(text);
  for (const problem of problems) output.warn(`${path}: ${problem}`);
  // An entry for everybody is used when the file was asked for.
  const usable = access.netrc === undefined
    ? entries.filter(({ machine }) => machine !== null)
    : entries;
  const found = netrcLogin(usable, hostname, user ?? undefined);
  if (found === null) return null;
  if (found.password !== null) await warnIfOpen(machine, output, path);
  return found;
}

async function warnIfOpen(
  machine: Shell["machine"],
  output: Shell["output"],
  path: string,
): Promise<void> {
  if (!await machine.openToOthers(path)) return;
  output.warn(`others can read ${path}; chmod 600 ends that`);
}

/** The first line of the password file. */
async function filedPassword(
  { access, machine, output }: Shell,
): Promise<string | null> {
  const path = access.passwordFile;
  if (path === undefined) return null;
  let text: string | null;
  try {
    text = await machine.readText(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (text === null) {
    throw new ShellError("local", `cannot read ${path}: there is no such file`);
  }
  await warnIfOpen(machine, output, path);
  return text.split(/\r?\n/, 1)[0]!;
}

function unreadable(path: string, cause: unknown): LocalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LocalError(`Cannot read ${path}: ${why}`, { cause });
}

/** `null` when there is nobody to ask, or nothing to be asked. */
async function askedUser(
  { access, terminal }: Shell,
  url: FtpUrl,
  signal: AbortSignal,
): Promise<string | null> {
  if (access.unasked || terminal === null) return null;
  const prompt = `User at ${url.hostname} (anonymous): `;
  const user = await askText(terminal, prompt, { signal });
  if (user !== null) return user;
  throw new ShellError("cancelled", "no user was named; nothing was sent");
}

async function askedPassword(
  { terminal, tls }: Shell,
  url: FtpUrl,
  signal: AbortSignal,
): Promise<string> {
  // Who shows a certificate may need no password; the server says if it does.
  const isCertified = tls.trust.certificate !== undefined;
  if (terminal === null && isCertified) return "";
  const who = visible(formatFtpUrl({ ...url, path: "" }));
  const prompt = `Password for ${who}: `;
  const password = terminal === null
    ? null
    : await askSecret(terminal, prompt, { signal });
  if (password !== null) return password;
  throw new ShellError(
    "login",
    `no password for ${who}: use --password-file FILE or ~/.netrc`,
  );
}

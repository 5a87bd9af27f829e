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
import { createLog } from "../lib/log.ts";
import { ipVersion } from "../lib/net/address.ts";
import { ListenError, listenError } from "../lib/net/listen_error.ts";
import {
  checkText,
  missingLines,
  readyText,
  withoutMissing,
} from "./ftp/announce.ts";
import { type Request, runFtpd } from "./ftp/options.ts";
import {
  availableGrants,
  giveUpFiles,
  workerPermissions,
} from "./ftp/permissions.ts";
import { type Grant, grantsOf, type Settings } from "./ftp/settings.ts";
import { runWarden, WardenError } from "./ftp/warden.ts";

/**
 * Runs the tool and returns its exit code. `exit` ends the process at once,
 * when somebody asks a second time to stop.
 */
export function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  const onSecond = () => exit(EXIT.failed);
  return runFtpd(args, (request) => serve(request, onSecond));
}

async function serve(
  { settings: asked, check }: Request,
  onSecond: () => void,
): Promise<number> {
  const found = await told(lookAround(asked));
  const { granted, missing } = await availableGrants(grantsOf(found));
  refuseDeafness(missing);
  const settings = withoutMissing(found, missing);
  const folders = asked.accounts.map(({ root }) => root);
  const announced = { settings, granted, folders };
  const log = createLog(settings.log);
  for (const line of missingLines(missing)) {
    if (settings.log.format === "json") log.warn("permission", { lack: line });
    else writeErr(`ftpd: ${line}\n`);
  }
  if (check) {
    writeOut(checkText(announced));
    return EXIT.done;
  }
  // Never given up: a signal in the last moment must not end it by default.
  const stop = stopSignals({ onSecond });
  const source = sourceFolder();
  // A worker is loaded from the program's source. Flags that hide it are
  // narrow enough: then this thread gives up the rest and serves by itself.
  const apart = await canRead(source);
  const permissions = apart ? await workerPermissions(granted) : null;
  if (!apart) await giveUpFiles(granted, null);
  await told(runWarden(settings, {
    permissions,
    signal: stop.signal,
    log,
    async onReady(addresses) {
      if (apart) await giveUpFiles(granted, source);
      writeOut(readyText(announced, addresses));
    },
  }));
  return EXIT.done;
}

/** Trouble with the network has an exit code of its own. */
async function told<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof WardenError || error instanceof ListenError) {
      throw new ToolError(error.message, EXIT.network);
    }
    throw error;
  }
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

/** Where the program's own modules are; `/` when nobody knows. */
function sourceFolder(): string {
  return import.meta.dirname?.replace(/[/\\][^/\\]*$/, "") ?? "/";
}

async function canRead(path: string): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  return state === "granted";
}

/** The settings with real folders and numeric addresses. */
async function lookAround(settings: Settings): Promise<Settings> {
  const listen = settings.listen.map(({ hostname, port }) => ({
    hostname: numericHost(hostname),
    port,
  }));
  const accounts = [];
  for (const account of settings.accounts) {
    accounts.push({ ...account, root: await realRoot(account.root) });
  }
  const passiveAddress = await addressOf(settings.data.passiveAddress);
  const data = { ...settings.data, passiveAddress };
  return { ...settings, listen, accounts, data };
}

/** Permissions and data ports are about addresses: asks for a name's own. */
function numericHost(hostname: string): string {
  if (ipVersion(hostname) !== null) return hostname;
  try {
    using listener = Deno.listen({ hostname, port: 0 });
    return listener.addr.hostname;
  } catch (error) {
    throw listenError(error, { transport: "tcp", hostname, port: 0 });
  }
}

async function realRoot(root: string): Promise<string> {
  try {
    const real = await Deno.realPath(root);
    if (!(await Deno.stat(real)).isDirectory) {
      throw new Error("it is not a folder");
    }
    if (Deno.build.os === "linux" && /^\/(dev|proc|sys)(\/|$)/.test(real)) {
      throw new Error("the runtime serves nothing below /dev, /proc and /sys");
    }
    // Windows opens no folders; there, the first listing says what is wrong.
    if (Deno.build.os !== "windows") (await Deno.open(real)).close();
    return real;
  } catch (error) {
    throw new ToolError(`cannot serve ${root}: ${rootProblem(error, root)}`);
  }
}

function rootProblem(error: unknown, root: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-read=${root}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}

async function addressOf(host?: string): Promise<string | undefined> {
  if (host === undefined || /^[\d.]+$/.test(host)) return host;
  try {
    const [address] = await Deno.resolveDns(host, "A");
    if (address !== undefined) return address;
  } catch {
    // The next line says it all.
  }
  throw new ToolError(
    `--passive-address ${host}: the name has no IPv4 address`,
    EXIT.network,
  );
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, Deno.exit));
}

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
import { ListenError } from "../lib/net/listen_error.ts";
import { checkText, readyText, withoutMissing } from "./ftp/announce.ts";
import { type Request, runFtpd } from "./ftp/options.ts";
import { grantsOf, type Settings } from "./ftp/settings.ts";
import { runWarden } from "./ftp/warden.ts";
import {
  canStartWorkers,
  numericHost,
  realFolder,
  sourceFolder,
} from "./warden/ground.ts";
import {
  availableGrants,
  giveUpFiles,
  type Grant,
  missingLines,
  workerPermissions,
} from "./warden/permissions.ts";

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
  const apart = await canStartWorkers();
  const permissions = apart ? await workerPermissions(granted) : null;
  if (!apart) await giveUpFiles(granted, null);
  await told(runWarden(settings, {
    permissions,
    signal: stop.signal,
    log,
    async onReady(addresses) {
      if (apart) await giveUpFiles(granted, sourceFolder());
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
    if (error instanceof ListenError) {
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

/** The settings with real folders and numeric addresses. */
async function lookAround(settings: Settings): Promise<Settings> {
  const listen = settings.listen.map(({ hostname, port }) => ({
    hostname: numericHost({ transport: "tcp", hostname, port }),
    port,
  }));
  const accounts = [];
  for (const account of settings.accounts) {
    accounts.push({ ...account, root: await realFolder(account.root) });
  }
  const passiveAddress = await addressOf(settings.data.passiveAddress);
  const data = { ...settings.data, passiveAddress };
  return { ...settings, listen, accounts, data };
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

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
import { createLog, type Fields, type Log } from "../lib/log.ts";
import { ListenError } from "../lib/net/listen_error.ts";
import type { HostPort } from "../lib/host_port.ts";
import {
  type Announced,
  checkText,
  readyText,
  withoutMissing,
} from "./ftp/announce.ts";
import { tellMade } from "./ftp/identity.ts";
import { type Request, runFtpd } from "./ftp/options.ts";
import { grantsOf, type Settings } from "./ftp/settings.ts";
import { follow, systemIdentity } from "./ftp/system_identity.ts";
import { runWarden } from "./ftp/warden.ts";
import {
  canStartWorkers,
  numericHost,
  realFolder,
  sourceFolder,
} from "./warden/ground.ts";
import {
  availableGrants,
  forWorkers,
  giveUpEnvironment,
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
  const identity = await systemIdentity(found, check);
  const whole = identity === null ? found : { ...found, tls: identity.tls };
  const { granted, missing } = await availableGrants(grantsOf(whole));
  refuseDeafness(missing);
  const settings = withoutMissing(whole, missing);
  const folders = asked.accounts.map(({ root }) => root);
  const announced = { settings, granted, folders, identity };
  const log = createLog(settings.log);
  const tell = teller(settings, log);
  for (const lack of missingLines(missing)) tell("permission", lack, { lack });
  if (check) {
    writeOut(checkText(announced));
    return EXIT.done;
  }
  for (const reason of identity?.warnings ?? []) {
    tell("certificate", reason, { reason });
  }
  if (identity !== null) tellMade(identity, log);
  await told(start(announced, log, onSecond));
  return EXIT.done;
}

/** Starts the server, and gives up what it does not need any more. */
async function start(
  announced: Announced,
  log: Log,
  onSecond: () => void,
): Promise<void> {
  const { settings, granted, identity = null } = announced;
  // Never given up: a signal in the last moment must not end it by default.
  const stop = stopSignals({ onSecond });
  const apart = await canStartWorkers();
  const { certificates, left } = follow(identity, { apart, log });
  const permissions = apart ? await workerPermissions(granted) : null;
  await giveUpEnvironment();
  if (!apart) await giveUpFiles(forWorkers(granted), null);
  await runWarden(settings, {
    permissions,
    signal: AbortSignal.any([stop.signal, left]),
    log,
    certificates,
    async onReady(addresses) {
      if (apart) await giveUpFiles(granted, sourceFolder());
      writeOut(readyText(announced, addresses));
    },
  });
}

/** Tells a person a line, or a program an event. */
function teller({ log: { format } }: Settings, log: Log) {
  return (event: string, line: string, fields: Fields): void => {
    if (format === "json") log.warn(event, fields);
    else writeErr(`ftpd: ${line}\n`);
  };
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
  const listen = settings.listen.map(numeric);
  const tls = settings.tls && {
    ...settings.tls,
    implicit: settings.tls.implicit.map(numeric),
  };
  const accounts = [];
  for (const account of settings.accounts) {
    accounts.push({ ...account, root: await realFolder(account.root) });
  }
  const passiveAddress = await addressOf(settings.data.passiveAddress);
  const data = { ...settings.data, passiveAddress };
  return { ...settings, listen, tls, accounts, data };
}

function numeric({ hostname, port }: HostPort): HostPort {
  return {
    hostname: numericHost({ transport: "tcp", hostname, port }),
    port,
  };
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

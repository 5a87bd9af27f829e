/**
 * A server from its start to its end, with everything around it: signals,
 * reloads, the service manager, permissions that are given up.
 *
 * @module
 */

import { stopSignals, writeOut } from "../../../lib/cli.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type { Log } from "../../../lib/log.ts";
import {
  type ServiceManager,
  serviceManager,
} from "../../../lib/net/notify.ts";
import { VERSION } from "../../../lib/version.ts";
import { canStartWorkers, sourceFolder } from "../../warden/ground.ts";
import type { HeldHangUp } from "../../warden/held_hang_up.ts";
import { outliveFileLimit, outliveMistakes } from "../../warden/outlive.ts";
import {
  forWorkers,
  giveUpEnvironment,
  giveUpFiles,
  type Grant,
  workerPermissions,
} from "../../warden/permissions.ts";
import { readyText } from "../announce.ts";
import { urlsOf } from "../tls/announce.ts";
import { staffOf } from "./staff.ts";
import type { Request } from "../options.ts";
import type { Prepared } from "./prepare.ts";
import { Following } from "./following.ts";
import { withoutSecrets } from "../accounts/secrets.ts";
import type { Settings } from "../settings.ts";
import { runWarden, type Warden } from "../warden.ts";

/** What a server is run with. */
export interface RunOptions {
  /** What was asked for. */
  readonly request: Request;
  /** SIGHUP, heard since the beginning. */
  readonly hangUp: HeldHangUp;
  /** Somebody asks a second time to stop. */
  onSecond(): void;
}

/**
 * Starts what was prepared, gives up what it does not need any more, and serves
 * until it ends.
 *
 * @throws {ToolError} when it can't start.
 */
export async function run(
  prepared: Prepared,
  { request, hangUp, onSecond }: RunOptions,
): Promise<void> {
  const { settings, granted } = prepared;
  // Never given up: a signal in the last moment must not end it by default.
  const stop = stopSignals({ onSecond });
  const apart = await canStartWorkers();
  const isReloadable = apart && settings.reload !== undefined;
  const staff = await staffOf({ settings, apart, isReloadable });
  const { log } = staff;
  outliveMistakes({ log });
  outliveFileLimit();
  const following = new Following(prepared, { request, apart, log });
  const permissions = apart ? await workerPermissions(granted) : null;
  using manager = serviceManager();
  if (!isReloadable) await giveUpEnvironment();
  if (!apart) await giveUpFiles(forWorkers(granted), null);
  const signal = AbortSignal.any([stop.signal, following.left]);
  let later = Promise.resolve();
  signal.addEventListener("abort", () => {
    if (keepsLogFile(settings)) log.info("stopping");
    manager.tell("STOPPING=1");
  });
  await runWarden(settings, {
    permissions,
    signal,
    log,
    certificates: following.certificates,
    forWorkers: withoutSecrets,
    clerks: await staff.clerks(following),
    async onReady(addresses, warden) {
      if (apart && !isReloadable) {
        const kept = [...granted, ...managerGrants(manager)];
        await giveUpFiles(kept, sourceFolder());
      }
      if (keepsLogFile(settings)) {
        const listen = urlsOf(settings, addresses).join(" ");
        log.info("started", { version: VERSION, listen });
      }
      writeOut(readyText(prepared, addresses));
      later = attend({ warden, following, manager, log }, signal);
      hangUp.pass(following.hangUp(warden));
      await manager.tell("READY=1", statusOf(addresses));
    },
  });
  following.close();
  await later;
}

/** On standard error the ready line and the shell tell when it ran. */
function keepsLogFile({ logs }: Settings): boolean {
  return logs?.file !== undefined;
}

/** What goes on beside the workers. */
interface Attended {
  readonly warden: Warden;
  readonly following: Following;
  readonly manager: ServiceManager;
  readonly log: Log;
}

/** Reloads when asked, and tells the manager that all is well. */
async function attend(
  { warden, following, manager }: Attended,
  signal: AbortSignal,
): Promise<void> {
  const over = AbortSignal.any([signal, following.over]);
  const beat = manager.watchdog === null ? undefined : setInterval(async () => {
    // Workers that do not answer are not well, and neither is the server.
    if (await warden.areWell()) await manager.tell("WATCHDOG=1");
  }, manager.watchdog);
  await following.run(warden, manager, over);
  clearInterval(beat);
}

function statusOf(addresses: readonly HostPort[]): string {
  return `STATUS=Serving on ${addresses.length} address${
    addresses.length === 1 ? "" : "es"
  }`;
}

/** Telling the manager something takes a permission on older runtimes. */
function managerGrants({ socket }: ServiceManager): Grant[] {
  if (socket === null || socket.startsWith("\0")) return [];
  const feature = "service manager";
  return (["read", "write"] as const)
    .map((name) => ({ name, scope: socket, feature, keeper: "warden" }));
}

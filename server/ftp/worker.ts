/**
 * The thread that serves: the only place where a client's bytes are looked at,
 * with exactly the permissions that the warden gave it.
 *
 * @module
 */

import { createLog } from "../../lib/log.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { TcpAddress } from "../../lib/net/address.ts";
import {
  type Admission,
  admission,
  type Refusal,
} from "../../lib/net/admission.ts";
import type { FileSystem } from "../fs/file_system.ts";
import { localFileSystem } from "../fs/local.ts";
import { outliveMistakes } from "../warden/outlive.ts";
import { listedAccounts } from "./accounts.ts";
import { serveFtp } from "./serve.ts";
import type { Settings } from "./settings.ts";
import type { TlsMaterial } from "./tls_settings.ts";
import { type WorkerTls, workerTls } from "./worker_tls.ts";

/** What the warden tells a worker; it reads the certificates, no worker does. */
export type Order =
  | {
    kind: "start";
    settings: Settings;
    material: TlsMaterial | null;
    reusePort: boolean;
  }
  | { kind: "certificates"; material: TlsMaterial }
  | { kind: "verdict"; id: number; refusal: Refusal | null }
  | { kind: "stop" };

/** What a worker tells the warden. */
export type Report =
  | { kind: "ready"; addresses: HostPort[] }
  | { kind: "failed"; message: string }
  | { kind: "enter"; id: number; address: string }
  | { kind: "leave"; address: string }
  | { kind: "stopped" };

/**
 * Does what orders say. `report` takes what the warden must know.
 *
 * Runs in a worker, or in the warden's own thread where the runtime's flags
 * do not let it start one.
 */
export function takeOrders(
  report: (report: Report) => void,
): (order: Order) => void {
  const stopping = new AbortController();
  const warden = askWarden(report);
  let change = (_material: TlsMaterial) => {};
  return (order) => {
    switch (order.kind) {
      case "start": {
        const tls = tlsOf(order);
        change = (material) => changeOf(tls, material, order.settings);
        const door = doorOf(order.settings, warden);
        serve(order, { tls, door, signal: stopping.signal }, report);
        break;
      }
      case "certificates":
        change(order.material);
        break;
      case "verdict":
        warden.answer(order.id, order.refusal);
        break;
      case "stop":
        stopping.abort();
    }
  };
}

type Start = Order & { kind: "start" };

/** What a server needs besides its settings. */
interface Means {
  readonly tls: Promise<WorkerTls | null>;
  readonly door: Admission;
  readonly signal: AbortSignal;
}

async function serve(
  { settings, reusePort }: Start,
  { tls, door, signal }: Means,
  report: (report: Report) => void,
): Promise<void> {
  try {
    const server = await serveFtp({
      ...settings.session,
      listen: settings.listen.map(tcp),
      implicit: settings.tls?.implicit.map(tcp) ?? [],
      tls: (await tls)?.tls,
      data: settings.data,
      grace: settings.grace,
      log: createLog(settings.log),
      authenticate: listedAccounts(withFileSystems(settings)),
      admission: door,
      reusePort,
      signal,
    });
    const addresses = server.addresses.flatMap((address) =>
      address.transport === "tcp"
        ? { hostname: address.hostname, port: address.port }
        : []
    );
    report({ kind: "ready", addresses });
    await server.finished;
    report({ kind: "stopped" });
  } catch (error) {
    report({ kind: "failed", message: messageOf(error) });
  }
}

function tcp(at: HostPort): TcpAddress {
  return { transport: "tcp", ...at };
}

/** Asynchronous, so that a failure is told like any other of the start. */
function tlsOf({ settings, material }: Start): Promise<WorkerTls | null> {
  return Promise.try(() =>
    settings.tls && material && workerTls(settings.tls, material)
  );
}

/** The warden has tried them, so that nobody expects this to fail. */
async function changeOf(
  tls: Promise<WorkerTls | null>,
  material: TlsMaterial,
  settings: Settings,
): Promise<void> {
  try {
    (await tls)?.change(material);
  } catch (error) {
    const reason = messageOf(error);
    createLog(settings.log).error("certificates-refused", { reason });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withFileSystems({ accounts }: Settings) {
  const trees = new Map<string, FileSystem>();
  return accounts.map((account) => {
    const fs = trees.get(account.root) ?? localFileSystem(account.root);
    trees.set(account.root, fs);
    return { ...account, fs };
  });
}

/** A worker that is alone counts by itself, which makes logging in faster. */
function doorOf(settings: Settings, warden: Admission): Admission {
  if (settings.workers > 1) return warden;
  const { maxSessions: max, maxPerAddress: perAddress } = settings;
  return admission({ max, perAddress });
}

/** Limits hold across workers, so the warden counts for several. */
function askWarden(report: (report: Report) => void) {
  const asked = new Map<number, (refusal: Refusal | null) => void>();
  let last = 0;
  return {
    enter(address: string): Promise<Refusal | null> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Refusal | null>();
      asked.set(id, resolve);
      // In the warden's own thread the answer comes before this returns.
      report({ kind: "enter", id, address });
      return promise;
    },
    leave(address: string): void {
      report({ kind: "leave", address });
    },
    answer(id: number, refusal: Refusal | null): void {
      asked.get(id)?.(refusal);
      asked.delete(id);
    },
  };
}

/** What of the worker's global object is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(report: Report): void;
}

if ("WorkerGlobalScope" in globalThis) {
  outliveMistakes();
  const scope = globalThis as unknown as WorkerScope;
  const obey = takeOrders((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => obey(data);
}

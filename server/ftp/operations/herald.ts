/**
 * The thread that tells others how the server is: it serves `--metrics`, and
 * delivers events to hooks. It may connect to those, and do nothing else.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import { admission } from "../../../lib/net/admission.ts";
import { ListenError } from "../../../lib/net/listen_error.ts";
import { serveTcp, type TcpServer } from "../../../lib/net/tcp.ts";
import { type Page, tinyHttp } from "../../../lib/net/tiny_http.ts";
import { outliveMistakes } from "../../warden/outlive.ts";
import { type HookWay, wayTo } from "./herald_hooks.ts";
import type { HeraldOrder, HeraldReport } from "./herald_messages.ts";

/** Connections to the metrics at a time. */
const MAX_CONNECTIONS = 32;
/** Of one address, which keeps no others from seeing whether all is well. */
const MAX_OF_ADDRESS = 16;
/** Milliseconds for pages that are being delivered when the herald stops. */
const GRACE = 1000;

/**
 * Does what orders say. Runs in a worker, or in the warden's thread where none
 * can be started.
 */
export function takeOrders(
  report: (report: HeraldReport) => void,
): (order: HeraldOrder) => void {
  const asked = new Map<number, (page: Page | null) => void>();
  let ways: HookWay[] = [];
  let server: TcpServer | null = null;
  let last = 0;

  async function begin(order: HeraldOrder & { kind: "start" }): Promise<void> {
    ways = order.hooks.map(wayTo);
    try {
      if (order.metrics !== null) server = await show(order.metrics);
      report({ kind: "ready", addresses: addressesOf(server) });
    } catch (error) {
      const message = error instanceof ListenError
        ? `--metrics: ${error.message}`
        : String(error);
      report({ kind: "failed", message });
    }
  }

  function show(at: HostPort): Promise<TcpServer> {
    return serveTcp(tinyHttp(ask), {
      listen: [{ transport: "tcp", ...at }],
      admission: admission({
        max: MAX_CONNECTIONS,
        perAddress: MAX_OF_ADDRESS,
      }),
      grace: GRACE,
    });
  }

  function ask(path: string): Promise<Page | null> {
    const id = ++last;
    const { promise, resolve } = Promise.withResolvers<Page | null>();
    asked.set(id, resolve);
    report({ kind: "ask", id, path });
    return promise;
  }

  async function deliver(
    { id, hook, event }: HeraldOrder & { kind: "deliver" },
  ): Promise<void> {
    const way = ways[hook];
    const failure = way === undefined
      ? { reason: "there is no such hook", again: false }
      : await way.deliver(event);
    report({ kind: "delivered", id, failure });
  }

  async function mute(): Promise<void> {
    await server?.stop();
    server = null;
    report({ kind: "muted" });
  }

  async function stop(): Promise<void> {
    for (const way of ways) way.close();
    await server?.stop();
    report({ kind: "stopped" });
  }

  return (order) => {
    switch (order.kind) {
      case "start":
        return void begin(order);
      case "deliver":
        return void deliver(order);
      case "page":
        asked.get(order.id)?.(order.page);
        asked.delete(order.id);
        return;
      case "mute":
        return void mute();
      case "reopen":
        for (const way of ways) way.reopen();
        return;
      case "stop":
        return void stop();
    }
  };
}

function addressesOf(server: TcpServer | null): HostPort[] {
  return (server?.addresses ?? []).flatMap((address) =>
    address.transport === "tcp"
      ? { hostname: address.hostname, port: address.port }
      : []
  );
}

/** What of the worker's global object is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<HeraldOrder>) => void) | null;
  postMessage(report: HeraldReport): void;
}

// In the warden's own thread this module is only imported.
if ("WorkerGlobalScope" in globalThis) {
  outliveMistakes();
  const scope = globalThis as unknown as WorkerScope;
  const obey = takeOrders((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => obey(data);
}

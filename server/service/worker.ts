/**
 * The thread of a small server that serves: the only place where a stranger's
 * bytes are looked at, with exactly the permissions that the warden gave it.
 *
 * @module
 */

import {
  EXIT,
  exitCodeOf,
  type OptionTable,
  parseOptions,
  ToolError,
  UsageError,
} from "../../lib/cli.ts";
import { createLog } from "../../lib/log.ts";
import type { Message, WorkerReport } from "../warden/post.ts";
import { outliveMistakes } from "../warden/outlive.ts";
import { readLimits, type SharedValues } from "./options.ts";
import type { Address, Endpoint, ServiceProgram, World } from "./program.ts";
import { serveEndpoints, type Serving } from "./serve.ts";

/** What the warden tells the worker. */
export type Order =
  | {
    kind: "start";
    /** The command line, which the worker reads again. */
    args: readonly string[];
    /** The plan's endpoints, numeric. */
    endpoints: readonly Endpoint[];
    /** The plan's paths, real. */
    paths: readonly string[];
  }
  /** Tell the log what was counted. */
  | { kind: "count" }
  | { kind: "stop" };

/**
 * Does what orders say. `report` takes what the warden must know.
 *
 * Runs in a worker, or in the warden's own thread where the runtime's flags
 * do not let it start one.
 */
export function takeOrders<O extends OptionTable>(
  program: ServiceProgram<O>,
  report: (report: WorkerReport<Address>) => void,
): (order: Message) => void {
  let serving: Promise<Serving> | null = null;
  const stopping = new AbortController();

  async function begin(order: Order & { kind: "start" }): Promise<void> {
    serving = serve(program, order, { signal: stopping.signal, stop: end });
    try {
      const { addresses } = await serving;
      report({ kind: "ready", addresses });
    } catch (error) {
      serving = null;
      const message = error instanceof Error ? error.message : String(error);
      const isOurs = error instanceof ToolError || error instanceof UsageError;
      const exitCode = isOurs ? exitCodeOf(error) : EXIT.network;
      report({ kind: "failed", message, exitCode });
    }
  }

  async function end(): Promise<void> {
    if (stopping.signal.aborted) return;
    stopping.abort();
    const running = await serving?.catch(() => null);
    await running?.stop();
    running?.tell();
    report({ kind: "stopped" });
  }

  return (message) => {
    const order = message as Order;
    if (order.kind === "start") begin(order);
    else if (order.kind === "stop") end();
    else serving?.then((running) => running.tell(), () => {});
  };
}

async function serve<O extends OptionTable>(
  program: ServiceProgram<O>,
  { args, endpoints, paths }: Order & { kind: "start" },
  life: Pick<World, "signal" | "stop">,
): Promise<Serving> {
  const parsed = parseOptions(program.tool, args);
  const { log: format, quiet } = parsed.options;
  const log = createLog({ format, quiet });
  let addresses: readonly Address[] = [];
  const services = program.services(parsed, {
    log,
    paths,
    ...life,
    addresses: () => addresses,
  });
  const limits = readLimits(parsed.options as unknown as SharedValues);
  const serving = await serveEndpoints({ endpoints, services, limits, log });
  addresses = serving.addresses;
  return serving;
}

/** What of the worker's global object is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(report: WorkerReport<Address>): void;
}

/**
 * In a worker: serves `program` as the warden says, and returns `true`.
 * Elsewhere it does nothing and returns `false`.
 */
export function workService<O extends OptionTable>(
  program: ServiceProgram<O>,
): boolean {
  if (!("WorkerGlobalScope" in globalThis)) return false;
  outliveMistakes();
  const scope = globalThis as unknown as WorkerScope;
  const obey = takeOrders(program, (report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => obey(data);
  return true;
}

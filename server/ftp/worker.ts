/**
 * The thread that serves: the only place where a client's bytes are looked at,
 * with exactly the permissions that the warden gave it.
 *
 * @module
 */

import { outliveMistakes } from "../warden/outlive.ts";
import { countHere, type Counting, countThere } from "./limits/counting.ts";
import type { Order, Report, StartOrder } from "./warden/messages.ts";
import { newestRates } from "./limits/newest_rates.ts";
import { type Warden, wardenBehind } from "./worker/questions.ts";
import { type FtpServer, serveFtp } from "./serve.ts";
import type { Settings } from "./settings.ts";
import { openShared } from "./limits/shared.ts";
import type { TlsMaterial } from "./tls/settings.ts";
import { type Observation, observation } from "./worker/observation.ts";
import { optionsOf, startOptions, type Tools } from "./worker/options.ts";
import type { WorkerTls } from "./worker/tls.ts";

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
  const warden = wardenBehind(report);
  let duty: Duty | null = null;
  return (order) => {
    switch (order.kind) {
      case "start":
        duty = new Duty(order, warden, stopping.signal);
        duty.run();
        break;
      case "certificates":
        duty?.secure(order.material);
        break;
      case "settings":
        duty?.change(order.settings);
        break;
      case "answer":
        warden.answer(order);
        break;
      case "survey":
        duty?.survey(order.id);
        break;
      case "kick":
        duty?.kick(order.session);
        break;
      case "drain":
        duty?.drain();
        break;
      case "stop":
        stopping.abort();
    }
  };
}

/** One server, from its start to its end. */
class Duty {
  readonly #order: StartOrder;
  readonly #warden: Warden;
  readonly #signal: AbortSignal;
  readonly #tools: Tools;
  readonly #counting: Counting;
  readonly #observation: Observation;
  readonly #tls: Promise<WorkerTls | null>;
  readonly #over = new AbortController();
  #settings: Settings;
  #server: FtpServer | null = null;
  #isDraining = false;

  constructor(order: StartOrder, warden: Warden, signal: AbortSignal) {
    this.#order = order;
    this.#warden = warden;
    this.#signal = signal;
    this.#settings = order.settings;
    this.#tls = tlsOf(order);
    const heap = () => Deno.memoryUsage().heapUsed;
    this.#observation = observation(order.settings, warden, { heap });
    const { log, observer } = this.#observation;
    const shared = openShared(order.shared);
    this.#counting = order.counts === "warden"
      ? countThere(warden)
      : countHere(order.settings, { shared, log, signal: this.#over.signal });
    const counting = this.#counting;
    const rates = newestRates();
    this.#tools = { warden, shared, counting, rates, observer, log };
  }

  /** Serves until somebody says to stop, and tells how that went. */
  async run(): Promise<void> {
    const { report } = this.#warden;
    try {
      const tls = (await this.#tls)?.tls;
      this.#server = await serveFtp(startOptions(
        this.#order.settings,
        this.#tools,
        { tls, reusePort: this.#order.reusePort, signal: this.#signal },
      ));
      report({ kind: "ready", addresses: this.#addresses() });
      // What came while it started.
      if (this.#settings !== this.#order.settings) this.change(this.#settings);
      if (this.#isDraining) this.drain();
      await this.#server.finished;
      await this.#finish();
      report({ kind: "stopped" });
    } catch (error) {
      report({ kind: "failed", message: messageOf(error) });
    } finally {
      this.#over.abort();
    }
  }

  /** Goes on with other settings. */
  change(settings: Settings): void {
    this.#settings = settings;
    if (this.#server === null) return;
    this.#observation.change(settings);
    this.#counting.change(settings);
    this.#server.change(optionsOf(settings, this.#tools));
  }

  /** Takes no more sessions. */
  drain(): void {
    this.#isDraining = true;
    const { report } = this.#warden;
    this.#server?.drain().then(() => report({ kind: "deaf" }));
  }

  /** Tells what is going on. */
  survey(id: number): void {
    const survey = this.#observation.survey();
    this.#warden.report({ kind: "survey", id, survey });
  }

  /** Ends a session, if it is one of this worker's. */
  kick(session: number): void {
    this.#server?.kick(session);
  }

  /** Goes on with other certificates; the warden has tried them. */
  async secure(material: TlsMaterial): Promise<void> {
    try {
      (await this.#tls)?.change(material);
    } catch (error) {
      const reason = messageOf(error);
      this.#tools.log.error("certificates-refused", { reason });
    }
  }

  /** The last words: what is still to be told, and what was counted in all. */
  async #finish(): Promise<void> {
    await this.#observation.finish();
    this.survey(0);
  }

  #addresses() {
    return this.#server!.addresses.flatMap((address) =>
      address.transport === "tcp"
        ? { hostname: address.hostname, port: address.port }
        : []
    );
  }
}

/** What TLS needs takes long to load, and is loaded where TLS is spoken. */
async function tlsOf(
  { settings, material }: StartOrder,
): Promise<WorkerTls | null> {
  if (!settings.tls || !material) return null;
  const { workerTls } = await import("./worker/tls.ts");
  return workerTls(settings.tls, material);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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

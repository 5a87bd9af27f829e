/**
 * A server of several threads, as the warden sees it: its workers, those that
 * follow them after a reload, and its clerks.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import { pause } from "../../../lib/net/wait.ts";
import { WardenError } from "../../warden/post.ts";
import type { Ledger } from "../limits/ledger.ts";
import type { Order, Report } from "./messages.ts";
import { placesOf, type Settings } from "../settings.ts";
import { newShared } from "../limits/shared.ts";
import type { Warden, WardenOptions } from "../warden.ts";
import type { Office } from "./clerk.ts";
import { countingClerk } from "./counting_clerk.ts";
import { Desk } from "./desk.ts";
import { Generation, type Means, type Plan } from "./generation.ts";
import { asFarAsAllowed, canGoOn, keepPlaces, newPlaces } from "./plan.ts";
import { WorkerRoll } from "./roll.ts";

/** What a server is given of its surroundings. */
export interface Surroundings {
  /** The worker's module. */
  readonly module: URL;
  /** Whether workers can share ports with each other. */
  readonly canShare: boolean;
  /** Does a worker's job in this thread. */
  here(report: (report: Report) => void): (order: Order) => void;
  /**
   * Finds out whether these places are free.
   *
   * @throws {ListenError} (rejects) when one is not.
   */
  probe(places: readonly HostPort[]): Promise<void>;
}

/** A server, from its start to its end. */
export class Server implements Warden {
  /** What its clerks see of it. */
  readonly office: Office;
  readonly #around: Surroundings;
  readonly #options: WardenOptions;
  readonly #roll = new WorkerRoll();
  readonly #desk: Desk;
  readonly #means: Means;
  readonly #over = new AbortController();
  readonly #reloads = { ok: 0, failed: 0 };
  /** The newest last. */
  readonly #generations: Set<Generation> = new Set();
  readonly #idle: PromiseWithResolvers<void> = Promise.withResolvers();
  #current: Generation;
  #asked: readonly HostPort[];
  #ledger: Ledger | null = null;
  #watching: AbortController = new AbortController();
  #watched: Plan["certificates"];
  #isDraining = false;
  #isReloading = false;

  /** Nobody works yet. */
  constructor(plan: Plan, options: WardenOptions, around: Surroundings) {
    const { settings } = plan;
    const { signal, log, forWorkers = (settings) => settings } = options;
    const shared = newShared(settings.maxSessions);
    this.#options = options;
    this.#around = around;
    this.#asked = placesOf(settings);
    this.#desk = new Desk(log);
    this.#means = {
      desk: this.#desk,
      roll: this.#roll,
      signal,
      log,
      shared,
      reusePort: settings.workers > 1 ||
        (around.canShare && settings.reload !== undefined),
      counts: countsHere(settings) ? "warden" : "worker",
      module: around.module,
      here: (report) => around.here(report),
      forWorkers,
    };
    this.#current = new Generation(plan, this.#means);
    this.office = this.#officeOf(shared);
  }

  /** Where it listens. */
  get addresses(): readonly HostPort[] {
    return this.#current.addresses;
  }

  /** Starts everything, and waits until every worker listens. */
  async start(): Promise<void> {
    if (this.#means.counts === "warden") {
      const clerk = countingClerk(this.office);
      this.#ledger = clerk.ledger;
      this.#desk.hire(clerk);
    }
    for (const hire of this.#options.clerks ?? []) {
      this.#desk.hire(await hire(this.office));
    }
    this.#desk.hire({
      answers: { who: async () => (await this.office.survey()).sessions },
    });
    if (this.#means.reusePort) await this.#around.probe(this.#asked);
    this.#current = await this.#begin(this.#current.plan);
    this.#watch(this.#current.plan);
  }

  /** Lets everybody go, now. */
  close(): void {
    for (const generation of this.#generations) generation.close();
    this.#rest();
  }

  /** Ends when nobody works any more, and nobody is about to. */
  #rest(): void {
    const isOver = this.#generations.size === 0 && !this.#isReloading;
    if (isOver) this.#idle.resolve();
  }

  /** Resolves when the last worker has stopped, and nobody works any more. */
  async finished(): Promise<void> {
    await this.#idle.promise;
    this.#over.abort();
    await this.#desk.close();
  }

  /** Whether every worker answers. */
  areWell(): Promise<boolean> {
    return this.#roll.areWell();
  }

  /** Opens all files again that are open for long. */
  reopen(): Promise<void> {
    return this.#desk.reopen();
  }

  /** Counts a reload that came to nothing before there was a plan. */
  couldNotReload(): void {
    this.#reloads.failed++;
  }

  /** Takes no more sessions. */
  drain(): void {
    this.#isDraining = true;
    for (const generation of this.#generations) generation.retire();
  }

  /** Goes on by another plan. */
  async reload(next: Plan): Promise<"live" | "anew"> {
    if (this.#isDraining) throw new WardenError("the server is draining");
    if (this.#isReloading) throw new WardenError("another reload is under way");
    this.#isReloading = true;
    try {
      const how = await this.#follow(next);
      this.#reloads.ok++;
      return how;
    } catch (error) {
      this.#reloads.failed++;
      throw error;
    } finally {
      this.#isReloading = false;
      this.#rest();
    }
  }

  async #follow(next: Plan): Promise<"live" | "anew"> {
    const asked = placesOf(next.settings);
    const settings = keepPlaces(next.settings, this.#asked, this.addresses);
    const plan = { ...next, settings };
    await this.#desk.check(settings);
    const isLive = canGoOn(this.#current.plan, plan);
    if (!isLive) await this.#replaceAll(plan);
    this.#asked = asked;
    for (const generation of this.#generations) {
      if (generation !== this.#current) {
        const { permissions } = generation.plan;
        generation.change(asFarAsAllowed(settings, permissions));
      } else if (isLive) {
        generation.change(settings);
        generation.certify(plan.certificates);
      }
    }
    this.#watch(plan);
    await this.#desk.change(settings);
    return isLive ? "live" : "anew";
  }

  /** New workers first; where ports can't be shared, the old ones let go first. */
  async #replaceAll(plan: Plan): Promise<void> {
    const wanted = placesOf(plan.settings);
    await this.#around.probe(newPlaces(wanted, this.addresses));
    const before = this.#current;
    if (this.#means.reusePort) {
      this.#current = await this.#begin(plan);
      return await before.retire();
    }
    await before.retire();
    try {
      this.#current = await this.#insist(plan);
    } catch (error) {
      this.#current = await this.#insist(before.plan);
      throw error;
    }
  }

  /** The old ones need a moment to let go of their ports. */
  async #insist(plan: Plan): Promise<Generation> {
    for (let retries = RETRIES;; retries--) {
      try {
        return await this.#begin(plan);
      } catch (error) {
        if (retries === 0) throw error;
        await pause(RETRY_DELAY, { signal: this.#options.signal });
      }
    }
  }

  async #begin(plan: Plan): Promise<Generation> {
    const generation = new Generation(plan, this.#means);
    this.#generations.add(generation);
    generation.finished.then(() => {
      this.#generations.delete(generation);
      this.#rest();
    });
    await generation.start();
    // Somebody has said so while it started.
    if (this.#isDraining) generation.retire();
    return generation;
  }

  /** Hands new certificates on to every worker, until others take their place. */
  async #watch({ certificates }: Plan): Promise<void> {
    if (certificates === this.#watched) return;
    this.#watched = certificates;
    this.#watching.abort();
    this.#watching = new AbortController();
    const { signal } = this.#options;
    const signals = [signal, this.#over.signal, this.#watching.signal];
    await certificates?.run((material) => {
      const order: Order = { kind: "certificates", material };
      for (const generation of this.#generations) {
        if (generation.plan.certificates === certificates) {
          generation.send(order);
        }
      }
    }, AbortSignal.any(signals));
  }

  #officeOf(shared: SharedArrayBuffer): Office {
    const settings = () => this.#current.plan.settings;
    const roll = this.#roll;
    const isDraining = () => this.#isDraining;
    const { log, signal } = this.#options;
    return {
      ...{ log, signal, shared, reloads: this.#reloads },
      get settings() {
        return settings();
      },
      get workers() {
        return roll.size;
      },
      get deaths() {
        return roll.deaths;
      },
      get draining() {
        return isDraining();
      },
      survey: () => roll.survey(),
      areWell: () => roll.areWell(),
      async kick(session) {
        const { sessions } = await roll.survey();
        if (!sessions.some(({ id }) => id === session)) return false;
        roll.send({ kind: "kick", session });
        return true;
      },
      bans: () => this.#ledger?.bans() ?? [],
      unban: (address) => this.#ledger?.unban(address) ?? false,
      drain: () => this.drain(),
    };
  }
}

/** How often a start is tried again where ports can't be shared. */
const RETRIES = 20;
/** Milliseconds between two tries. */
const RETRY_DELAY = 100;

/**
 * Whether the warden counts sessions: for several workers, for those that
 * follow each other, and where others want to know.
 */
function countsHere(settings: Settings): boolean {
  const { workers, reload, control, metrics } = settings;
  return workers > 1 || [reload, control, metrics].some((it) => it);
}

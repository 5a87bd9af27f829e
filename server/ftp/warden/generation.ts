/**
 * Workers that were started together: the same permissions, the same places,
 * the same settings.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { Log } from "../../../lib/log.ts";
import { within } from "../../../lib/net/wait.ts";
import {
  withListening,
  type WorkerPermissions,
} from "../../warden/permissions.ts";
import { type Job, Post } from "../../warden/post.ts";
import type { CertificateWatch } from "../tls/certificate_watch.ts";
import type { Order, Report } from "./messages.ts";
import { withPart } from "../passive_address.ts";
import { atPlaces, placesOf, type Settings } from "../settings.ts";
import type { Colleague } from "./clerk.ts";
import type { Desk } from "./desk.ts";

/** Settings, and what they mean on this machine. */
export interface Plan {
  /** How to serve: folders are real, addresses numeric. */
  readonly settings: Settings;
  /** Permissions of the workers; `null` serves in the warden's thread. */
  readonly permissions: WorkerPermissions | null;
  /** The certificates, where the settings have TLS. @default none */
  readonly certificates?:
    | Pick<CertificateWatch, "material" | "run">
    | undefined;
}

/** What all generations of a server have in common. */
export interface Means {
  /** Hears the workers. */
  readonly desk: Desk;
  /** Hears surveys, and who is there to be asked. */
  readonly roll: Roll;
  /** Aborts when the server shall stop. */
  readonly signal: AbortSignal;
  /** Where deaths are told. */
  readonly log: Log;
  /** The numbers that all threads share. */
  readonly shared: SharedArrayBuffer;
  /** Whether others may listen on the same ports. */
  readonly reusePort: boolean;
  /** Who counts sessions. */
  readonly counts: "worker" | "warden";
  /** The worker's module. */
  readonly module: URL;
  /** Does a worker's job in the warden's thread. */
  here(report: (report: Report) => void): (order: Order) => void;
  /** What of settings a worker is told. @default all */
  readonly forWorkers: (settings: Settings) => Settings;
}

/** Who works, and how to reach them. */
export interface Roll {
  /** A new worker; `send` reaches it. */
  enter(send: (order: Order) => void): Colleague;
  /** A worker is gone. */
  leave(worker: Colleague): void;
  /** A worker has died, in spite of everything. */
  died(): void;
  /** A worker has answered a survey. */
  answered(report: Report & { kind: "survey" }, from: Colleague): void;
}

/** Milliseconds for workers to stop listening. */
const PATIENCE = 5000;

/** Some workers, and the settings that they have. */
export class Generation {
  /** Resolves when the last worker has stopped. */
  readonly finished: Promise<void>;
  readonly #means: Means;
  readonly #posts: Post<HostPort>[] = [];
  readonly #over: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #deaf: Promise<void>[] = [];
  #plan: Plan;
  #addresses: readonly HostPort[] = [];

  /** Nobody works yet. */
  constructor(plan: Plan, means: Means) {
    this.#plan = plan;
    this.#means = means;
    this.finished = this.#over.promise;
  }

  /** What it was started for, with the newest settings. */
  get plan(): Plan {
    return this.#plan;
  }

  /** Where it listens. */
  get addresses(): readonly HostPort[] {
    return this.#addresses;
  }

  /**
   * Starts all of its workers, and waits until they listen.
   *
   * @throws {WardenError} when one of them can't; then none is left.
   */
  async start(): Promise<void> {
    const { workers } = this.#plan.settings;
    try {
      // With port 0 only the first one chooses; the others follow it.
      this.#addresses = placesOf(this.#plan.settings);
      for (let index = 0; index < workers; index++) {
        const deaf = Promise.withResolvers<void>();
        const post = new Post(this.#jobOf(index, deaf.resolve));
        this.#posts.push(post);
        this.#deaf.push(Promise.race([deaf.promise, post.finished]));
        this.#addresses = await post.start();
      }
      const { settings } = this.#plan;
      this.#plan = {
        ...this.#plan,
        settings: atPlaces(settings, this.#addresses),
      };
    } catch (error) {
      this.close();
      throw error;
    } finally {
      Promise.all(this.#posts.map(({ finished }) => finished))
        .then(() => this.#over.resolve());
    }
  }

  /** Goes on with other settings, for what begins from now on. */
  change(settings: Settings): void {
    this.#plan = { ...this.#plan, settings };
    const told = this.#means.forWorkers(settings);
    this.send({ kind: "settings", settings: told });
  }

  /** Whoever comes later gets its certificates from here. */
  certify(certificates: Plan["certificates"]): void {
    if (certificates === this.#plan.certificates) return;
    this.#plan = { ...this.#plan, certificates };
    const material = certificates?.material;
    if (material) this.send({ kind: "certificates", material });
  }

  /** Tells every worker something. */
  send(order: Order): void {
    for (const post of this.#posts) post.send(order);
  }

  /**
   * Takes on nothing new, and ends with its last session. Resolves when nobody
   * can come to it any more.
   */
  async retire(): Promise<void> {
    for (const post of this.#posts) post.retire();
    const { signal } = this.#means;
    await within(Promise.all(this.#deaf), PATIENCE, null, { signal });
  }

  /** Lets all of its workers go, now. */
  close(): void {
    for (const post of this.#posts) post.close();
  }

  #jobOf(index: number, onDeaf: () => void): Job<HostPort> {
    const { desk, roll, signal, log, module, here } = this.#means;
    const { grace } = this.#plan.settings;
    let self: Colleague | null = null;
    return {
      module,
      grace,
      signal,
      log,
      permissions: (addresses) => this.#permissions(addresses),
      start: (addresses) => this.#startOrder(addresses, index),
      here: (report) => {
        const obey = here(report as (report: Report) => void);
        return (order) => obey(order as Order);
      },
      onHired: (send) => self = roll.enter(send as (order: Order) => void),
      onReport: (message, send) => {
        const report = message as Report;
        if (report.kind === "deaf") return onDeaf();
        // What one says after its end, in this thread, counts no longer.
        if (self === null) return;
        if (report.kind === "survey") roll.answered(report, self);
        else desk.hear(report, self, send as (order: Order) => void);
      },
      onGone: () => {
        if (self === null) return;
        desk.gone(self);
        roll.leave(self);
        self = null;
      },
      onDeath: () => roll.died(),
    };
  }

  #permissions(
    addresses: readonly HostPort[] | null,
  ): WorkerPermissions | null {
    const { permissions } = this.#plan;
    return permissions &&
      withListening(permissions, addresses ?? this.#addresses);
  }

  #startOrder(addresses: readonly HostPort[] | null, index: number): Order {
    const { shared, reusePort, counts, forWorkers } = this.#means;
    const { settings, certificates } = this.#plan;
    return {
      kind: "start",
      settings: forWorkers(
        withPart(atPlaces(settings, addresses ?? this.#addresses), index),
      ),
      // Whoever comes later gets what the others have by now.
      material: certificates?.material ?? null,
      index,
      reusePort,
      counts,
      shared,
    };
  }
}

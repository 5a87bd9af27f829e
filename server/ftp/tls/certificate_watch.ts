/**
 * Certificates that are replaced while the server runs: looked for every few
 * seconds, and when the administrator says so.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { Log } from "../../../lib/log.ts";
import { pause } from "../../../lib/net/wait.ts";
import {
  type Certificates,
  certificateWarnings,
  dayOf,
  sameMaterial,
} from "./certificates.ts";
import { pinOf, type TlsMaterial } from "./settings.ts";

/** Options for {@linkcode CertificateWatch}. */
export interface WatchOptions {
  /**
   * Reads all certificates.
   *
   * @throws one line that says why they can't be used.
   */
  read(): Promise<Certificates>;
  /** What their files look like, without reading them. */
  look(): Promise<string>;
  /** Where a change is told, one line each. */
  readonly log: Log;
  /** Milliseconds between two looks. @default {5000} */
  readonly every?: number;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
  /** The time of day, in milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
}

/** Milliseconds between two warnings that a certificate ends. */
const DAY = 86_400_000;

/**
 * The newest certificates that can be used.
 *
 * Whoever renews a certificate writes two files, one after the other: what
 * makes no sense is looked at a second time before anybody is told, and is
 * never used.
 */
export class CertificateWatch {
  readonly #options: Required<WatchOptions>;
  #current: Certificates;
  /** What the files looked like when they were read the last time. */
  #seen: string;
  /** What was wrong with them then, and whether somebody knows. */
  #trouble: { readonly reason: string; isTold: boolean } | null = null;
  #isAsked = false;
  #waiting: AbortController = new AbortController();
  #warned: number;

  /** `first` was read when the files looked like `seen`. */
  constructor(first: Certificates, seen: string, options: WatchOptions) {
    this.#options = {
      every: 5000,
      clock: systemClock,
      now: Date.now,
      ...options,
    };
    this.#current = first;
    this.#seen = seen;
    this.#warned = this.#options.now();
  }

  /** What a worker needs, as of now. */
  get material(): TlsMaterial {
    return this.#current.material;
  }

  /** When the first of them ends: milliseconds since 1970. */
  get until(): number {
    return Math.min(...this.#current.facts.map(({ until }) => until));
  }

  /** Reads the files now, changed or not, and tells how that went. */
  reload(): void {
    this.#isAsked = true;
    this.#waiting.abort();
  }

  /** Tells about every change until the signal aborts. */
  async run(
    onChange: (material: TlsMaterial) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { every, clock } = this.#options;
    const over = Promise.withResolvers<void>();
    const wake = () => {
      this.#waiting.abort();
      over.resolve();
    };
    signal.addEventListener("abort", wake);
    while (!signal.aborted) {
      await pause(every, { clock, signal: this.#waiting.signal });
      this.#waiting = new AbortController();
      if (signal.aborted) break;
      // A file system that does not answer must not keep the server from ending.
      await Promise.race([this.#check(onChange), over.promise]);
      this.#warnDaily();
    }
    signal.removeEventListener("abort", wake);
  }

  async #check(onChange: (material: TlsMaterial) => void): Promise<void> {
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    const { look, read } = this.#options;
    try {
      const before = this.#seen;
      // What can't be looked at now is read as soon as it can.
      this.#seen = "";
      this.#seen = await look();
      if (this.#seen !== before) this.#trouble = null;
      else if (!isAsked && this.#trouble?.isTold !== false) return;
      this.#take(await read(), isAsked, onChange);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : `${error}`, isAsked);
    }
  }

  #take(
    next: Certificates,
    isAsked: boolean,
    onChange: (material: TlsMaterial) => void,
  ): void {
    const isNew = !sameMaterial(next.material, this.#current.material);
    this.#trouble = null;
    this.#current = next;
    if (isNew) onChange(next.material);
    if (!isNew && !isAsked) return;
    this.#options.log.info("certificates", {
      fingerprint: next.facts.map(pinOf),
      names: next.facts.flatMap(({ names }) => names),
      until: next.facts.map(({ until }) => dayOf(until)),
    });
    this.#warn();
  }

  /** Trouble is told when it is still there at the second look. */
  #tell(trouble: string, isAsked: boolean): void {
    const isOld = this.#trouble?.reason === trouble;
    if (isOld && this.#trouble!.isTold && !isAsked) return;
    this.#trouble = { reason: trouble, isTold: isOld || isAsked };
    if (!this.#trouble.isTold) return;
    const reason = `${trouble}; the certificates stay as they were`;
    this.#options.log.warn("certificates-refused", { reason });
  }

  #warnDaily(): void {
    if (this.#options.now() - this.#warned >= DAY) this.#warn();
  }

  #warn(): void {
    const { now, log } = this.#options;
    this.#warned = now();
    for (const reason of certificateWarnings(this.#current, this.#warned)) {
      log.warn("certificate", { reason });
    }
  }
}

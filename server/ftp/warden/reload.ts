/**
 * Reading everything again while the server runs: when somebody asks for it,
 * and when a file of the configuration is another one than before.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";
import { errorLines } from "../../../lib/cli.ts";
import type { Log } from "../../../lib/log.ts";
import { pause } from "../../../lib/net/wait.ts";

/** What a {@linkcode Reloader} does its work with. */
export interface ReloadMeans {
  /**
   * Reads everything and goes on by it; what was done, in a word.
   *
   * @throws {Error} (rejects) with one line when it can't: nothing changes.
   */
  reload(): Promise<string>;
  /** What the files look like, without reading them. */
  look(): Promise<string>;
  /** Where reloads are told. */
  readonly log: Log;
  /** Told when a reload begins, and when it is over. */
  onReload?(isOver: boolean): void | Promise<void>;
}

/** Options for {@linkcode Reloader}. */
export interface ReloaderOptions {
  /** Milliseconds between two looks; 0 for never. @default {0} */
  readonly every?: number;
  /** What the files looked like when they were read. @default as they do now */
  readonly seen?: string;
  /** Whose milliseconds count. @default the system's */
  readonly clock?: Clock;
}

/** Reloads one at a time, and tells how that went. */
export class Reloader {
  readonly #means: ReloadMeans;
  readonly #options: ReloaderOptions;
  #isAsked = false;
  #asked: AbortController = new AbortController();
  #seen = "";
  /** What went wrong at the last look, and whether somebody knows. */
  #trouble: { readonly reason: string; isTold: boolean } | null = null;

  /** Nothing is looked at yet. */
  constructor(means: ReloadMeans, options: ReloaderOptions = {}) {
    this.#means = means;
    this.#options = options;
  }

  /** Reloads now, changed or not, or once more when that is under way. */
  ask(): void {
    this.#isAsked = true;
    this.#asked.abort();
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { every = 0, clock } = this.#options;
    const over = Promise.withResolvers<void>();
    const wake = () => {
      this.#asked.abort();
      over.resolve();
    };
    signal.addEventListener("abort", wake);
    if (every > 0) {
      this.#seen = this.#options.seen ?? await this.#sight();
    }
    while (!signal.aborted) {
      if (!this.#isAsked) {
        const time = every > 0 ? every : Infinity;
        await pause(time, { clock, signal: this.#asked.signal });
      }
      this.#asked = new AbortController();
      if (signal.aborted) break;
      if (!this.#isAsked && every === 0) continue;
      // A file system that does not answer must not keep the server from ending.
      await Promise.race([this.#turn(), over.promise]);
    }
    signal.removeEventListener("abort", wake);
  }

  async #turn(): Promise<void> {
    if (this.#isAsked) {
      this.#isAsked = false;
      if (this.#options.every) this.#seen = await this.#sight();
      return await this.#reload(true);
    }
    const seen = await this.#sight();
    const isNew = seen !== this.#seen;
    this.#seen = seen;
    if (isNew) this.#trouble = null;
    // Whoever writes several files has a second look to get done.
    if (isNew || this.#trouble?.isTold === false) await this.#reload(false);
  }

  async #sight(): Promise<string> {
    return await this.#means.look().catch((error) => errorLines(error).join());
  }

  async #reload(isAsked: boolean): Promise<void> {
    const { reload, log, onReload } = this.#means;
    await onReload?.(false);
    try {
      const how = await reload();
      this.#trouble = null;
      log.info("reloaded", { how });
    } catch (error) {
      this.#tell(errorLines(error).join("; "), isAsked);
    }
    await onReload?.(true);
  }

  /** Trouble that nobody asked for is told when it is still there later. */
  #tell(reason: string, isAsked: boolean): void {
    const isOld = this.#trouble?.reason === reason;
    if (isOld && this.#trouble!.isTold && !isAsked) return;
    this.#trouble = { reason, isTold: isOld || isAsked };
    if (!this.#trouble.isTold) return;
    this.#means.log.error("reload-failed", {
      reason: `${reason}; everything stays as it was`,
    });
  }
}

/**
 * The clerk who tells others how the server is: it makes the pages of
 * `--metrics`, and keeps the events of hooks until they are delivered. What
 * goes over the network goes through the herald, a thread of its own.
 *
 * @module
 */

import { formatHostPort } from "../../../lib/net/address.ts";
import { openListeners } from "../../../lib/net/listen.ts";
import { VERSION } from "../../../lib/version.ts";
import type { Page } from "../../../lib/net/tiny_http.ts";
import { residentMemory, runtimeVersion } from "../../warden/vitals.ts";
import { healthPage, metricsPage } from "../operations/pages.ts";
import {
  type HookMessage,
  type Wanted,
  wantedBy,
} from "../operations/hook_event.ts";
import { HookQueue } from "../operations/hook_queue.ts";
import type { ServerState } from "../operations/metrics.ts";
import { originOf } from "../operations/web_target.ts";
import type { Operations } from "../operations/grants.ts";
import type { Settings } from "../settings.ts";
import type { HookSettings } from "../settings_parts.ts";
import type { Clerk, HireClerk, Office } from "./clerk.ts";
import type { HeraldLink } from "./herald_link.ts";

/** Options for {@linkcode heraldClerk}. */
export interface HeraldClerkOptions {
  /** Whether the herald can be a thread of its own. @default {true} */
  readonly apart?: boolean;
  /** Who counts the lines of logs that are lost. @default nobody */
  readonly logs?: { readonly lost: number } | undefined;
  /** When the first certificate ends: ms since 1970. @default there is none */
  certificateEnd?(): number | null;
}

/** Milliseconds for events that wait when the server, or the herald, ends. */
const LAST_EVENTS = 5000;

/** A clerk who answers `events`, and shows metrics. */
export function heraldClerk(options: HeraldClerkOptions = {}): HireClerk {
  return async (office): Promise<Clerk> => {
    const started = Date.now();
    let now = await hire(office.settings);

    async function hire(settings: Settings): Promise<Herald | null> {
      const operations = operationsOf(settings);
      if (!isNeeded(operations)) return null;
      return await Herald.start(operations, { office, options, started });
    }

    return {
      answers: {
        events({ events }) {
          for (const event of events) now?.tell(event);
          return null;
        },
      },
      check: (settings) => tryPlace(settings.metrics, now?.settings.metrics),
      async change(settings) {
        if (now?.isFor(settings) ?? !isNeeded(operationsOf(settings))) return;
        const before = now;
        await before?.link.mute();
        try {
          now = await hire(settings);
        } catch (error) {
          // Rather as before than not at all.
          now = await before?.again().catch(() => null) ?? null;
          throw error;
        } finally {
          // Its events are delivered in the background, where they always went.
          before?.finish();
        }
      },
      reopen: () => now?.link.reopen(),
      close: () => now?.finish(),
    };
  };
}

function operationsOf({ metrics, hooks }: Settings): Operations {
  return { metrics, hooks };
}

function isNeeded({ metrics, hooks = [] }: Operations): boolean {
  return metrics !== undefined || hooks.length > 0;
}

/** Tries to listen where nobody of us does. */
async function tryPlace(
  next: Settings["metrics"],
  now: Settings["metrics"],
): Promise<void> {
  if (next === undefined || next.port === 0) return;
  if (JSON.stringify(next) === JSON.stringify(now)) return;
  const listeners = await openListeners([{ transport: "tcp", ...next }]);
  for (const listener of listeners) listener.close();
}

/** Where a hook is, for logs: without what may be secret in a URL. */
function placeOf({ url, pipe = "" }: HookSettings): string {
  return url === undefined ? pipe : originOf(url);
}

/** What a herald's pages are made of. */
interface Surroundings {
  readonly office: Office;
  readonly options: HeraldClerkOptions;
  readonly started: number;
}

/** A herald with its queues. */
class Herald {
  readonly settings: Operations;
  readonly #around: Surroundings;
  readonly #hooks: readonly { queue: HookQueue; wants: Wanted }[];
  #link: HeraldLink | null = null;

  static async start(
    settings: Operations,
    around: Surroundings,
  ): Promise<Herald> {
    const herald = new Herald(settings, around);
    const { office: { log }, options: { apart = true } } = around;
    const makePage = (path: string) => herald.#page(path);
    // Most servers have no herald, and load nothing of it.
    const { startHerald } = await import("./herald_link.ts");
    herald.#link = await startHerald(settings, { apart, log, makePage });
    const [at] = herald.link.addresses;
    if (at !== undefined) {
      log.info("metrics", { at: formatHostPort(at.hostname, at.port) });
    }
    return herald;
  }

  constructor(settings: Operations, around: Surroundings) {
    this.settings = settings;
    this.#around = around;
    this.#hooks = (settings.hooks ?? []).map((hook, at) => ({
      wants: wantedBy(hook),
      queue: new HookQueue((event) => this.link.deliver(at, event), {
        retries: hook.retries,
        log: around.office.log.with({
          hook: at + 1,
          to: placeOf(hook),
        }),
      }),
    }));
  }

  get link(): HeraldLink {
    return this.#link!;
  }

  isFor(settings: Settings): boolean {
    const { metrics, hooks } = this.settings;
    return JSON.stringify(operationsOf(settings)) ===
      JSON.stringify({ metrics, hooks });
  }

  /** Another one like this. */
  again(): Promise<Herald> {
    return Herald.start(this.settings, this.#around);
  }

  /** Puts an event where it is wanted. */
  tell(event: string): void {
    const message = JSON.parse(event) as HookMessage;
    for (const { wants, queue } of this.#hooks) {
      if (wants(message)) queue.put(event);
    }
  }

  async finish(): Promise<void> {
    await Promise.all(
      this.#hooks.map(({ queue }) => queue.finish(LAST_EVENTS)),
    );
    await this.link.close();
  }

  async #page(path: string): Promise<Page | null> {
    const { office } = this.#around;
    if (path === "/health") {
      const isWell = await office.areWell();
      return healthPage(office, { isWell, version: VERSION });
    }
    return path === "/metrics" ? metricsPage(await this.#state()) : null;
  }

  async #state(): Promise<ServerState> {
    const { office, options, started } = this.#around;
    const { workers, deaths, draining, reloads } = office;
    return {
      ...{ workers, deaths, draining, reloads, started },
      survey: await office.survey(),
      version: VERSION,
      runtime: runtimeVersion(),
      memory: residentMemory(),
      banned: office.bans().length,
      certificateEnd: options.certificateEnd?.() ?? null,
      linesLost: options.logs?.lost ?? 0,
      hooks: this.#hooks.map(({ queue: { counts, waiting } }) => (
        { ...counts, waiting }
      )),
    };
  }
}

/**
 * How a running server follows its files: certificates, configuration, the
 * names behind its passive addresses.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";
import type { Log } from "../../../lib/log.ts";
import type { ServiceManager } from "../../../lib/net/notify.ts";
import { pause } from "../../../lib/net/wait.ts";
import type { HangUp } from "../../warden/hang_up.ts";
import { missingLines, workerPermissions } from "../../warden/permissions.ts";
import type { Request } from "../options.ts";
import { hasPassiveNames } from "../passive_address.ts";
import {
  prepare,
  type Prepared,
  sightOf,
  told,
  withAddresses,
} from "./prepare.ts";
import { Reloader } from "./reload.ts";
import type { Settings } from "../settings.ts";
import type { FollowedCertificates } from "../tls/system_identity.ts";
import type { Plan } from "./generation.ts";
import type { Warden } from "../warden.ts";

/** Options for {@linkcode Following}. */
export interface FollowingOptions {
  /** What was asked for. */
  readonly request: Request;
  /** Whether workers are threads of their own. */
  readonly apart: boolean;
  /** Where changes are told. */
  readonly log: Log;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
}

/** Milliseconds between two looks at the files. */
const LOOK = 5000;
/** Milliseconds between two looks at the addresses of names. */
const NAMES = 300_000;

/** What a server was started with, and what came of that later. */
export class Following {
  readonly #options: FollowingOptions;
  readonly #leaving = new AbortController();
  readonly #over = new AbortController();
  #prepared: Prepared;
  #certificates: FollowedCertificates | undefined;
  #reloader: Reloader | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Follows nothing yet. */
  constructor(prepared: Prepared, options: FollowingOptions) {
    this.#prepared = prepared;
    this.#options = options;
    this.#certificates = followed(prepared, options);
  }

  /** The certificates, as of now. */
  get certificates(): FollowedCertificates | undefined {
    return this.#certificates;
  }

  /** Aborts when the terminal has gone that the server was started in. */
  get left(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Aborts when the server has ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The server has ended. */
  close(): void {
    this.#over.abort();
  }

  /** What SIGHUP does. */
  hangUp(warden: Warden): HangUp {
    const leave = () => this.#leaving.abort();
    const { logs } = this.#prepared.settings;
    const hasFiles = [this.#certificates, this.#reload, logs].some((it) => it);
    // Where nothing can be read again, it ends a server as it ends others.
    if (!hasFiles) return { reload: leave, leave };
    return {
      leave,
      reload: () => {
        warden.reopen();
        this.#certificates?.reload();
        this.#reloader?.ask();
      },
    };
  }

  get #reload() {
    return this.#options.apart ? this.#prepared.settings.reload : undefined;
  }

  /** Follows until the signal aborts. */
  async run(
    warden: Warden,
    manager: ServiceManager,
    signal: AbortSignal,
  ): Promise<void> {
    const { log } = this.#options;
    const reload = this.#reload;
    const names = this.#followNames(warden, signal);
    if (reload === undefined) return await names;
    const { files, watch } = reload;
    this.#reloader = new Reloader({
      log,
      look: () => sightOf(files),
      reload: () => this.#inTurn(() => this.#again(warden)),
      onReload: (isOver) => manager.tell(isOver ? "READY=1" : "RELOADING=1"),
    }, { every: watch ? LOOK : 0, seen: this.#prepared.seen });
    await Promise.all([names, this.#reloader.run(signal)]);
  }

  /** Reads everything again, and goes on by it. */
  async #again(warden: Warden): Promise<string> {
    const prepared = await this.#prepareAgain().catch((error) => {
      // What comes to nothing later the warden counts by itself.
      warden.couldNotReload();
      throw error;
    });
    const certificates = this.#certificatesOf(prepared);
    const plan = await planOf(prepared, certificates);
    const how = await told(warden.reload(plan));
    this.#certificates = certificates;
    this.#prepared = prepared;
    this.#tellMissing(prepared);
    return how;
  }

  async #prepareAgain(): Promise<Prepared> {
    const request = await this.#options.request.again();
    return await told(prepare({ ...request, check: false }));
  }

  /** The same watch, as long as it is about the same files. */
  #certificatesOf(next: Prepared): FollowedCertificates | undefined {
    const before = JSON.stringify(this.#prepared.settings.tls);
    if (JSON.stringify(next.settings.tls) === before) return this.#certificates;
    return followed(next, this.#options);
  }

  #tellMissing({ missing }: Prepared): void {
    for (const lack of missingLines(missing)) {
      this.#options.log.warn("permission", { lack });
    }
  }

  /** Names get other addresses while nobody looks. */
  async #followNames(warden: Warden, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await pause(NAMES, { signal, clock });
      const hasNames = hasPassiveNames(this.#prepared.asked.data);
      if (hasNames && !signal.aborted) await this.#lookUpNames(warden);
    }
  }

  async #lookUpNames(warden: Warden): Promise<void> {
    const { log } = this.#options;
    try {
      const { asked } = this.#prepared;
      const found = await withAddresses(asked.data);
      await this.#inTurn(() => this.#takeAddresses(warden, asked, found));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn("passive-address-refused", { reason });
    }
  }

  /** A reload that came in between has looked up names of its own. */
  async #takeAddresses(
    warden: Warden,
    asked: Settings,
    { passiveAddress, passiveAddresses }: Settings["data"],
  ): Promise<void> {
    if (asked !== this.#prepared.asked) return;
    const { settings } = this.#prepared;
    const data = { ...settings.data, passiveAddress, passiveAddresses };
    if (JSON.stringify(data) === JSON.stringify(settings.data)) return;
    const next = { ...this.#prepared, settings: { ...settings, data } };
    await warden.reload(await planOf(next, this.#certificates));
    this.#prepared = next;
    this.#options.log.info("passive-address", { address: passiveAddress });
  }

  /** Changes one after the other: each goes on from where the last one led. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

function followed(
  { identity, follow }: Prepared,
  options: FollowingOptions,
): FollowedCertificates | undefined {
  return follow?.(identity, options);
}

/** What a reload goes on by. */
async function planOf(
  { settings, granted }: Prepared,
  certificates: FollowedCertificates | undefined,
): Promise<Plan> {
  const permissions = await workerPermissions(granted);
  return { settings, permissions, certificates };
}

/**
 * How a running server follows its files: certificates, configuration, the
 * names behind its passive addresses.
 *
 * @module
 */

import type { Log } from "../../lib/log.ts";
import type { ServiceManager } from "../../lib/net/notify.ts";
import { pause } from "../../lib/net/wait.ts";
import type { HangUp } from "../warden/hang_up.ts";
import { missingLines, workerPermissions } from "../warden/permissions.ts";
import type { Request } from "./options.ts";
import { hasPassiveNames } from "./passive_address.ts";
import {
  prepare,
  type Prepared,
  sightOf,
  told,
  withAddresses,
} from "./prepare.ts";
import { Reloader } from "./reload.ts";
import type { FollowedCertificates } from "./system_identity.ts";
import type { Plan } from "./warden/generation.ts";
import type { Warden } from "./warden.ts";

/** Options for {@linkcode Following}. */
export interface FollowingOptions {
  /** What was asked for. */
  readonly request: Request;
  /** Whether workers are threads of their own. */
  readonly apart: boolean;
  /** Where changes are told. */
  readonly log: Log;
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

  #reloader: Reloader | null = null;

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
      reload: () => this.#again(warden),
      onReload: (isOver) => manager.tell(isOver ? "READY=1" : "RELOADING=1"),
    }, { every: watch ? LOOK : 0, seen: this.#prepared.seen });
    await Promise.all([names, this.#reloader.run(signal)]);
  }

  /** Reads everything again, and goes on by it. */
  async #again(warden: Warden): Promise<string> {
    try {
      const request = await this.#options.request.again();
      const prepared = await told(prepare({ ...request, check: false }));
      const certificates = this.#certificatesOf(prepared);
      const how = await told(
        warden.reload(await planOf(prepared, certificates)),
      );
      this.#certificates = certificates;
      this.#prepared = prepared;
      this.#tellMissing(prepared);
      return how;
    } catch (error) {
      warden.couldNotReload();
      throw error;
    }
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
    while (!signal.aborted) {
      await pause(NAMES, { signal });
      const hasNames = hasPassiveNames(this.#prepared.asked.data);
      if (hasNames && !signal.aborted) await this.#lookUpNames(warden);
    }
  }

  async #lookUpNames(warden: Warden): Promise<void> {
    const { log } = this.#options;
    try {
      const { settings, asked } = this.#prepared;
      const { passiveAddress, passiveAddresses } = await withAddresses(
        asked.data,
      );
      const data = { ...settings.data, passiveAddress, passiveAddresses };
      if (JSON.stringify(data) === JSON.stringify(settings.data)) return;
      this.#prepared = { ...this.#prepared, settings: { ...settings, data } };
      await warden.reload(await planOf(this.#prepared, this.#certificates));
      log.info("passive-address", { address: passiveAddress });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn("passive-address-refused", { reason });
    }
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

/**
 * The clerk who has passwords checked: it keeps a registrar, a thread of its
 * own, as long as the settings need one.
 *
 * @module
 */

import { within } from "../../../lib/net/wait.ts";
import { type Grant, workerPermissions } from "../../warden/permissions.ts";
import { Post } from "../../warden/post.ts";
import type { AuthQuestion, Identity } from "../accounts/identify.ts";
import { placeOf } from "../operations/web_target.ts";
import type {
  RegistrarOrder,
  RegistrarReport,
  RegistrarSettings,
} from "../accounts/registrar.ts";
import { needsRegistrar } from "../accounts/secrets.ts";
import type { Settings } from "../settings.ts";
import type { Clerk, HireClerk, Office } from "./clerk.ts";

/** Options for {@linkcode registrarClerk}. */
export interface RegistrarClerkOptions {
  /** Whether the registrar can be a thread of its own. @default {true} */
  readonly apart?: boolean;
}

/** Longest time for an answer: the registrar has shorter limits of its own. */
const PATIENCE = 120_000;
/** Time for the registrar to stop; nothing that it does must be finished. */
const GRACE = 100;
const GONE: Identity = {
  kind: "unavailable",
  reason: "the thread that checks passwords has ended",
};
const LATE: Identity = { ...GONE, reason: "no answer in time" };
const NOBODY: Identity = { ...GONE, reason: "nobody checks passwords" };

/** A clerk who answers `authenticate`. */
export function registrarClerk(
  { apart = true }: RegistrarClerkOptions = {},
): HireClerk {
  return async (office: Office): Promise<Clerk> => {
    let now = await hire(office.settings);
    async function hire(settings: Settings): Promise<Registrar | null> {
      if (!needsRegistrar(settings)) return null;
      return await startRegistrar(settings, office, apart);
    }
    return {
      answers: {
        authenticate: (question) => now?.identify(question) ?? NOBODY,
      },
      async change(settings) {
        if (now?.takes(settings)) return now.change(settings);
        const before = now;
        // The new one can answer before the old one gets no more questions.
        now = await hire(settings);
        before?.retire();
      },
      close: () => now?.close(),
    };
  };
}

/** A registrar, seen from the warden. */
interface Registrar {
  identify(question: AuthQuestion): Promise<Identity>;
  /** Whether its permissions are those that these settings mean. */
  takes(settings: Settings): boolean;
  change(settings: Settings): void;
  retire(): void;
  close(): void;
}

async function startRegistrar(
  first: Settings,
  { log, signal }: Office,
  apart: boolean,
): Promise<Registrar> {
  const grants = registrarGrants(first);
  const permissions = apart ? await workerPermissions(grants) : null;
  const asked = new Map<number, (identity: Identity) => void>();
  let settings = partOf(first);
  let isThere = false;
  let last = 0;
  const post = new Post<never>({
    module: new URL("../accounts/registrar.ts", import.meta.url),
    grace: GRACE,
    signal,
    log,
    permissions: () => permissions,
    start: (): RegistrarOrder => {
      isThere = true;
      return { kind: "start", settings };
    },
    here: (report) => inThisThread(report),
    onReport(message) {
      const report = message as RegistrarReport;
      if (report.kind !== "identity") return;
      asked.get(report.id)?.(report.identity);
      asked.delete(report.id);
    },
    onGone() {
      isThere = false;
      for (const answer of asked.values()) answer(GONE);
      asked.clear();
    },
  });
  const tell = (order: RegistrarOrder) => post.send(order);
  await post.start();
  return {
    async identify(question) {
      // Until the next one starts nobody would ever answer.
      if (!isThere) return GONE;
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Identity>();
      asked.set(id, resolve);
      tell({ kind: "identify", id, question });
      const identity = await within(promise, PATIENCE, LATE);
      asked.delete(id);
      return identity;
    },
    takes: (settings) =>
      needsRegistrar(settings) &&
      JSON.stringify(registrarGrants(settings)) === JSON.stringify(grants),
    change(changed) {
      settings = partOf(changed);
      tell({ kind: "settings", settings });
    },
    retire: () => post.retire(),
    close: () => post.close(),
  };
}

/** Loaded late: what checks passwords takes long to load. */
function inThisThread(report: (report: RegistrarReport) => void) {
  const obey = import("../accounts/registrar.ts").then(({ takeOrders }) =>
    takeOrders(report)
  );
  return (order: unknown) =>
    void obey.then((obey) => obey(order as RegistrarOrder));
}

/**
 * All that a registrar may do: reach the endpoint, if there is one.
 *
 * @example
 * ```ts
 * import { registrarGrants } from "./registrar_clerk.ts";
 * const auth = { url: "https://a.example/x", root: "/", timeout: 1, cache: 0 };
 * console.assert(registrarGrants({ auth })[0]?.scope === "a.example:443");
 * console.assert(registrarGrants({}).length === 0);
 * ```
 */
export function registrarGrants({ auth }: Pick<Settings, "auth">): Grant[] {
  if (auth === undefined) return [];
  const scope = placeOf(auth.url);
  return [{ name: "net", scope, feature: "authentication" }];
}

function partOf(
  { accounts, hosts, auth, defaults }: Settings,
): RegistrarSettings {
  return { accounts, hosts, auth, defaults };
}

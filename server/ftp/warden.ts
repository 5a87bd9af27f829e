/**
 * The main thread of the server: starts confined workers, counts sessions
 * over all of them, replaces those that die, and stops them.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type { Log } from "../../lib/log.ts";
import { admission, type CountingAdmission } from "../../lib/net/admission.ts";
import { openListeners } from "../../lib/net/listen.ts";
import { withListening } from "../warden/permissions.ts";
import { type Job, type Message, Post } from "../warden/post.ts";
import type { CertificateWatch } from "./certificate_watch.ts";
import { atPlaces, placesOf, type Settings } from "./settings.ts";
import { type Order, type Report, takeOrders } from "./worker.ts";

export { WardenError } from "../warden/post.ts";

/** Options for {@linkcode runWarden}. */
export interface WardenOptions {
  /** Permissions of the workers; `null` serves in this thread. */
  permissions: Deno.PermissionOptionsObject | null;
  /** Aborts when the server shall stop. */
  signal: AbortSignal;
  /** Where events are told. */
  log: Log;
  /** The certificates, where the settings have TLS. @default none */
  certificates?: Pick<CertificateWatch, "material" | "run"> | undefined;
  /** Called once, when every worker listens. */
  onReady(addresses: readonly HostPort[]): void | Promise<void>;
}

/**
 * Serves until the signal aborts and all sessions have ended, or the grace is
 * over.
 *
 * @throws {WardenError} when a worker can't listen at the start.
 */
export async function runWarden(
  settings: Settings,
  options: WardenOptions,
): Promise<void> {
  const shared = settings.workers > 1;
  if (shared) await probe(settings);
  const counts = admission({
    max: settings.maxSessions,
    perAddress: settings.maxPerAddress,
  });
  const post = (fixed: Settings) =>
    new Post(jobOf(fixed, shared, counts, options));
  const posts = [post(settings)];
  const over = new AbortController();
  let watching: Promise<void> | undefined;
  try {
    const addresses = await posts[0]!.start();
    // With port 0 only the first one chooses; the others follow it.
    while (posts.length < settings.workers) {
      posts.push(post(atPlaces(settings, addresses)));
      await posts.at(-1)!.start();
    }
    await options.onReady(addresses);
    watching = watch(posts, options, over.signal);
  } catch (error) {
    for (const post of posts) post.close();
    if (!options.signal.aborted) throw error;
  }
  await Promise.all(posts.map((post) => post.finished));
  over.abort();
  await watching;
}

/** Hands new certificates on to every worker, until the server stops. */
async function watch(
  posts: readonly Post<HostPort>[],
  { certificates, signal }: WardenOptions,
  over: AbortSignal,
): Promise<void> {
  await certificates?.run((material) => {
    const order: Order = { kind: "certificates", material };
    for (const post of posts) post.send(order);
  }, AbortSignal.any([signal, over]));
}

/**
 * Workers share ports, and would share them with a server that is already
 * there. Listening once without sharing finds that out.
 */
async function probe(settings: Settings): Promise<void> {
  const listeners = await openListeners(
    placesOf(settings).map((at) => ({ transport: "tcp", ...at })),
  );
  for (const listener of listeners) listener.close();
}

function jobOf(
  settings: Settings,
  reusePort: boolean,
  counts: CountingAdmission,
  { permissions, signal, log, certificates }: WardenOptions,
): Job<HostPort> {
  const visitors = visitorsOf(counts);
  const places = placesOf(settings);
  return {
    module: new URL("./worker.ts", import.meta.url),
    grace: settings.grace,
    signal,
    log,
    permissions: (addresses) =>
      permissions && withListening(permissions, addresses ?? places),
    start: (addresses): Order => ({
      kind: "start",
      settings: atPlaces(settings, addresses ?? places),
      // Whoever comes later gets what the others have by now.
      material: certificates?.material ?? null,
      reusePort,
    }),
    here: (report) => {
      const obey = takeOrders(report);
      return (order) => obey(order as Order);
    },
    onReport: (message, send) => visitors.hear(message as Report, send),
    onGone: visitors.allLeave,
  };
}

/** Whom one worker let in, so that they are gone when the worker is. */
function visitorsOf(counts: CountingAdmission) {
  const inside: string[] = [];
  function leave(address: string): void {
    const at = inside.indexOf(address);
    if (at < 0) return;
    inside[at] = inside.at(-1)!;
    inside.pop();
    counts.leave(address);
  }
  return {
    hear(report: Report, send: (order: Message) => void): void {
      if (report.kind === "leave") return leave(report.address);
      if (report.kind !== "enter") return;
      const { id, address } = report;
      const refusal = counts.enter(address);
      if (refusal === null) inside.push(address);
      send({ kind: "verdict", id, refusal } as Order);
    },
    allLeave(): void {
      for (const address of inside.splice(0)) counts.leave(address);
    },
  };
}

/**
 * A herald, seen from the warden: a thread that is replaced when it dies.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { Log } from "../../../lib/log.ts";
import type { Page } from "../../../lib/net/tiny_http.ts";
import { within } from "../../../lib/net/wait.ts";
import { withListening, workerPermissions } from "../../warden/permissions.ts";
import { Post } from "../../warden/post.ts";
import { takeOrders } from "../operations/herald.ts";
import type {
  HeraldOrder,
  HeraldReport,
} from "../operations/herald_messages.ts";
import type { Failure } from "../operations/hook_queue.ts";
import { heraldGrants, type Operations } from "../operations/grants.ts";

/** What a herald needs. */
export interface HeraldLinkOptions {
  /** Whether it can be a thread of its own. */
  readonly apart: boolean;
  /** Where deaths are told. */
  readonly log: Log;
  /** Makes the page of a path, such as `/metrics`. */
  makePage(path: string): Promise<Page | null>;
}

/** A herald. */
export interface HeraldLink {
  /** Where it shows metrics; nowhere when nobody wanted that. */
  readonly addresses: readonly HostPort[];
  /** Delivers an event to a hook, by its place in the settings. */
  deliver(hook: number, event: string): Promise<Failure>;
  /** Shows no more metrics: somebody else will, at the same place. */
  mute(): Promise<void>;
  /** Opens pipes anew. */
  reopen(): void;
  /** Ends it. */
  close(): Promise<void>;
}

type Tell = (order: HeraldOrder) => void;

/** Time for pages that are being shown when it ends. */
const GRACE = 1000;
/** Time for it to stop listening. */
const MUTE_PATIENCE = 3000;
const GONE: Failure = { reason: "the herald has ended", again: true };

/**
 * Starts a herald and waits until it listens.
 *
 * @throws {WardenError} when it can't.
 */
export async function startHerald(
  { metrics, hooks = [] }: Operations,
  { apart, log, makePage }: HeraldLinkOptions,
): Promise<HeraldLink> {
  const grants = heraldGrants({ metrics, hooks })
    .map(({ name, scope, feature }) => ({ name, scope, feature }));
  const permissions = apart ? await workerPermissions(grants) : null;
  const delivering = new Map<number, (failure: Failure) => void>();
  const over = new AbortController();
  const muted = Promise.withResolvers<void>();
  let isThere = false;
  let last = 0;
  const post = new Post<HostPort>({
    module: new URL("../operations/herald.ts", import.meta.url),
    grace: GRACE,
    signal: over.signal,
    log,
    permissions: (at) => permissions && withListening(permissions, at ?? []),
    start: (at): HeraldOrder => {
      isThere = true;
      return { kind: "start", metrics: at?.[0] ?? metrics ?? null, hooks };
    },
    here: (report) => takeOrders(report) as (order: object) => void,
    onReport: (message, send) => hear(message as HeraldReport, send),
    onGone() {
      isThere = false;
      for (const done of delivering.values()) done(GONE);
      delivering.clear();
    },
  });
  const tell = (order: HeraldOrder) => post.send(order);

  function hear(report: HeraldReport, send: Tell): void {
    if (report.kind === "muted") muted.resolve();
    if (report.kind === "ask") show(report.id, report.path, send);
    if (report.kind !== "delivered") return;
    delivering.get(report.id)?.(report.failure);
    delivering.delete(report.id);
  }

  /** Only who asked: whoever takes its place has other pages of that number. */
  async function show(id: number, path: string, send: Tell): Promise<void> {
    const page = await makePage(path).catch((error): Page => {
      log.error("page-failed", { path, reason: String(error) });
      return { status: 503, type: "text/plain", text: "internal error\n" };
    });
    send({ kind: "page", id, page });
  }

  return {
    addresses: await post.start(),
    deliver(hook, event) {
      if (!isThere) return Promise.resolve(GONE);
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Failure>();
      delivering.set(id, resolve);
      tell({ kind: "deliver", id, hook, event });
      return promise;
    },
    async mute() {
      tell({ kind: "mute" });
      await within(muted.promise, MUTE_PATIENCE, undefined);
    },
    reopen: () => tell({ kind: "reopen" }),
    async close() {
      over.abort();
      await post.finished;
    },
  };
}

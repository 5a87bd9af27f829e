/**
 * What a worker tells about its sessions: lines for log files and events for
 * hooks on their way to the warden, and numbers for who asks.
 *
 * @module
 */

import { changingLog, createLog, type Log } from "../../../lib/log.ts";
import {
  type HookMessage,
  hookMessage,
  messageJson,
  type Wanted,
  wantedBy,
} from "../operations/hook_event.ts";
import type { LogStream } from "../warden/messages.ts";
import type { Observer, TransferEnd } from "../operations/observer.ts";
import { Outbox } from "../operations/outbox.ts";
import type { Warden } from "./questions.ts";
import type { Settings } from "../settings.ts";
import type { HookEvent } from "../settings_parts.ts";
import type { Survey } from "../operations/survey.ts";
import {
  type Happening,
  Telemetry,
  type Where,
} from "../operations/telemetry.ts";
import { isOfFiles } from "../operations/transfer_log.ts";
import { xferlogLine } from "../operations/xferlog.ts";

/** Watches one worker. */
export interface Observation {
  /** Is told of every session. */
  readonly observer: Observer;
  /** Where the worker's events are told. */
  readonly log: Log;
  /** How the worker is. */
  survey(): Survey;
  /** Goes on with other settings; counts go on, too. */
  change(settings: Observed): void;
  /** Hands on what is still here; looks at nothing from then on. */
  finish(): Promise<void>;
}

/** What of the settings matters here. */
export type Observed = Pick<Settings, "log" | "logs" | "hooks" | "accounts">;

/** Options for {@linkcode observation}. */
export interface ObservationOptions {
  /** Bytes that the thread's objects take. @default nobody knows: 0 */
  heap?: () => number;
  /** The time of day. @default the system's */
  now?: () => Date;
}

/** Begins to watch a worker. */
export function observation(
  settings: Observed,
  warden: Pick<Warden, "ask">,
  options: ObservationOptions = {},
): Observation {
  const now = options.now ?? (() => new Date());
  const dropped = (of: string) => ({
    onDropped: (lines: number) => log.warn("lines-dropped", { of, lines }),
  });
  const outboxOf = (stream: LogStream) =>
    new Outbox(
      (lines) => warden.ask("log", { stream, lines }),
      dropped(stream),
    );
  const [lines, transfers] = [outboxOf("log"), outboxOf("xferlog")];
  const events = new Outbox(
    (events) => warden.ask("events", { events }),
    dropped("hooks"),
  );
  const boxes = [lines, transfers, events];
  let current = settings;
  let log = logOf(settings, lines);
  let wanted = wantedOf(settings);
  let anonymous = anonymousOf(settings);
  const telemetry = new Telemetry({
    heap: options.heap,
    watchesChanges: () => watchesChanges(current),
    onHappening(what, where) {
      if (what.kind === "transfer") noteTransfer(what.end, where);
      const message = messageOf(what, where);
      if (message !== null) events.put(messageJson(message));
    },
  });
  telemetry.start();

  function noteTransfer(end: TransferEnd, { address }: Where): void {
    if (current.logs?.xferlog === undefined) return;
    if (!isOfFiles(end.direction)) return;
    const isAnonymous = anonymous.has(end.account ?? "");
    transfers.put(xferlogLine(end, { address, isAnonymous }, now()));
  }

  function messageOf(what: Happening, where: Where): HookMessage | null {
    if (wanted.length === 0) return null;
    const stamp = { id: crypto.randomUUID(), time: now() };
    const message = hookMessage(what, where, stamp);
    return message && wanted.some((wants) => wants(message)) ? message : null;
  }

  return {
    observer: telemetry,
    log: changingLog(() => log),
    survey: () => {
      const survey = telemetry.survey();
      const linesDropped = boxes.reduce((sum, box) => sum + box.dropped, 0);
      return { ...survey, counters: { ...survey.counters, linesDropped } };
    },
    change(settings) {
      current = settings;
      log = logOf(settings, lines);
      wanted = wantedOf(settings);
      anonymous = anonymousOf(settings);
    },
    async finish() {
      telemetry.close();
      await Promise.all(boxes.map((box) => box.flush()));
    },
  };
}

/** Lines of the log go to the warden where it keeps a file of them. */
function logOf({ log, logs }: Observed, lines: Outbox): Log {
  if (logs?.file === undefined) return createLog(log);
  return createLog({ ...log, write: (line) => lines.put(line) });
}

function wantedOf({ hooks = [] }: Observed): Wanted[] {
  return hooks.map(wantedBy);
}

/** Changes are told only where somebody wants them. */
function watchesChanges({ hooks = [] }: Observed): boolean {
  return hooks.some(({ on }) => on.some((event) => CHANGES.has(event)));
}

const CHANGES: ReadonlySet<HookEvent> = new Set<HookEvent>([
  "delete",
  "rename",
  "mkdir",
  "rmdir",
]);

/** Names of those who take any password; `ftp` is another one for them. */
function anonymousOf({ accounts }: Observed): Set<string> {
  const names = accounts
    .filter(({ password, hash }) => password === null && hash === undefined)
    .flatMap(({ name }) => name === "anonymous" ? [name, "ftp"] : name);
  return new Set(names);
}

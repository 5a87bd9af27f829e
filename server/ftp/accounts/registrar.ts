/**
 * The thread that checks passwords: the only one that knows their hashes, and
 * the only one that asks an endpoint. It reads no file, and nothing that a
 * client sent but a name and a password.
 *
 * @module
 */

import { fairQueue, QueueError } from "../../../lib/fair_queue.ts";
import { readHash } from "../../../lib/password/hash.ts";
import { verifyPassword } from "../../../lib/password/verify.ts";
import { outliveMistakes } from "../../warden/outlive.ts";
import { readAccount } from "../config/account.ts";
import { endpoint } from "./endpoint.ts";
import {
  type AuthQuestion,
  identifier,
  type Identify,
  type Identity,
} from "./identify.ts";
import { offenderOf } from "../limits/offender.ts";
import type { Settings } from "../settings.ts";
import type { AuthSettings } from "../settings_parts.ts";

/** What of the settings a registrar gets. */
export type RegistrarSettings = Pick<
  Settings,
  "accounts" | "hosts" | "auth" | "defaults"
>;

/** What the warden tells a registrar. */
export type RegistrarOrder =
  | { kind: "start"; settings: RegistrarSettings }
  | { kind: "settings"; settings: RegistrarSettings }
  | { kind: "identify"; id: number; question: AuthQuestion }
  /** End when all questions are answered; the next one is for somebody else. */
  | { kind: "drain" }
  | { kind: "stop" };

/** What a registrar tells the warden. */
export type RegistrarReport =
  | { kind: "ready"; addresses: [] }
  | { kind: "failed"; message: string; exitCode: number }
  | { kind: "identity"; id: number; identity: Identity }
  | { kind: "stopped" };

/** Questions to an endpoint at a time. */
const ASKED_AT_ONCE = 16;
/** How long a question may wait for its turn, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Does what orders say. Runs in a worker, or in the warden's thread where none
 * can be started.
 */
export function takeOrders(
  report: (report: RegistrarReport) => void,
): (order: RegistrarOrder) => void {
  // Whatever the settings are, the machine has no more processors.
  const hashing = fairQueue({ atOnce: hashesAtOnce(), patience: PATIENCE });
  let identify: Identify = () => Promise.resolve(unavailable("no settings"));
  let asked = 0;
  let isDraining = false;
  return (order) => {
    switch (order.kind) {
      case "start":
        return begin(order.settings);
      case "settings":
        identify = identifierOf(order.settings, hashing);
        return;
      case "identify":
        return void answer(order.id, order.question);
      case "drain":
        isDraining = true;
        return leave();
      case "stop":
        report({ kind: "stopped" });
    }
  };

  function begin(settings: RegistrarSettings): void {
    try {
      identify = identifierOf(settings, hashing);
      report({ kind: "ready", addresses: [] });
    } catch (error) {
      report({ kind: "failed", message: messageOf(error), exitCode: 1 });
    }
  }

  async function answer(id: number, question: AuthQuestion): Promise<void> {
    asked++;
    const identity = await identify(question).catch(noAnswer);
    report({ kind: "identity", id, identity });
    asked--;
    leave();
  }

  function leave(): void {
    if (isDraining && asked === 0) report({ kind: "stopped" });
  }
}

/** Half of the processors are left to who serves. */
function hashesAtOnce(): number {
  const half = Math.floor(navigator.hardwareConcurrency / 2);
  return Math.min(4, Math.max(1, half));
}

function identifierOf(
  { accounts, hosts, auth, defaults = {} }: RegistrarSettings,
  hashing: ReturnType<typeof fairQueue>,
): Identify {
  return identifier({
    accounts,
    hosts,
    readHash,
    verify: (hash, { password, remote }) =>
      hashing.run(offenderOf(remote), () => verifyPassword(hash, password)),
    endpoint: auth && inTurn(
      auth,
      endpoint(auth, {
        readAccount: (name, table) => readAccount(name, table, { defaults }),
      }),
    ),
  });
}

/** An endpoint that is asked by a few at a time. */
function inTurn({ timeout }: AuthSettings, ask: Identify): Identify {
  const queue = fairQueue({ atOnce: ASKED_AT_ONCE, patience: timeout });
  return (question) =>
    queue.run(offenderOf(question.remote), () => ask(question));
}

function noAnswer(error: unknown): Identity {
  if (error instanceof QueueError) {
    return unavailable(`too many logins at a time: ${error.message}`);
  }
  return unavailable(messageOf(error));
}

function unavailable(reason: string): Identity {
  return { kind: "unavailable", reason };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What of the worker's global object is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<RegistrarOrder>) => void) | null;
  postMessage(report: RegistrarReport): void;
}

if ("WorkerGlobalScope" in globalThis) {
  outliveMistakes();
  const scope = globalThis as unknown as WorkerScope;
  const obey = takeOrders((report) => scope.postMessage(report));
  scope.onmessage = ({ data }) => obey(data);
}

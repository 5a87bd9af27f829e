/**
 * Faults in the answers to datagrams.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import type { UdpContext, UdpHandler } from "../../../lib/net/udp.ts";
import { pause } from "../../../lib/net/wait.ts";
import type { FaultSettings } from "../faults.ts";
import { type Fate, fateOf, wrongBit } from "./fate.ts";

/** Senders whose datagrams are numbered; the quietest is forgotten first. */
const MAX_SENDERS = 1024;

/**
 * Milliseconds that an answer waits to be overtaken. Longer than the second
 * between the probes of a patient client, shorter than its time-out.
 */
export const OVERTAKING_TIME = 1500;

/** What is known of a sender. */
interface Sender {
  /** How many datagrams came before. */
  count: number;
  /** Settles when its last delayed answer may go. */
  last: Promise<void>;
  /**
   * Lets the held answer go: at once, or a turn of the event loop later. The
   * next answer takes it, and calls it when it has gone itself.
   */
  release: ((turns: 0 | 1) => void) | null;
}

/** `handler`, but its answers suffer. */
export function faultyDatagrams(
  handler: UdpHandler,
  settings: FaultSettings,
): UdpHandler {
  const senders = new Map<string, Sender>();
  return (data, context) => {
    const sender = find(senders, context);
    const fate = fateOf(settings.faults, sender.count);
    const number = sender.count++;
    if (fate.mishap === "drop") {
      settings.counts.dropped++;
      return null;
    }
    const suffer = (answer: Bytes | null) =>
      answer && treat(answer, { sender, fate, number, context, settings });
    const given = handler(data, context);
    return given instanceof Promise ? given.then(suffer) : suffer(given);
  };
}

function find(senders: Map<string, Sender>, { peer }: UdpContext): Sender {
  const key = `${peer.port} ${peer.hostname}`;
  const sender = senders.get(key) ??
    { count: 0, last: Promise.resolve(), release: null };
  senders.delete(key);
  senders.set(key, sender);
  if (senders.size > MAX_SENDERS) senders.delete(senders.keys().next().value!);
  return sender;
}

/** One answer on its way. */
interface Case {
  readonly sender: Sender;
  readonly fate: Fate;
  readonly number: number;
  readonly context: UdpContext;
  readonly settings: FaultSettings;
}

/** What becomes of an answer. Without a wait it goes at once, and in order. */
function treat(answer: Bytes, one: Case): Bytes | Promise<Bytes> {
  const { fate, sender, settings: { faults, counts } } = one;
  if (fate.wait > 0) counts.delayed++;
  if (fate.mishap === "reorder" && sender.release === null) {
    return overtaken(answer, one);
  }
  const spoilt = fate.mishap === "corrupt" ? corrupt(answer, one) : answer;
  const release = sender.release;
  sender.release = null;
  if (faults.delay + faults.jitter > 0) return goInTurn(spoilt, one, release);
  release?.(0);
  return twice(spoilt, one);
}

/** The answer, after its wait and the answers before it. */
async function goInTurn(
  answer: Bytes,
  one: Case,
  release: Sender["release"],
): Promise<Bytes> {
  const { fate, sender, context: { signal }, settings: { clock } } = one;
  const before = sender.last;
  const waited = pause(fate.wait, { signal, clock }).then(() => before);
  sender.last = waited;
  await waited;
  release?.(1);
  return twice(answer, one);
}

function twice(answer: Bytes, { fate, context, settings }: Case): Bytes {
  if (fate.mishap !== "duplicate" || !context.also) return answer;
  settings.counts.duplicated++;
  context.also(answer);
  return answer;
}

/** The answer, once the next one has gone, or nobody comes. */
function overtaken(answer: Bytes, one: Case): Promise<Bytes> {
  const { fate, sender, context, settings: { counts, clock } } = one;
  const { promise, resolve } = Promise.withResolvers<Bytes>();
  const released = new AbortController();
  const release = (turns: 0 | 1) => {
    released.abort();
    counts.reordered++;
    // A promise that is fulfilled already may still be on its way.
    if (turns === 0) resolve(answer);
    else {pause(0, { signal: context.signal, clock }).then(() =>
        resolve(answer)
      );}
  };
  sender.release = release;
  const signal = AbortSignal.any([context.signal, released.signal]);
  pause(fate.wait + OVERTAKING_TIME, { signal, clock }).then(() => {
    if (sender.release !== release) return;
    sender.release = null;
    resolve(answer);
  });
  return promise;
}

function corrupt(answer: Bytes, { number, settings }: Case): Bytes {
  const bit = wrongBit(settings.faults.seed, number, answer.length);
  if (!bit) return answer;
  settings.counts.corrupted++;
  const wrong = answer.slice();
  wrong[bit.at]! ^= bit.mask;
  return wrong;
}

/**
 * Sequence numbers: what is missing, what came twice, what came late.
 *
 * @module
 */

/** Where a numbered datagram stands among those of its sender. */
export interface Place {
  /** How many numbers were skipped right before it. */
  readonly lost: number;
  /**
   * `next` is as it should be, also behind a gap; `late` fills a gap that was
   * told; `duplicate` was there before.
   */
  readonly order: "next" | "late" | "duplicate";
}

/** What was seen in all. */
export interface SequenceCounters {
  /** Numbers that are still missing. */
  lost: number;
  /** Datagrams that came behind a later one. */
  late: number;
  /** Datagrams that came again. */
  duplicates: number;
}

/** Senders remembered; the quietest one is forgotten first. */
const MAX_SENDERS = 1024;
/** Missing numbers remembered of each; an older one that comes is a duplicate. */
const MAX_MISSING = 256;

/** What is known of one sender. */
interface Progress {
  highest: number;
  readonly missing: Set<number>;
}

/**
 * Watches the sequence numbers of many senders, with bounded memory.
 *
 * The first number of a sender is as it should be, whatever it is: the sender
 * may have begun earlier than we did. A 1 begins anew, because programs start
 * again; unless it is known to be missing.
 *
 * @example
 * ```ts
 * import { SequenceWatch } from "./sequence.ts";
 * const watch = new SequenceWatch();
 * watch.see("192.0.2.7:4000", 1);
 * console.assert(watch.see("192.0.2.7:4000", 4).lost === 2);
 * console.assert(watch.see("192.0.2.7:4000", 3).order === "late");
 * console.assert(watch.see("192.0.2.7:4000", 3).order === "duplicate");
 * ```
 */
export class SequenceWatch {
  readonly #senders: Map<string, Progress> = new Map();

  /** What was seen so far. */
  readonly counters: SequenceCounters = { lost: 0, late: 0, duplicates: 0 };

  /** Takes the next number of a sender. */
  see(sender: string, seq: number): Place {
    const known = this.#senders.get(sender);
    if (known === undefined) return this.#begin(sender, seq);
    this.#senders.delete(sender);
    this.#senders.set(sender, known);
    if (known.missing.delete(seq)) return this.#late();
    if (seq === 1) return this.#begin(sender, seq);
    if (seq <= known.highest) return this.#duplicate();
    return this.#advance(known, seq);
  }

  #begin(sender: string, seq: number): Place {
    this.#senders.delete(sender);
    if (this.#senders.size >= MAX_SENDERS) {
      this.#senders.delete(this.#senders.keys().next().value!);
    }
    this.#senders.set(sender, { highest: seq, missing: new Set() });
    return { lost: 0, order: "next" };
  }

  #advance(known: Progress, seq: number): Place {
    const lost = seq - known.highest - 1;
    const from = Math.max(known.highest + 1, seq - MAX_MISSING);
    for (let number = from; number < seq; number++) known.missing.add(number);
    for (const oldest of known.missing) {
      if (known.missing.size <= MAX_MISSING) break;
      known.missing.delete(oldest);
    }
    known.highest = seq;
    this.counters.lost += lost;
    return { lost, order: "next" };
  }

  #late(): Place {
    this.counters.lost--;
    this.counters.late++;
    return { lost: 0, order: "late" };
  }

  #duplicate(): Place {
    this.counters.duplicates++;
    return { lost: 0, order: "duplicate" };
  }
}

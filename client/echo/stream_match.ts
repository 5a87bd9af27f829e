/**
 * Replies in a stream: bytes without borders, in the order of the probes.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Ledger } from "./ledger.ts";
import type { Match } from "./match.ts";
import type { Payloads } from "./payload.ts";

/**
 * Finds replies in a stream, by their lengths. Every byte is compared as it
 * comes, so that nothing is kept.
 *
 * @example
 * ```ts
 * import { Ledger } from "./ledger.ts";
 * import { createPayloads } from "./payload.ts";
 * import { StreamMatcher } from "./stream_match.ts";
 * const ledger = new Ledger({ capacity: 64, timeout: 1000 });
 * const payloads = createPayloads(1, 3);
 * const bytes = payloads.write(new Uint8Array(3), ledger.add(3, 0));
 * const matcher = new StreamMatcher(ledger, payloads);
 * console.assert([...matcher.take(bytes.subarray(0, 2))].length === 0);
 * console.assert([...matcher.take(bytes.subarray(2))].length === 1);
 * ```
 */
export class StreamMatcher {
  readonly #ledger: Ledger;
  readonly #payloads: Payloads;
  #sequence = 0;
  #at = 0;
  #wrongAt: number | null = null;

  /** Takes the book of the probes that were sent, and their bytes. */
  constructor(ledger: Ledger, payloads: Payloads) {
    this.#ledger = ledger;
    this.#payloads = payloads;
  }

  /** Whether the replies are so far behind the probes that these get lost. */
  get isFarBehind(): boolean {
    return this.#ledger.isOld(this.#sequence);
  }

  /** The replies that these bytes complete; `null` for bytes that nobody sent. */
  *take(data: Bytes): Generator<Match | null> {
    let rest = data;
    while (rest.length > 0) {
      const probe = this.#ledger.find(this.#sequence);
      if (probe === undefined) return yield null;
      const part = rest.subarray(0, probe.size - this.#at);
      rest = rest.subarray(part.length);
      this.#wrongAt ??= this.#payloads.differsAt(part, probe, this.#at);
      this.#at += part.length;
      if (this.#at < probe.size) return;
      yield { probe, length: probe.size, wrongAt: this.#wrongAt };
      this.#sequence++;
      this.#at = 0;
      this.#wrongAt = null;
    }
  }
}

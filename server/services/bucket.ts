/**
 * The debug sink: a record for each datagram, and never an answer.
 *
 * @module
 */

import { formatHostPort } from "../../lib/net/address.ts";
import type { Service } from "../../lib/net/service.ts";
import { type Label, readLabel } from "../../lib/spew/label.ts";
import type { RecordFilter } from "./bucket/filter.ts";
import { Intake } from "./bucket/intake.ts";
import type { DebugRecord } from "./bucket/record.ts";
import { type Place, SequenceWatch } from "./bucket/sequence.ts";

export { type FilterRules, recordFilter } from "./bucket/filter.ts";
export { type FormatOptions, recordFormat } from "./bucket/format.ts";
export type { DebugRecord } from "./bucket/record.ts";

/** Options for {@linkcode bucketService}. */
export interface BucketOptions {
  /** Takes a record. The next one waits for it, so it must be quick. */
  onRecord(record: DebugRecord): void;
  /** Which records pass; the others are only counted. @default all */
  readonly passes?: RecordFilter;
  /** Records after which nothing is taken any more. @default no limit */
  readonly count?: number;
  /** Called with a number of datagrams that came too fast to be kept. */
  onOverrun?(count: number): void;
  /** Called once, when `count` records were taken. */
  onFull?(): void;
  /** Milliseconds since 1970. @default {Date.now} */
  now?(): number;
  /** Milliseconds since some moment; never goes back. @default {performance.now} */
  monotonic?(): number;
}

/** A datagram, as it is kept until there is time to look at it. */
type Arrived = Pick<DebugRecord, "time" | "elapsed" | "from" | "to" | "data">;

/**
 * A service that makes a record of each datagram, also of an empty one. It
 * reads the labels of `spew`, and says where its sequence numbers have gaps.
 *
 * A record is made as soon as no further datagram waits; at the latest when
 * the service is closed.
 *
 * @example Print what arrives
 * ```ts
 * import { bucketService, recordFormat } from "./bucket.ts";
 * import { serveUdp } from "../../lib/net/udp.ts";
 *
 * const format = recordFormat();
 * const bucket = bucketService({
 *   onRecord: (record) => Deno.stdout.writeSync(format(record)),
 * });
 * await using server = await serveUdp(bucket.datagram!, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   silent: true, // It never answers, so it may take everything.
 * });
 * console.assert(server.addresses[0]!.port > 0);
 * ```
 */
export function bucketService(options: BucketOptions): Service {
  const { passes = () => true, count = Infinity } = options;
  const { now = Date.now, monotonic = () => performance.now() } = options;
  const counters = { records: 0, filtered: 0, overrun: 0 };
  const sequences = new SequenceWatch();
  const intake = new Intake(record);
  const start = monotonic();
  let last = 0;

  function record(arrived: Arrived): void {
    if (counters.records >= count) return;
    const { from, data, elapsed } = arrived;
    const label = readLabel(data);
    const place = placeOf(sequences, from, label?.label);
    if (!passes({ from, data, label })) {
      counters.filtered++;
      return;
    }
    counters.records++;
    const delta = elapsed - last;
    last = elapsed;
    // A copy: the memory around a datagram holds many others.
    options.onRecord({ ...arrived, data: data.slice(), delta, label, place });
    if (counters.records === count) options.onFull?.();
  }

  return {
    datagram(data, { peer: from, local: to }) {
      const elapsed = monotonic() - start;
      const isKept = intake.put({ time: now(), elapsed, from, to, data });
      if (isKept) return null;
      counters.overrun++;
      options.onOverrun?.(1);
      return null;
    },
    counters: () => ({ ...counters, ...sequences.counters }),
    close: () => intake.flush(),
  };
}

/** Several programs may send from one socket, each with its own numbers. */
function placeOf(
  sequences: SequenceWatch,
  { hostname, port }: DebugRecord["from"],
  label: Label | undefined,
): Place | null {
  if (label?.seq === undefined) return null;
  const sender = `${formatHostPort(hostname, port)} ${label.tag ?? ""}`;
  return sequences.see(sender, label.seq);
}

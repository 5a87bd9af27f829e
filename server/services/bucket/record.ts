/**
 * What a debug sink knows about one datagram.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type { ReadLabel } from "../../../lib/spew/label.ts";
import type { Place } from "./sequence.ts";

/** One datagram as it arrived. */
export interface DebugRecord {
  /** Milliseconds since 1970-01-01 00:00 UTC. */
  readonly time: number;
  /** Milliseconds since the sink started; never goes back. */
  readonly elapsed: number;
  /** Milliseconds since the record before this one, or since the start. */
  readonly delta: number;
  /** Who sent it. */
  readonly from: Readonly<HostPort>;
  /** Which of our addresses got it. */
  readonly to: Readonly<HostPort>;
  /** All of it. */
  readonly data: Bytes;
  /** What its label says, if it has one. */
  readonly label: ReadLabel | null;
  /** Where it stands among its sender's, if it is numbered. */
  readonly place: Place | null;
}

/**
 * What happens to single probes, as it happens.
 *
 * @module
 */

/** A reply came. */
export interface ReplyEvent {
  /** The tag of this kind of event. */
  readonly kind: "reply";
  /** Which probe, from 1. */
  readonly sequence: number;
  /** Bytes that were sent. */
  readonly size: number;
  /** Bytes that came back. */
  readonly length: number;
  /** Milliseconds from when the probe was due. */
  readonly time: number;
  /** Whether it is the first reply, in time or late, or a further one. */
  readonly status: "received" | "late" | "duplicate";
  /** Whether a later probe's reply came earlier. */
  readonly isReordered: boolean;
  /** The first wrong offset; `null` when all that came back is right. */
  readonly wrongAt: number | null;
}

/** A probe was given up: nothing came in time, or it could not be sent. */
export interface LossEvent {
  /** The tag of this kind of event. */
  readonly kind: "lost";
  /** Which probe, from 1. */
  readonly sequence: number;
  /** Bytes that were sent. */
  readonly size: number;
  /** Why it could not be sent; `null` when it could. */
  readonly error: string | null;
}

/** What happens to a probe. */
export type ProbeEvent = ReplyEvent | LossEvent;

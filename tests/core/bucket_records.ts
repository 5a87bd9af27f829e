/**
 * Records of a debug sink, for tests.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { readLabel } from "../../lib/spew/label.ts";
import type { DebugRecord } from "../../server/services/bucket/record.ts";

const encoder = new TextEncoder();

/** 2026-11-21T10:00:00.123Z. */
export const NOON: number = Date.UTC(2026, 10, 21, 10, 0, 0, 123);

/** A record of `body`, from 192.0.2.7:40001, three milliseconds old. */
export function recordOf(
  body: string | Bytes,
  given: Partial<DebugRecord> = {},
): DebugRecord {
  const data = typeof body === "string" ? encoder.encode(body) : body;
  return {
    time: NOON,
    elapsed: 3,
    delta: 2,
    from: { hostname: "192.0.2.7", port: 40001 },
    to: { hostname: "192.0.2.1", port: 7739 },
    data,
    label: readLabel(data),
    place: null,
    ...given,
  };
}

/** Bytes of numbers. */
export function bytes(...values: number[]): Bytes {
  return new Uint8Array(values);
}

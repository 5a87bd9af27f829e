/**
 * Records as they are written: a line for a person, a hex dump, a JSON object,
 * or the bytes as they came.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { formatHostPort } from "../../../lib/net/address.ts";
import { visibleJson } from "../../../lib/visible.ts";
import { inColorOf } from "./color.ts";
import { hexRows } from "./hex.ts";
import type { Place } from "./sequence.ts";
import type { DebugRecord } from "./record.ts";
import { shownText, utf8Text } from "./text.ts";

/** How a record says when: the time of day, since the start, since the last. */
export type TimeStyle = "iso" | "relative" | "delta";

/** What becomes of a datagram's bytes. */
export type BodyStyle = "text" | "hex" | "json" | "raw";

/** Options for {@linkcode recordFormat}. */
export interface FormatOptions {
  /** How a record says when. @default {"iso"} */
  readonly time?: TimeStyle;
  /** What becomes of a datagram's bytes. @default {"text"} */
  readonly body?: BodyStyle;
  /** Whether senders have colours; text and hex dumps only. @default {false} */
  readonly color?: boolean;
}

/** Writes a record, with its line end. */
export type RecordFormat = (record: DebugRecord) => Bytes;

const LF = 10;
const encoder = new TextEncoder();

/**
 * A function that writes records one way:
 *
 * - text: `2026-11-21T10:00:00.123Z 127.0.0.1:40001 5B hello`; behind the size
 *   may stand `,2-lost`, `,late` or `,duplicate`
 * - hex: the same without the text, and a dump below it
 * - json: an object a line, with `text`, or `base64` for what is not UTF-8
 * - raw: the bytes and a line feed
 *
 * But for raw, nothing in it moves a cursor or hides.
 *
 * @example
 * ```ts
 * import { recordFormat } from "./format.ts";
 * const line = recordFormat({ time: "relative" })({
 *   time: 0,
 *   elapsed: 3,
 *   delta: 3,
 *   from: { hostname: "127.0.0.1", port: 40001 },
 *   to: { hostname: "127.0.0.1", port: 7739 },
 *   data: new TextEncoder().encode("hello\n"),
 *   label: null,
 *   place: null,
 * });
 * console.assert(
 *   new TextDecoder().decode(line) === "+0.003 127.0.0.1:40001 6B hello\\n\n",
 * );
 * ```
 */
export function recordFormat(options: FormatOptions = {}): RecordFormat {
  const { time = "iso", body = "text", color = false } = options;
  const format = FORMATS[body];
  if (body === "raw") return ({ data }) => rawLine(data);
  return (record) => encoder.encode(`${format(record, time, color)}\n`);
}

type Format = (record: DebugRecord, time: TimeStyle, color: boolean) => string;

const FORMATS: Readonly<Record<BodyStyle, Format>> = {
  text: (record, time, color) =>
    record.data.length === 0
      ? head(record, time, color)
      : `${head(record, time, color)} ${shownText(record.data)}`,
  hex: (record, time, color) =>
    [head(record, time, color), ...hexRows(record.data)].join("\n  "),
  json: (record, time) => visibleJson(JSON.stringify(fields(record, time))),
  raw: () => "",
};

function rawLine(data: Bytes): Bytes {
  const line = new Uint8Array(data.length + 1);
  line.set(data);
  line[data.length] = LF;
  return line;
}

/** When, who, how much. */
function head(record: DebugRecord, time: TimeStyle, color: boolean): string {
  const { from, data, place } = record;
  const sender = formatHostPort(from.hostname, from.port);
  const shown = color ? inColorOf(from, sender) : sender;
  return `${TIMES[time](record)} ${shown} ${data.length}B${mark(place)}`;
}

const TIMES: Readonly<Record<TimeStyle, (record: DebugRecord) => string>> = {
  iso: ({ time }) => new Date(time).toISOString(),
  relative: ({ elapsed }) => `+${seconds(elapsed).toFixed(3)}`,
  delta: ({ delta }) => `+${seconds(delta).toFixed(3)}`,
};

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

/** Nothing that a sender writes can stand there. */
function mark(place: Place | null): string {
  if (place === null) return "";
  if (place.order !== "next") return `,${place.order}`;
  return place.lost > 0 ? `,${place.lost}-lost` : "";
}

function fields(record: DebugRecord, time: TimeStyle): object {
  const { from, data, label, place } = record;
  const text = utf8Text(data);
  return {
    time: TIMES.iso(record),
    ...time === "relative" ? { elapsed: seconds(record.elapsed) } : {},
    ...time === "delta" ? { delta: seconds(record.delta) } : {},
    from: formatHostPort(from.hostname, from.port),
    size: data.length,
    ...label?.label,
    ...place && place.lost > 0 ? { lost: place.lost } : {},
    ...place && place.order !== "next" ? { order: place.order } : {},
    ...text === null ? { base64: data.toBase64() } : { text },
    ...label && text !== null ? { message: text.slice(label.length) } : {},
  };
}

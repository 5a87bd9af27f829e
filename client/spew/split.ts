/**
 * A message as datagrams: labelled, and in parts when it is too long for one.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { formatLabel, type Label } from "../../lib/spew/label.ts";

/** What {@linkcode splitMessage} goes by. */
export interface SplitOptions {
  /** Most bytes of a datagram, its label included; at least 128. */
  readonly maxSize: number;
  /** What every label says. @default nothing */
  readonly label?: Pick<Label, "tag" | "level">;
  /** The number of the first datagram. @default no numbers */
  readonly seq?: number | undefined;
}

const encoder = new TextEncoder();

/**
 * The datagrams of a message, at least one, also for an empty message. What
 * fits into one has only the label that was asked for; longer messages are cut
 * between characters, and each part says which one it is.
 *
 * @example
 * ```ts
 * import { splitMessage } from "./split.ts";
 * const message = new TextEncoder().encode("x".repeat(200));
 * const parts = splitMessage(message, { maxSize: 128, label: { tag: "app" } });
 * const texts = parts.map((part) => new TextDecoder().decode(part));
 * console.assert(texts[0]!.startsWith("[app 1/2] x"));
 * console.assert(texts[1]!.startsWith("[app 2/2] x"));
 * ```
 */
export function splitMessage(message: Bytes, options: SplitOptions): Bytes[] {
  const { maxSize, label = {}, seq } = options;
  const whole = labelled({ ...label, ...numbered(seq, 0) }, message);
  if (whole.length <= maxSize) return [whole];
  const pieces = piecesOf(message, options);
  return pieces.map((piece, at) =>
    labelled({
      ...label,
      ...numbered(seq, at),
      part: at + 1,
      parts: pieces.length,
    }, piece)
  );
}

/** A label with more digits leaves less room: tries with one, with two, … */
function piecesOf(message: Bytes, options: SplitOptions): Bytes[] {
  const { maxSize, label = {}, seq } = options;
  for (let most = 9;; most = most * 10 + 9) {
    const longest = {
      ...label,
      ...numbered(seq, most),
      part: most,
      parts: most,
    };
    const room = maxSize - formatLabel(longest).length;
    const pieces = cut(message, room);
    if (pieces.length <= most) return pieces;
  }
}

/** Pieces of up to `room` bytes, with whole characters where there are some. */
function cut(message: Bytes, room: number): Bytes[] {
  const pieces: Bytes[] = [];
  for (let at = 0; at < message.length;) {
    const end = borderBefore(message, at + room);
    pieces.push(message.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** The last place up to `end` that is not within a character of UTF-8. */
function borderBefore(bytes: Bytes, end: number): number {
  if (end >= bytes.length) return bytes.length;
  for (let at = end; at > end - 4; at--) {
    if ((bytes[at]! & 0xc0) !== 0x80) return at;
  }
  return end;
}

function numbered(seq: number | undefined, more: number): Label {
  return seq === undefined ? {} : { seq: seq + more };
}

function labelled(label: Label, text: Bytes): Bytes {
  const head = encoder.encode(formatLabel(label));
  const datagram = new Uint8Array(head.length + text.length);
  datagram.set(head);
  datagram.set(text, head.length);
  return datagram;
}

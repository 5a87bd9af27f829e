/**
 * Where TLS records end (RFC 8446 section 5.1), without a look into them.
 *
 * @module
 */

import type { Bytes } from "../../bytes.ts";

/** Bytes of a record's header: its type, a version, and its length. */
const HEADER = 5;
/** The lowest type that there is: change_cipher_spec. */
const FIRST_TYPE = 20;
/** The highest: application_data. */
const LAST_TYPE = 23;
/** An alert has at most so many bytes, encrypted and all, unless it is padded. */
const LONGEST_ALERT = 64;

/** Cuts what was read from a connection into pieces. */
export interface RecordCutter {
  /**
   * How many of `bytes` may be handed to TLS at once: up to the end of the first
   * record that may be its last word. The rest comes first in the next call.
   */
  cut(bytes: Bytes): number;
  /** Whether the last cut was made behind such a record. */
  mayHaveEnded(): boolean;
  /** From now on, any record may be the last word. */
  cutEveryRecord(): void;
  /**
   * Whether these bytes, the next ones, begin with no record although any may
   * be the last word: the other end has gone over to plain text.
   */
  isPlainText(bytes: Bytes): boolean;
}

/**
 * Looks for the records that may be a close_notify: they are short. What comes
 * behind one may be plain text, and TLS must not swallow it.
 */
export function recordCutter(): RecordCutter {
  const header: number[] = [];
  let longest = LONGEST_ALERT;
  let size = 0;
  let missing = 0;
  let isCut = false;
  return {
    cut(bytes) {
      isCut = false;
      for (let at = 0; at < bytes.length;) {
        if (header.length < HEADER) {
          header.push(bytes[at++]!);
          if (header.length < HEADER) continue;
          missing = size = header[3]! << 8 | header[4]!;
        }
        const there = Math.min(missing, bytes.length - at);
        at += there;
        missing -= there;
        if (missing > 0) break;
        header.length = 0;
        isCut = size <= longest;
        if (isCut) return at;
      }
      return bytes.length;
    },
    mayHaveEnded: () => isCut,
    cutEveryRecord: () => void (longest = Infinity),
    isPlainText: ([type = 0]) =>
      longest === Infinity && header.length === 0 &&
      (type < FIRST_TYPE || type > LAST_TYPE),
  };
}

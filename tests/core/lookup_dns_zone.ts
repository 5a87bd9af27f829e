/**
 * A DNS server's side of the talk, made without our own codec: what a zone
 * holds, as messages, right or wrong.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** A record as a zone holds it. */
export type ZoneRecord =
  | { name?: Name; a: string; ttl?: number }
  | { name?: Name; aaaa: readonly number[]; ttl?: number }
  | { name?: Name; cname: Name; ttl?: number }
  | { name?: Name; ptr: Name; ttl?: number }
  | { name?: Name; txt: string; ttl?: number };

/** A name: text with dots, or labels that may hold anything. */
export type Name = string | readonly string[];

/** What a server says about one name and kind. */
export interface ZoneAnswer {
  /** The reply code. @default {0} */
  readonly code?: number;
  /** The records. @default {[]} */
  readonly records?: readonly ZoneRecord[];
  /** Says that there is more, over TCP. @default {false} */
  readonly truncated?: boolean;
}

/** What is asked, by `NAME TYPE` such as `a.test A`. */
export type Zone = Readonly<Record<string, ZoneAnswer>>;

const TYPES: Readonly<Record<number, string>> = {
  1: "A",
  5: "CNAME",
  12: "PTR",
  28: "AAAA",
};

/** What a message asks: `a.test A`. */
export function askedIn(question: Bytes): string {
  const labels: string[] = [];
  let at = 12;
  for (let size = question[at]!; size > 0; size = question[at]!) {
    const bytes = question.subarray(at + 1, at + 1 + size);
    labels.push(String.fromCharCode(...bytes));
    at += 1 + size;
  }
  return `${labels.join(".")} ${TYPES[question[at + 2]!]}`;
}

/** The reply of a server with `zone`; what is not there does not exist. */
export function zoneReply(zone: Zone, question: Bytes): Bytes {
  const asked = askedIn(question);
  return dnsReply(question, zone[asked] ?? { code: 3 });
}

/** A reply to `question`. */
export function dnsReply(question: Bytes, answer: ZoneAnswer): Bytes {
  const { code = 0, records = [], truncated = false } = answer;
  const [name = ""] = askedIn(question).split(" ");
  const flags = truncated ? 0x83 : 0x81;
  const asked = question.subarray(12, 12 + nameBytes(name).length + 4);
  return new Uint8Array([
    ...[question[0]!, question[1]!, flags, 0x80 | code],
    ...[...word(1), ...word(records.length), ...word(0), ...word(0)],
    ...asked,
    ...records.flatMap((record) => recordBytes(record, record.name ?? name)),
  ]);
}

/** A record as bytes. */
export function recordBytes(record: ZoneRecord, name: Name): number[] {
  const [type, data] = typeAndData(record);
  const ttl = record.ttl ?? 60;
  const head = [...nameBytes(name), ...word(type), ...word(1)];
  const time = [...word(Math.floor(ttl / 65536)), ...word(ttl % 65536)];
  return [...head, ...time, ...word(data.length), ...data];
}

function typeAndData(record: ZoneRecord): [type: number, data: number[]] {
  if ("a" in record) return [1, record.a.split(".").map(Number)];
  if ("aaaa" in record) return [28, record.aaaa.flatMap(word)];
  if ("cname" in record) return [5, nameBytes(record.cname)];
  if ("ptr" in record) return [12, nameBytes(record.ptr)];
  return [16, [record.txt.length, ...bytesOf(record.txt)]];
}

/** A name as bytes. */
export function nameBytes(name: Name): number[] {
  const labels = typeof name === "string" ? name.split(".") : name;
  return [...labels.flatMap((each) => [each.length, ...bytesOf(each)]), 0];
}

function bytesOf(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

function word(number: number): number[] {
  return [number >> 8 & 0xff, number & 0xff];
}

/**
 * DNS messages: one question out, its answer back (RFC 1035 section 4).
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { ipText } from "../ip_text.ts";
import { decodeName, DnsFormatError, encodeName, sameName } from "./name.ts";

/** The kinds of records that are asked for, or followed. */
export type RecordType = "A" | "AAAA" | "CNAME" | "PTR";

/** A question. */
export interface Question {
  /** A number that the answer must have, too: 0 to 65535, not to be guessed. */
  readonly id: number;
  /** What is asked about. */
  readonly name: string;
  /** What is asked for. */
  readonly type: RecordType;
  /** Whether to tell how long an answer may be (RFC 6891). @default {true} */
  readonly isExtended?: boolean | undefined;
}

/** A record of an answer. */
export interface DnsRecord {
  /** What it is about. */
  readonly name: string;
  /** Its kind. */
  readonly type: RecordType;
  /** How long it may be kept, in seconds. */
  readonly ttl: number;
  /** An address, or the name that it leads to. */
  readonly value: string;
}

/** What a server answered. */
export interface DnsReply {
  /** 0 is success, 3 is `NXDOMAIN`; see {@linkcode codeName}. */
  readonly code: number;
  /** Whether there is more, to be fetched over TCP. */
  readonly isTruncated: boolean;
  /** The records of the kinds that we know. */
  readonly records: readonly DnsRecord[];
}

const TYPES: Readonly<Record<RecordType, number>> = {
  A: 1,
  CNAME: 5,
  PTR: 12,
  AAAA: 28,
};
const INTERNET = 1;
const HEADER_BYTES = 12;
const IS_REPLY = 0x8000;
/** Which kind of question it is, and so of reply; 0 is the usual one. */
const KIND = 0x7800;
const IS_TRUNCATED = 0x0200;
const PLEASE_RECURSE = 0x0100;
/** What fits through any network in one piece (RFC 9715 section 3.2). */
const UDP_BYTES = 1232;
/** The record that tells the size (RFC 6891 section 6.1.2): root, type 41. */
const EDNS = [0, ...word(41), ...word(UDP_BYTES), 0, 0, 0, 0, ...word(0)];

/** The reply code of a server that cannot read the question. */
export const FORMAT_ERROR = 1;

/** Names of reply codes (RFC 1035 section 4.1.1, RFC 2136 section 2.2). */
const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP"];
const MORE_CODES = ["REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH"];

/** The name of a reply code, such as `SERVFAIL` for 2. */
export function codeName(code: number): string {
  return [...CODES, ...MORE_CODES][code] ?? `code ${code}`;
}

/**
 * The bytes of a question that wants a whole answer (recursion).
 *
 * @throws {DnsFormatError} when `name` is none.
 *
 * @example
 * ```ts
 * import { encodeQuestion } from "./message.ts";
 * const bytes = encodeQuestion({ id: 7, name: "example.org", type: "A" });
 * console.assert(bytes.length === 40);
 * ```
 */
export function encodeQuestion(
  { id, name, type, isExtended = true }: Question,
): Bytes {
  const more = isExtended ? EDNS : [];
  const counts = [1, 0, 0, isExtended ? 1 : 0].flatMap(word);
  const asked = [...encodeName(name), ...word(TYPES[type]), ...word(INTERNET)];
  const head = [...word(id), ...word(PLEASE_RECURSE), ...counts];
  return new Uint8Array([...head, ...asked, ...more]);
}

/**
 * Whether `message` answers `question`: nobody who cannot see the question
 * knows both its number and what it asks.
 *
 * @example
 * ```ts
 * import { encodeQuestion, isReplyTo } from "./message.ts";
 * const question = { id: 7, name: "example.org", type: "A" } as const;
 * console.assert(!isReplyTo(question, encodeQuestion(question)));
 * ```
 */
export function isReplyTo(question: Question, message: Bytes): boolean {
  if (message.length < HEADER_BYTES) return false;
  const view = viewOf(message);
  if (view.getUint16(0) !== question.id) return false;
  const flags = view.getUint16(2);
  if ((flags & (IS_REPLY | KIND)) !== IS_REPLY) return false;
  const count = view.getUint16(4);
  // Who cannot read the question does not always repeat it.
  if (count === 0) {
    return codeIn(flags) === FORMAT_ERROR && message.length === HEADER_BYTES;
  }
  if (count !== 1) return false;
  try {
    const { name, end } = decodeName(message, HEADER_BYTES);
    return sameName(name, question.name.replace(/\.$/, "")) &&
      view.getUint16(end) === TYPES[question.type] &&
      view.getUint16(end + 2) === INTERNET;
  } catch {
    return false;
  }
}

/**
 * Reads an answer to a question, as {@linkcode isReplyTo} found it to be one.
 * Records of other kinds are left out; those of a message that is truncated
 * are, too. Memory is bounded by the message, which has at most 65,535 bytes.
 *
 * @throws {DnsFormatError} when it breaks the rules.
 *
 * @example
 * ```ts
 * import { decodeReply, encodeQuestion } from "./message.ts";
 * const bytes = encodeQuestion({ id: 7, name: "example.org", type: "A" });
 * bytes[3] = 3;
 * console.assert(decodeReply(bytes).code === 3);
 * ```
 */
export function decodeReply(message: Bytes): DnsReply {
  const view = viewOf(message);
  try {
    const flags = view.getUint16(2);
    const isTruncated = (flags & IS_TRUNCATED) !== 0;
    const records = isTruncated ? [] : readRecords(message, view);
    return { code: codeIn(flags), isTruncated, records };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DnsFormatError("a record is cut off");
  }
}

function codeIn(flags: number): number {
  return flags & 0xf;
}

function readRecords(message: Bytes, view: DataView): DnsRecord[] {
  const records: DnsRecord[] = [];
  const count = view.getUint16(6);
  if (count === 0) return records;
  let at = decodeName(message, HEADER_BYTES).end + 4;
  for (let left = count; left > 0; left--) {
    const { name, end } = decodeName(message, at);
    const [data, next] = [end + 10, end + 10 + view.getUint16(end + 8)];
    if (next > message.length) throw new RangeError();
    const type = typeOf(view.getUint16(end), view.getUint16(end + 2));
    if (type !== undefined) {
      const ttl = lifetime(view.getUint32(end + 4));
      records.push({
        name,
        type,
        ttl,
        value: value(message, type, data, next),
      });
    }
    at = next;
  }
  return records;
}

function typeOf(number: number, inClass: number): RecordType | undefined {
  if (inClass !== INTERNET) return undefined;
  const types = Object.keys(TYPES) as RecordType[];
  return types.find((type) => TYPES[type] === number);
}

function value(
  message: Bytes,
  type: RecordType,
  start: number,
  end: number,
): string {
  const bytes = message.subarray(start, end);
  switch (type) {
    case "A":
      if (bytes.length !== 4) break;
      return bytes.join(".");
    case "AAAA":
      if (bytes.length !== 16) break;
      return ipv6Text(bytes);
    default:
      return decodeName(message, start).name;
  }
  throw new DnsFormatError("an address has the wrong length");
}

function ipv6Text(bytes: Bytes): string {
  const view = viewOf(bytes);
  const groups = Array.from({ length: 8 }, (_, at) => view.getUint16(at * 2));
  return ipText(groups.map((group) => group.toString(16)).join(":"));
}

/** One that is beyond 31 bits counts as 0 (RFC 2181 section 8). */
function lifetime(ttl: number): number {
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

function viewOf({ buffer, byteOffset, byteLength }: Bytes): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function word(number: number): number[] {
  return [number >> 8, number & 0xff];
}

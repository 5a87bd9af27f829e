/**
 * TLS: its records and handshakes, and certificates.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { lazy } from "../../../lib/lazy.ts";
import type { Stream } from "../../../lib/net/stream.ts";
import { noTls } from "../../../lib/net/tls/ability.ts";
import { certificateFingerprint } from "../../../lib/net/tls/certificates.ts";
import { clientTls } from "../../../lib/net/tls/client.ts";
import { readHello } from "../../../lib/net/tls/client_hello.ts";
import { recordCutter } from "../../../lib/net/tls/records.ts";
import type { ServerTls } from "../../../lib/net/tls/stream.ts";
import { TlsError } from "../../../lib/net/tls/stream.ts";
import { readCertificate } from "../../../lib/x509/certificate.ts";
import { elements, integer, oid } from "../../../lib/x509/der.ts";
import { decodePem, encodePem } from "../../../lib/x509/pem.ts";
import { testServer } from "../../core/tls_harness.ts";
import {
  attempt,
  bytesOf,
  defineTarget,
  pieces,
  sayingOf,
  type Target,
  textOf,
} from "../target.ts";
import { CERTIFICATE, CLIENT_HELLOS, SERVER_HELLOS } from "./tls_seeds.ts";

const PATIENT = new AbortController().signal;
const server: () => Promise<ServerTls> = lazy(() => testServer());

/** Where records are cut when bytes come in these pieces. */
function cutsIn(parts: readonly Bytes[], every: boolean): number[] {
  const cutter = recordCutter();
  if (every) cutter.cutEveryRecord();
  const cuts: number[] = [];
  let total = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const taken = cutter.cut(part.subarray(at));
      assert(taken >= 1 && taken <= part.length - at, `${taken} bytes taken`);
      at += taken;
      if (cutter.mayHaveEnded()) cuts.push(total + at);
    }
    total += part.length;
  }
  return cuts;
}

/** A connection whose other end has said `input` and goes. */
function stranger(
  input: Bytes,
): Stream & { isClosed: boolean; written: number } {
  const left = pieces(input);
  return {
    isClosed: false,
    written: 0,
    read(buffer) {
      if (this.isClosed) return Promise.reject(new Error("closed"));
      const part = left.shift();
      if (part === undefined) return Promise.resolve(null);
      const taken = part.subarray(0, buffer.length);
      if (taken.length < part.length) left.unshift(part.slice(taken.length));
      buffer.set(taken);
      return Promise.resolve(taken.length);
    },
    write(bytes) {
      this.written += bytes.length;
      return Promise.resolve(bytes.length);
    },
    close() {
      this.isClosed = true;
    },
  };
}

/** Nobody who says this has shaken hands; both ends are closed then. */
async function checkHandshake(
  input: Bytes,
  begin: (stream: Stream) => Promise<{ close(): void }>,
): Promise<string> {
  if (noTls() !== null) return "no TLS here";
  const stream = stranger(input);
  try {
    (await begin(stream)).close();
  } catch (error) {
    assert(error instanceof TlsError, `${error}`);
    assert(stream.isClosed, "left open");
    assert(stream.written < 20_000, `${stream.written} bytes for nothing`);
    return `${sayingOf(error)} ${Math.sign(stream.written)}`;
  }
  throw new Error("a stranger has shaken hands");
}

async function greeted(input: Bytes): Promise<string> {
  const client = clientTls("localhost", { insecure: true });
  try {
    return await checkHandshake(
      input,
      (stream) => client.control(stream, PATIENT),
    );
  } finally {
    client.close();
  }
}

/** What we read of a certificate, and what the runtime does. */
function checkCertificate(der: Bytes): string {
  const read = attempt(() => readCertificate(der), RangeError, TypeError);
  const pem = encodePem("CERTIFICATE", der);
  assertEquals(decodePem("CERTIFICATE", pem), der);
  if (read instanceof Error) return sayingOf(read);
  assert(read.commonName.length <= der.length && read.spki.length < der.length);
  const { commonName } = read;
  const theirs = attempt(() => new X509Certificate(der).subject ?? "", Error);
  if (theirs instanceof Error) return "only ours";
  if (/^\w+$/.test(commonName)) {
    assert(theirs.includes(`CN=${commonName}`), theirs);
  }
  return `read ${commonName === ""}`;
}

function checkElements(der: Bytes): string {
  const found = attempt(() => elements(der), RangeError);
  if (found instanceof Error) return sayingOf(found);
  assertEquals(found.reduce((sum, { raw }) => sum + raw.length, 0), der.length);
  for (const { tag, raw, content } of found) {
    assertEquals(raw[0], tag);
    assert(raw.length >= content.length + 2);
  }
  assertEquals(elements(integer(der))[0]?.tag, 2);
  return `${Math.min(9, found.length)}`;
}

function checkPem(text: string): string {
  const bytes = decodePem("CERTIFICATE", text);
  const print = attempt(() => certificateFingerprint(text), TlsError);
  if (bytes !== null) {
    assertEquals(
      decodePem("CERTIFICATE", encodePem("CERTIFICATE", bytes)),
      bytes,
    );
  }
  return `${bytes?.length === undefined} ${print instanceof Error}`;
}

/** What a client says first: once it is known, more bytes change nothing. */
function helloIn(input: Bytes): string {
  const hello = readHello(input);
  if (hello?.name) assert(hello.name.length < input.length, hello.name);
  const step = Math.max(1, input.length >> 4);
  for (let end = 0; end < input.length; end += step) {
    const early = readHello(input.slice(0, end));
    if (early !== undefined) assertEquals(early, hello);
  }
  return `${typeof hello} ${typeof hello?.name}`;
}

/** TLS. */
export const TLS_TARGETS: readonly Target[] = [
  defineTarget({
    name: "tls-records",
    about: "where records of TLS end",
    seeds: () => [
      ...CLIENT_HELLOS,
      ...SERVER_HELLOS,
      Uint8Array.of(21, 3, 3, 0, 2, 1, 0),
    ],
    tokens: [
      Uint8Array.of(21, 3, 3, 0, 2),
      Uint8Array.of(23, 3, 3),
      Uint8Array.of(0, 64),
    ],
    check(input) {
      const cuts = cutsIn([input], false);
      assertEquals(cutsIn(pieces(input), false), cuts, "cut elsewhere");
      const every = cutsIn([input], true);
      assertEquals(cutsIn(pieces(input), true), every, "cut elsewhere");
      assert(cuts.every((cut) => every.includes(cut)));
      return `${Math.min(9, cuts.length)} ${Math.min(9, every.length)}`;
    },
  }),
  defineTarget({
    name: "tls-server",
    about: "what a client of TLS may say first, to our server",
    seeds: () => [
      ...CLIENT_HELLOS,
      "USER alice\r\n",
      Uint8Array.of(0x80, 46, 1, 3, 0),
    ],
    tokens: [
      Uint8Array.of(22, 3, 1),
      Uint8Array.of(21, 3, 3, 0, 2, 2, 40),
      "localhost",
      Uint8Array.of(0, 0, 0),
    ],
    cost: 8,
    async check(input) {
      const tls = noTls() === null ? await server() : null;
      return await checkHandshake(
        input,
        (stream) => tls!.secure(stream, PATIENT),
      );
    },
  }),
  defineTarget({
    name: "tls-hello",
    about: "what is read of what a client of TLS says first",
    seeds: () => [...CLIENT_HELLOS, "USER alice\r\n"],
    tokens: [
      Uint8Array.of(22, 3, 1, 0, 4, 1),
      Uint8Array.of(0, 0, 0, 14, 0, 12, 0, 0, 9),
      "localhost",
    ],
    check: helloIn,
  }),
  defineTarget({
    name: "tls-client",
    about: "what a server of TLS may answer, to our client",
    seeds: () => [
      ...SERVER_HELLOS,
      "220 Hello\r\n",
      Uint8Array.of(21, 3, 3, 0, 2, 2, 40),
    ],
    tokens: [
      Uint8Array.of(22, 3, 3),
      Uint8Array.of(20, 3, 3, 0, 1, 1),
      Uint8Array.of(0, 0, 0),
    ],
    cost: 8,
    check: greeted,
  }),
  defineTarget({
    name: "der",
    about: "elements of DER",
    seeds: () => [
      CERTIFICATE,
      oid("1.2.840.10045.2.1"),
      Uint8Array.of(0x30, 0x80, 0, 0),
    ],
    tokens: [
      Uint8Array.of(0x30, 0x82),
      Uint8Array.of(0x84, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0x1f),
    ],
    check: checkElements,
  }),
  defineTarget({
    name: "certificate",
    about: "certificates, as we read them and as the runtime does",
    seeds: () => [CERTIFICATE],
    tokens: [
      Uint8Array.of(0x30, 0x82),
      Uint8Array.of(0x1e, 4),
      oid("2.5.4.3"),
      Uint8Array.of(0x0c, 5),
    ],
    check: checkCertificate,
  }),
  defineTarget({
    name: "pem",
    about: "certificates in text",
    seeds: () => [
      encodePem("CERTIFICATE", CERTIFICATE),
      encodePem("CERTIFICATE", bytesOf("no")),
    ],
    tokens: [
      "-----BEGIN CERTIFICATE-----",
      "-----END CERTIFICATE-----\n",
      "=",
      "\n",
      "-----BEGIN PRIVATE KEY-----\n",
    ],
    isScript: true,
    check: (input) => checkPem(textOf(input)),
  }),
];

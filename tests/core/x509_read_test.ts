import { assert, assertEquals, assertThrows } from "@std/assert";
import { X509Certificate } from "node:crypto";
import type { Bytes } from "../../lib/bytes.ts";
import { createCertificate } from "../../lib/x509.ts";
import { readCertificate } from "../../lib/x509/certificate.ts";
import {
  contextTag,
  element,
  elements,
  integer,
  oid,
  sequence,
  TAG,
  time,
} from "../../lib/x509/der.ts";
import { commonNameOf } from "../../lib/x509/names.ts";
import { decodePem, encodePem } from "../../lib/x509/pem.ts";
import { testCertificates } from "../tls_certificates.ts";
import { bytesOf, joined } from "./byte_cases.ts";

async function serverDer(): Promise<Bytes> {
  const { server } = await testCertificates();
  return decodePem("CERTIFICATE", server.cert)!;
}

/** Takes a certificate apart, changes its fields, and puts it together. */
function withFields(
  der: Bytes,
  change: (fields: Bytes[]) => readonly Bytes[],
): Bytes {
  const [certified, ...rest] = elements(elements(der)[0]!.content);
  const fields = elements(certified!.content).map(({ raw }) => raw);
  return sequence(
    sequence(...change(fields)),
    ...rest.map(({ raw }) => raw),
  );
}

/** The same without what is at `index`, or with something else there. */
function swapped(
  fields: readonly Bytes[],
  index: number,
  ...others: Bytes[]
): Bytes[] {
  return fields.toSpliced(index, 1, ...others);
}

Deno.test("readCertificate() finds what is in one", async () => {
  const { ca, server, client } = await testCertificates();
  for (
    const [pem, name] of [
      [ca.cert, "Wharf test authority"],
      [server.cert, "localhost"],
      [client.cert, "alice"],
    ] as const
  ) {
    const der = decodePem("CERTIFICATE", pem)!;
    const read = readCertificate(der);
    const { publicKey } = new X509Certificate(pem);
    const spki = publicKey.export({ type: "spki", format: "der" });
    assertEquals(read.commonName, name);
    assertEquals(read.spki, new Uint8Array(spki));
    assertEquals(read.keyId?.length, 20);
  }
});

Deno.test("readCertificate() reads a serial number of zero", async () => {
  const zero = withFields(
    await serverDer(),
    (fields) => swapped(fields, 1, integer(Uint8Array.of(0))),
  );
  assertEquals(readCertificate(zero).commonName, "localhost");
});

Deno.test("readCertificate() refuses what is not well-formed", async () => {
  const der = await serverDer();
  const nothing = element(contextTag(3));
  const long = sequence(oid("1.2.840.10045.4.3.2"), new Uint8Array(0));
  const bad: Record<string, Bytes> = {
    "nothing": new Uint8Array(0),
    "only a part": der.slice(0, -1),
    "something behind it": joined([der, Uint8Array.of(0)]),
    "an element that is no sequence": element(TAG.set, der),
    "version 1": withFields(der, (fields) => fields.slice(1)),
    "version 2": withFields(
      der,
      (fields) =>
        swapped(fields, 0, element(contextTag(0), integer(Uint8Array.of(1)))),
    ),
    "a negative serial number": withFields(
      der,
      (fields) => swapped(fields, 1, element(TAG.integer, Uint8Array.of(0x80))),
    ),
    "a serial number with a zero too many": withFields(
      der,
      (fields) => swapped(fields, 1, element(TAG.integer, Uint8Array.of(0, 1))),
    ),
    "an empty serial number": withFields(
      der,
      (fields) => swapped(fields, 1, element(TAG.integer)),
    ),
    "another algorithm inside": withFields(
      der,
      (fields) => swapped(fields, 2, long, long),
    ),
    "a field too few": withFields(der, (fields) => swapped(fields, 3)),
    "a field too many": withFields(der, (fields) => [...fields, sequence()]),
    "an unique identifier": withFields(
      der,
      (fields) =>
        swapped(fields, 7, element(contextTag(1, false), Uint8Array.of(0))),
    ),
    "no extension in the list": withFields(
      der,
      (fields) => swapped(fields, 7, element(contextTag(3), sequence())),
    ),
    "no list of extensions": withFields(
      der,
      (fields) => swapped(fields, 7, nothing),
    ),
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assertThrows(() => readCertificate(bytes), RangeError, undefined, what);
  }
});

Deno.test("readCertificate() refuses extensions that are not well-formed", async () => {
  const der = await serverDer();
  const value = (...parts: Bytes[]) => element(TAG.octets, ...parts);
  const usage = oid("2.5.29.15");
  const bits = element(TAG.bitString, Uint8Array.of(7, 0x80));
  const fine = sequence(usage, value(bits));
  const no = element(TAG.boolean, Uint8Array.of(0));
  const yes = element(TAG.boolean, Uint8Array.of(0xff));
  const bad: Record<string, Bytes[]> = {
    "one twice": [fine, fine],
    "a flag that says no": [sequence(usage, no, value(bits))],
    "a flag too many": [sequence(usage, yes, yes, value(bits))],
    "no value": [sequence(usage)],
    "no name": [sequence(value(bits))],
    "a value of another kind": [sequence(usage, value(sequence()))],
    "two values": [sequence(usage, value(bits, bits))],
    "an empty value": [sequence(usage, value())],
    "names that are no sequence": [sequence(oid("2.5.29.17"), value(bits))],
  };
  const put = (list: Bytes[]) =>
    withFields(
      der,
      (fields) => swapped(fields, 7, element(contextTag(3), sequence(...list))),
    );
  for (const [what, list] of Object.entries(bad)) {
    assertThrows(() => readCertificate(put(list)), RangeError, undefined, what);
  }
  readCertificate(put([fine, sequence(oid("1.2.3"), value())]));
});

Deno.test("readCertificate() either reads or refuses whatever it is given", async () => {
  const der = await serverDer();
  let read = 0;
  for (let at = 0; at < der.length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const changed = der.slice();
      changed[at]! ^= flip;
      try {
        readCertificate(changed);
        read++;
      } catch (error) {
        assert(error instanceof RangeError, `${error}`);
      }
    }
  }
  // Signatures, keys and names are not for it to judge.
  assert(read > 0);
});

Deno.test("elements() refuses lengths that are not in the shortest form", () => {
  const bad = [
    [0x30],
    [0x30, 0x01],
    [0x30, 0x80, 0, 0],
    [0x30, 0x81, 0x01, 0],
    [0x30, 0x82, 0x00, 0x01, 0],
    [0x30, 0x83, 0x00, 0x00, 0x01, 0],
    [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
    [0x30, 0xff],
    [0x1f, 0x01, 0],
    [0x30, 0x81],
  ];
  for (const bytes of bad) {
    assertThrows(() => elements(Uint8Array.from(bytes)), RangeError);
  }
  assertEquals(elements(Uint8Array.of(5, 0, 4, 1, 9)).length, 2);
});

Deno.test("element() writes lengths in the shortest form", () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535]) {
    const bytes = element(TAG.octets, new Uint8Array(length));
    assertEquals(elements(bytes)[0]?.content.length, length);
  }
  assertEquals([...element(4, new Uint8Array(200)).subarray(0, 3)], [
    4,
    0x81,
    200,
  ]);
});

Deno.test("integer() and oid() write as the standard does", () => {
  assertEquals([...integer(Uint8Array.of(0, 0))], [2, 1, 0]);
  assertEquals([...integer(Uint8Array.of(0, 0x7f))], [2, 1, 0x7f]);
  assertEquals([...integer(Uint8Array.of(0x80, 1))], [2, 3, 0, 0x80, 1]);
  assertEquals([...oid("2.5.29.17")], [6, 3, 0x55, 0x1d, 0x11]);
  assertEquals(
    [...oid("1.2.840.10045.4.3.2")],
    [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
  );
  assertEquals(
    new TextDecoder().decode(
      time(new Date("2049-12-31T23:59:59.999Z")).slice(2),
    ),
    "491231235959Z",
  );
  assertEquals(
    new TextDecoder().decode(time(new Date("2050-01-01T00:00:00Z")).slice(2)),
    "20500101000000Z",
  );
});

Deno.test("commonNameOf() reads every kind of string, and takes the last name", () => {
  const attribute = (id: string, tag: number, ...bytes: number[]) =>
    element(TAG.set, sequence(oid(id), element(tag, Uint8Array.from(bytes))));
  const name = "2.5.4.3";
  const cases: [string, Bytes[]][] = [
    ["", []],
    ["", [attribute("2.5.4.10", TAG.text, 65)]],
    ["A", [attribute(name, TAG.text, 65)]],
    ["ä", [attribute(name, TAG.text, 0xc3, 0xa4)]],
    ["ä", [attribute(name, TAG.t61, 0xe4)]],
    ["ä", [attribute(name, TAG.bmp, 0, 0xe4)]],
    ["A", [attribute(name, TAG.printable, 65)]],
    ["", [attribute(name, TAG.text, 0xff)]],
    ["", [attribute(name, TAG.octets, 65)]],
    ["B", [attribute(name, TAG.text, 65), attribute(name, TAG.text, 66)]],
    // A line break in another field makes no name of what follows it.
    ["A", [
      attribute(name, TAG.text, 65),
      attribute("2.5.4.10", TAG.text, ...bytesOf("x\nCN=root")),
    ]],
  ];
  for (const [expected, attributes] of cases) {
    assertEquals(commonNameOf(joined(attributes)), expected);
  }
});

Deno.test("commonNameOf() reads nothing but sets of attributes", () => {
  const name = [oid("2.5.4.3"), element(TAG.text, bytesOf("alice"))];
  const { set, octets } = TAG;
  for (
    const [outer, inner, expected] of [
      [set, TAG.sequence, "alice"],
      [octets, TAG.sequence, ""],
      [set, set, ""],
    ] as const
  ) {
    const bytes = element(outer, element(inner, ...name));
    assertEquals(commonNameOf(bytes), expected);
  }
});

Deno.test("encodePem() and decodePem() are each other's opposite", async () => {
  for (const length of [0, 1, 47, 48, 49, 1000]) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const pem = encodePem("CERTIFICATE", bytes);
    assertEquals(decodePem("CERTIFICATE", `x\n${pem}y`), bytes);
    assert(pem.split("\n").every((line) => line.length <= 64));
  }
  const { cert, key } = await createCertificate({ names: ["a.example"] });
  assertEquals(decodePem("PRIVATE KEY", cert), null);
  assert(decodePem("PRIVATE KEY", cert + key));
  assertEquals(decodePem("CERTIFICATE", cert.replace("M", "*")), null);
  assertEquals(decodePem("CERTIFICATE", cert.slice(0, -20)), null);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { type CertificateOptions, createCertificate } from "../../lib/x509.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";

/** A certificate, as the runtime reads it. */
async function made(options: CertificateOptions): Promise<X509Certificate> {
  const { cert, key } = await createCertificate(options);
  const read = new X509Certificate(cert);
  assert(read.checkPrivateKey(createPrivateKey(key)));
  return read;
}

/** Whether two moments are the same second. */
function sameSecond(a: string, b: Date): boolean {
  return Math.abs(Date.parse(a) - b.getTime()) < 1000;
}

Deno.test("createCertificate() makes one that signs itself, for names and addresses", async () => {
  const names = [
    "files.example.net",
    "*.example.net",
    "192.0.2.7",
    "2001:db8::7",
    "::1",
  ];
  const read = await made({ names });
  assertEquals(read.subject, "CN=files.example.net");
  assertEquals(read.issuer, "CN=files.example.net");
  assertEquals(
    read.subjectAltName,
    "DNS:files.example.net, DNS:*.example.net, IP Address:192.0.2.7, IP Address:2001:db8::7, IP Address:::1",
  );
  assert(read.verify(read.publicKey));
  assertEquals(read.ca, false);
  assertEquals(read.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
});

Deno.test("createCertificate() counts from yesterday on, for ten years", async () => {
  const before = new Date();
  const read = await made({ names: ["a.example"] });
  const from = new Date(before.getTime() - 86_400_000);
  const until = new Date(before);
  until.setUTCFullYear(until.getUTCFullYear() + 10);
  const apart = (a: string, b: Date) => Math.abs(Date.parse(a) - b.getTime());
  assert(apart(read.validFrom, from) < 60_000, read.validFrom);
  assert(apart(read.validTo, until) < 60_000, read.validTo);
});

Deno.test("createCertificate() takes other dates, also beyond 2049", async () => {
  for (const year of [1999, 2049, 2050, 2100]) {
    const from = new Date(Date.UTC(year, 0, 2, 3, 4, 5));
    const until = new Date(Date.UTC(year, 11, 31, 23, 59, 59));
    const read = await made({ names: ["a.example"], from, until });
    assert(sameSecond(read.validFrom, from), read.validFrom);
    assert(sameSecond(read.validTo, until), read.validTo);
  }
});

Deno.test("createCertificate() has an authority sign", async () => {
  const { ca, server, client } = await testCertificates();
  const authority = new X509Certificate(ca.cert);
  assertEquals(authority.ca, true);
  for (const { cert } of [server, client]) {
    const read = new X509Certificate(cert);
    assertEquals(read.issuer, "CN=Wharf test authority");
    assert(read.verify(authority.publicKey));
    assert(read.checkIssued(authority));
    assert(!read.verify(read.publicKey));
  }
});

Deno.test("createCertificate() gives each another key and a positive serial number of 16 bytes", async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, () => made({ names: ["a.example"] })),
  );
  const serials = new Set(all.map(({ serialNumber }) => serialNumber));
  const prints = new Set(all.map(({ fingerprint256 }) => fingerprint256));
  assertEquals([serials.size, prints.size], [20, 20]);
  for (const serial of serials) {
    assert(/^[4-7][\dA-F]{31}$/.test(serial), serial);
  }
});

Deno.test("createCertificate() takes a common name of its own, in any script", async () => {
  const read = await made({ names: [], commonName: "Zoë Ångström" });
  assertEquals(read.subject, "CN=Zoë Ångström");
  assertEquals(read.subjectAltName, undefined);
});

Deno.test("createCertificate() takes as many names as there may be", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `h${i}.example`);
  const read = await made({ names });
  assertEquals(read.subjectAltName?.split(", ").length, 100);
});

Deno.test("createCertificate() refuses names that are none", async () => {
  const bad = [
    "",
    ".",
    "a..b",
    "-a.example",
    "a-.example",
    "a b",
    "a.example.",
    "bücher.example",
    "*",
    "a.*.example",
    "**.example",
    "1.2.3.4.5",
    "256.1.1.1",
    "fe80::1%eth0",
    "[::1]",
    "a.example:21",
    "ftp://a.example",
    "a\0.example",
    `${"x".repeat(64)}.example`,
    `${"x.".repeat(127)}xx`,
  ];
  for (const name of bad) {
    const error = await assertRejects(
      () => createCertificate({ names: [name], commonName: "x" }),
      TypeError,
      "is neither a host name",
    );
    assert(!error.message.includes("\0"), error.message);
  }
});

Deno.test("createCertificate() refuses what makes no certificate, in one line each", async () => {
  const { ca, server, selfSigned } = await testCertificates();
  const names = ["a.example"];
  const bad: [CertificateOptions, string][] = [
    [{ names: [] }, "There is no name"],
    [
      { names: Array.from({ length: 101 }, (_, i) => `h${i}.example`) },
      "A certificate has at most 100 names",
    ],
    [
      { names, commonName: "x".repeat(65) },
      "A common name has 1 to 64 characters, not 65",
    ],
    [{ names, commonName: "" }, "A common name has 1 to 64 characters, not 0"],
    [{ names, commonName: "a\nb" }, "A common name has no control characters"],
    [
      { names, from: daysFromNow(1), until: daysFromNow(1) },
      "A certificate must begin before it ends",
    ],
    [
      { names, until: new Date(NaN) },
      "A certificate must begin before it ends",
    ],
    [
      { names, issuer: { cert: ca.cert, key: server.key } },
      "The authority's key does not belong to its certificate",
    ],
    [
      { names, issuer: { cert: "x", key: server.key } },
      "The authority's certificate is no PEM of a certificate",
    ],
    [
      { names, issuer: { cert: ca.cert, key: "x" } },
      "The authority's key is no PEM of a private key",
    ],
    [
      {
        names,
        issuer: {
          cert: selfSigned.cert,
          key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        },
      },
      "The authority's key is not of the kind ECDSA P-256",
    ],
  ];
  for (const [options, message] of bad) {
    await assertRejects(() => createCertificate(options), TypeError, message);
  }
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import {
  certificateWarnings,
  pairOf,
  readCertificates,
  sameMaterial,
} from "../../server/ftp/tls/certificates.ts";
import { readRequest } from "../../server/ftp/options.ts";
import {
  certOf,
  DAY,
  examine,
  keyOf,
  MemoryFiles,
  NOW,
} from "./ftp_tls_files.ts";

const ROOTS = ["/srv/pub", "/home"];

/** Reads the certificates of a command line. */
function read(args: string, files: MemoryFiles) {
  const { settings } = readRequest(args.split(" "), { lack: null });
  return readCertificates(settings.tls!, { files, examine, roots: ROOTS });
}

const PAIR = "--tls-cert /c/a.pem --tls-key /c/a.key";

Deno.test("readCertificates() reads each certificate with its key", async () => {
  const files = new MemoryFiles({
    "/c/a.pem": certOf("a,b"),
    "/c/a.key": keyOf("a,b"),
    "/c/ca.pem": certOf("authority"),
  });
  const certificates = await read(`${PAIR} --tls-client-ca /c/ca.pem`, files);
  assertEquals(certificates, {
    material: {
      certificates: [{ cert: certOf("a,b"), key: keyOf("a,b") }],
      clientCa: certOf("authority"),
    },
    facts: [{
      cert: "/c/a.pem",
      key: "/c/a.key",
      names: ["a", "b"],
      from: NOW - 30 * DAY,
      until: NOW + 365 * DAY,
      fingerprint: `a,b-${NOW + 365 * DAY}`,
    }],
    openKeys: [],
  });
});

for (const kind of ["", "RSA ", "EC "]) {
  Deno.test(`readCertificates() tells a chain from a ${kind}key in one file`, async () => {
    const chain = [certOf("a"), certOf("authority")];
    const text = `${chain[0]}words\n${keyOf("a", kind)}${chain[1]}words\n`;
    const files = new MemoryFiles({ "/c/a.pem": text });
    const { material } = await read("--tls-cert /c/a.pem", files);
    assertEquals(material.certificates, [
      { cert: chain.join(""), key: keyOf("a", kind) },
    ]);
  });
}

Deno.test("readCertificates() leaves the authorities' own keys where they are", async () => {
  const files = new MemoryFiles({
    "/c/a.pem": certOf("a") + keyOf("a"),
    "/c/ca.pem": `words\n${keyOf("ca")}${certOf("ca")}${certOf("other")}`,
  });
  const args = "--tls-cert /c/a.pem --tls-client-ca /c/ca.pem";
  const { material } = await read(args, files);
  assertEquals(material.clientCa, certOf("ca") + certOf("other"));
});

Deno.test("pairOf() takes a large file of beginnings in its stride", () => {
  const text = "-----BEGIN RSA PRIVATE KEY-----\n".repeat(30_000);
  const began = performance.now();
  assertEquals(pairOf(text, text), { cert: text, key: text });
  assert(performance.now() - began < 2000);
});

const REFUSED: readonly [
  files: Record<string, string>,
  args: string,
  message: string,
][] = [
  [{}, PAIR, "cannot read /c/a.pem: there is no such file"],
  [
    { "/c/a.pem": certOf("a"), "/c/a.key": keyOf("b") },
    PAIR,
    "cannot use /c/a.pem with /c/a.key: the key is another one's",
  ],
  [
    { "/c/a.pem": "nonsense" },
    "--tls-cert /c/a.pem",
    "cannot use /c/a.pem: there is no certificate",
  ],
  [
    { "/c/a.pem": certOf("a") + keyOf("a"), "/c/ca.pem": certOf("bad") },
    "--tls-cert /c/a.pem --tls-client-ca /c/ca.pem",
    "cannot use /c/a.pem: the authorities are bad",
  ],
  [
    { "/c/a.pem": certOf("a") + keyOf("a"), "/c/ca.pem": keyOf("ca") },
    "--tls-cert /c/a.pem --tls-client-ca /c/ca.pem",
    "cannot use /c/ca.pem: it has no certificate (PEM)",
  ],
];

for (const [texts, args, message] of REFUSED) {
  Deno.test(`readCertificates() says in one line: ${message}`, async () => {
    const files = new MemoryFiles(texts);
    await assertRejects(() => read(args, files), ToolError, message);
  });
}

for (const path of ["/c/a.pem", "/c/a.key", "/c/ca.pem"]) {
  Deno.test(`readCertificates() refuses ${path} when it leads into a served folder`, async () => {
    const files = new MemoryFiles({
      "/c/a.pem": certOf("a"),
      "/c/a.key": keyOf("a"),
      "/c/ca.pem": certOf("authority"),
    });
    const args = `${PAIR} --tls-client-ca /c/ca.pem`;
    files.links.set(path, "/srv/public/file");
    await read(args, files);
    files.links.set(path, "/srv/pub/file");
    const error = await assertRejects(() => read(args, files), ToolError);
    assertEquals(
      error.message,
      `${path} is in /srv/pub, which is served; keep certificates and keys ` +
        "outside",
    );
  });
}

Deno.test("sameMaterial() compares what a worker needs", async () => {
  const files = new MemoryFiles({ "/c/a.pem": certOf("a") + keyOf("a") });
  const one = await read("--tls-cert /c/a.pem", files);
  files.put("/c/a.pem", keyOf("a") + certOf("a"), 0o644);
  const same = await read("--tls-cert /c/a.pem", files);
  assertEquals(sameMaterial(one.material, same.material), true);
  files.put("/c/a.pem", keyOf("a") + certOf("a", 1));
  const other = await read("--tls-cert /c/a.pem", files);
  assertEquals(sameMaterial(one.material, other.material), false);
});

/** Days that a certificate has left, and what is said of it. */
const TERMS: readonly [days: number, warnings: string[]][] = [
  [365, []],
  [14, []],
  [13, ["the certificate in /c/a.pem expires on 2026-12-04, in 13 days"]],
  [1.5, ["the certificate in /c/a.pem expires on 2026-11-22, in 1 day"]],
  [0, ["the certificate in /c/a.pem expires on 2026-11-21, in 0 days"]],
  [-1, ["the certificate in /c/a.pem expired on 2026-11-20"]],
];

for (const [days, warnings] of TERMS) {
  Deno.test(`certificateWarnings() says what to say ${days} days before the end`, async () => {
    const text = certOf("a", days) + keyOf("a");
    const files = new MemoryFiles({ "/c/a.pem": text });
    const certificates = await read("--tls-cert /c/a.pem", files);
    assertEquals(certificateWarnings(certificates, NOW), warnings);
  });
}

Deno.test("certificateWarnings() tells of a certificate that counts later only", async () => {
  const files = new MemoryFiles({ "/c/a.pem": certOf("a") + keyOf("a") });
  const certificates = await read("--tls-cert /c/a.pem", files);
  assertEquals(certificateWarnings(certificates, NOW - 31 * DAY), [
    "the certificate in /c/a.pem counts from 2026-10-22 on only",
  ]);
});

Deno.test("certificateWarnings() tells of keys that everybody can read, once each", async () => {
  const files = new MemoryFiles({
    "/c/a.pem": certOf("a"),
    "/c/renewed.pem": certOf("a", 800),
  });
  const args = `${PAIR} --tls-cert /c/renewed.pem --tls-key /c/a.key`;
  for (const [mode, count] of [[0o640, 0], [null, 0], [0o644, 1]] as const) {
    files.put("/c/a.key", keyOf("a"), mode);
    const warnings = certificateWarnings(await read(args, files), NOW);
    assertEquals(warnings.length, count, String(mode));
    if (count === 0) continue;
    assertEquals(
      warnings[0],
      "everybody on this machine can read the key in /c/a.key; chmod o-r helps",
    );
  }
});

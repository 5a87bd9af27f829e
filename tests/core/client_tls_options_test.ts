import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  checkTlsOptions,
  modeOf,
  termsOf,
  tlsChoice,
  type TlsTerms,
  type TlsValues,
  versionsOf,
} from "../../client/ftp/tls_options.ts";
import { formatPin, parsePin } from "../../client/ftp/tls_pin.ts";
import { UsageError } from "../../lib/cli.ts";
import { randomOf } from "./random.ts";

const HEX = "0123456789abcdef".repeat(4);
const OTHER = "f".repeat(64);
const COLONS = HEX.toUpperCase().match(/../g)!.join(":");
const BASE64 = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=";

const PINS: readonly string[] = [
  `sha256:${HEX}`,
  `sha256:${HEX.toUpperCase()}`,
  `SHA256:${COLONS}`,
  `sha256:${COLONS.toLowerCase()}`,
  `sha256//${BASE64}`,
];

for (const pin of PINS) {
  Deno.test(`parsePin() reads ${pin}`, () => {
    assertEquals(parsePin(pin), HEX);
    assertEquals(parsePin(formatPin(parsePin(pin))), HEX);
  });
}

const BAD_PINS: readonly string[] = [
  "",
  HEX,
  "sha256:",
  `sha256:${HEX}0`,
  `sha256:${HEX.slice(1)}`,
  `sha256:${HEX.slice(1)}g`,
  `sha256:${COLONS}:`,
  `sha256:${COLONS.replace(":", "")}`,
  `sha256:${HEX} `,
  `sha1:${HEX}`,
  `sha256:${BASE64}`,
  `sha256//${BASE64.slice(0, -1)}`,
  `sha256//${BASE64.replace("=", "==")}`,
  `sha256//${BASE64.replace("A", "_")}`,
  `sha256//${HEX}`,
  "sha256:\x1b[31m",
];

for (const pin of BAD_PINS) {
  Deno.test(`parsePin() refuses ${JSON.stringify(pin)}`, () => {
    const { message } = assertThrows(() => parsePin(pin), UsageError);
    assert(message.startsWith("--pin: expected sha256: and 64 hex digits"));
    assertFalse(/\p{Cc}/u.test(message), message);
  });
}

for (let seed = 1; seed <= 2; seed++) {
  Deno.test(`parsePin() reads what it should and refuses the rest (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 2000; round++) {
      const good = random.pick(PINS);
      const at = random.below(good.length);
      const char = random.pick([..."aG:=/ +0_\0"]);
      const text = good.slice(0, at) + char + good.slice(at + 1);
      try {
        assert(/^[\da-f]{64}$/.test(parsePin(text)), text);
      } catch (error) {
        assert(error instanceof UsageError, `${text}: ${error}`);
      }
    }
  });
}

const CONTRADICTIONS: readonly [values: TlsValues, why: string][] = [
  [{ tls: true, "tls-implicit": true }, "--tls and --tls-implicit"],
  [{ insecure: true, pin: [`sha256:${HEX}`] }, "--insecure and --pin"],
  [{ insecure: true, cacert: "a.pem" }, "--insecure and --cacert"],
  [{ pin: [`sha256:${HEX}`], cacert: "a.pem" }, "--pin and --cacert"],
  [{ key: "a.pem" }, "--cert"],
  [{ "tls-min": "1.3", "tls-max": "1.2" }, "--tls-max"],
  [{ tls: true, pin: [`sha256:${HEX}`, "sha256:"] }, "64 hex digits"],
];

for (const [values, why] of CONTRADICTIONS) {
  Deno.test(`checkTlsOptions() refuses ${Object.keys(values).join(" ")}`, () => {
    const { message } = assertThrows(
      () => checkTlsOptions(values),
      UsageError,
      why,
    );
    assertFalse(message.includes("\n"));
  });
}

Deno.test("checkTlsOptions() takes what can be meant together", () => {
  checkTlsOptions({});
  checkTlsOptions({ pin: [], insecure: true, "tls-max": "1.2" });
  checkTlsOptions({
    tls: true,
    pin: [`sha256:${HEX}`],
    cert: "a.pem",
    key: "b.pem",
    "clear-data": true,
    ccc: true,
    "tls-min": "1.3",
    "tls-max": "1.3",
  });
});

Deno.test("modeOf() and termsOf() say what options mean", () => {
  assertEquals(modeOf({}), null);
  assertEquals(modeOf({ tls: true }), "explicit");
  assertEquals(modeOf({ "tls-implicit": true }), "implicit");
  assertEquals(termsOf({ tls: true }), {});
  assertEquals(
    termsOf({
      pin: [PINS[2]!],
      insecure: false,
      "clear-data": true,
      ccc: true,
    }),
    { pins: [HEX], clearData: true, clearCommands: true },
  );
});

Deno.test("tlsChoice() checks certificates and protects data unless told otherwise", () => {
  assertEquals(tlsChoice("explicit", {}, {}), {
    mode: "explicit",
    trust: {},
    data: "private",
    clearCommands: false,
  });
  const terms = { clearData: true, clearCommands: true };
  assertEquals(tlsChoice("implicit", terms, { ca: "PEM" }), {
    mode: "implicit",
    trust: { ca: "PEM" },
    data: "clear",
    clearCommands: true,
  });
});

Deno.test("tlsChoice() lets pins win over everything, and needs no authority for them", () => {
  const trust = (terms: TlsTerms) =>
    tlsChoice("explicit", terms, {
      ca: "PEM",
      insecure: true,
      pins: [OTHER],
      maxVersion: "TLSv1.2",
    }).trust;
  const maxVersion = "TLSv1.2";
  assertEquals(trust({ pins: [HEX] }), { pins: [HEX], maxVersion });
  assertEquals(trust({ pins: [HEX], insecure: true }), {
    pins: [HEX],
    maxVersion,
  });
  assertEquals(trust({ insecure: true }), { insecure: true, maxVersion });
  assertEquals(trust({}), { ca: "PEM", maxVersion });
});

Deno.test("versionsOf() allows TLS 1.2 and 1.3", () => {
  const [minVersion, maxVersion] = ["TLSv1.2", "TLSv1.3"] as const;
  assertEquals(versionsOf({}), { minVersion, maxVersion });
  assertEquals(versionsOf({ "tls-min": "1.3" }), {
    minVersion: "TLSv1.3",
    maxVersion,
  });
  assertEquals(versionsOf({ "tls-max": "1.2" }), {
    minVersion,
    maxVersion: "TLSv1.2",
  });
});

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  formatTarget,
  parseTarget,
  type Target,
  withTlsOptions,
} from "../../client/ftp/shell/target.ts";
import { TLS_OPTIONS, type TlsValues } from "../../client/ftp/tls_options.ts";
import { parseFtpUrl } from "../../client/ftp/url.ts";
import { UsageError } from "../../lib/cli.ts";

const HEX = "0123456789abcdef".repeat(4);
const OTHER = "f".repeat(64);
const COLONS = HEX.toUpperCase().match(/../g)!.join(":");
const BASE64 = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=";
const PLAIN = parseFtpUrl("ftp://host/a");

/** What `values` make of a URL, or of a bookmark. */
function made(text: string, values: TlsValues): Target {
  return withTlsOptions(parseTarget(text), values, given(values));
}

function given(values: TlsValues): Set<string> {
  return new Set(Object.keys(values));
}

Deno.test("withTlsOptions() adds TLS where the URL does not say, and only there", () => {
  assertEquals(made("ftp://host", { tls: true }).tls, "explicit");
  assertEquals(made("ftp://host", { "tls-implicit": true }).tls, "implicit");
  assertEquals(made("ftpes://host", { tls: true }).tls, "explicit");
  assertEquals(made("ftps://host", { "tls-implicit": true }).tls, "implicit");
  assertEquals(made("ftps://host", { ccc: true }).tls, "implicit");
  assertEquals(withTlsOptions(PLAIN, {}, new Set(["user"])), PLAIN);
});

Deno.test("withTlsOptions() refuses two kinds of TLS at once", () => {
  const both = "which contradicts";
  assertThrows(() => made("ftps://a", { tls: true }), UsageError, both);
  const other = { "tls-implicit": true };
  assertThrows(() => made("ftpes://a", other), UsageError, both);
});

Deno.test("withTlsOptions() never lets an option of TLS be for nothing", () => {
  for (const name of Object.keys(TLS_OPTIONS)) {
    if (name === "tls" || name === "tls-implicit") continue;
    const options = new Set(["user", name]);
    assertThrows(
      () => withTlsOptions(PLAIN, {}, options),
      UsageError,
      `--${name} is about TLS`,
    );
    assertEquals(withTlsOptions(PLAIN, {}, options, "explicit").tls, null);
  }
});

Deno.test("withTlsOptions() changes what a bookmark pins, but never trusts anybody instead", () => {
  const bookmark = `--pin sha256:${HEX} --ccc ftpes://nas`;
  const { terms } = made(bookmark, { pin: [`sha256:${OTHER}`] });
  assertEquals(terms, { pins: [OTHER], clearCommands: true });
  assertThrows(
    () => made(bookmark, { insecure: true }),
    UsageError,
    "pins the certificate",
  );
  assertEquals(made("ftpes://nas", { insecure: true }).terms, {
    insecure: true,
  });
});

const TARGETS: readonly [text: string, terms: Target["terms"]][] = [
  [`--pin sha256:${HEX} ftpes://nas`, { pins: [HEX] }],
  [`--pin sha256:${HEX} --pin sha256:${OTHER} ftps://ada@nas/a%20b`, {
    pins: [HEX, OTHER],
  }],
  ["--clear-data --ccc ftpes://nas:2121/%2F", {
    clearData: true,
    clearCommands: true,
  }],
  ["ftpes://nas", undefined],
  ["ftp://nas/--pin%20x", undefined],
];

for (const [text, terms] of TARGETS) {
  Deno.test(`parseTarget() reads ${text}, and formatTarget() writes it`, () => {
    const target = parseTarget(text);
    assertEquals(target.terms, terms);
    assertEquals(formatTarget(target), text);
  });
}

Deno.test("parseTarget() reads pins as they are typed elsewhere", () => {
  const text =
    `--pin=SHA256:${COLONS}  --pin\tsha256//${BASE64} ftps://nas/a b`;
  const target = parseTarget(text);
  assertEquals(target.terms, { pins: [HEX, HEX] });
  assertEquals(target.path, "a b");
});

const BAD_TARGETS: readonly [text: string, why: string][] = [
  [`--pin sha256:${HEX} ftp://nas`, "--pin is about TLS"],
  [`--pin sha256:${HEX}`, "ftp://HOST/PATH"],
  [`--pin sha256:${HEX} nas`, "ftp://HOST/PATH"],
  ["--pin ftps://nas", "--pin needs a value"],
  ["--pin sha256:1 ftps://nas", "64 hex digits"],
  ["--insecure ftps://nas", "unknown option --insecure"],
  ["--cacert a.pem ftps://nas", "unknown option --cacert"],
  ["--tls ftp://nas", "unknown option --tls"],
  ["--ccc stray ftps://nas", "unexpected argument"],
  ["--ccc ftps://ada:S3CRET@", "host is missing"],
];

for (const [text, why] of BAD_TARGETS) {
  Deno.test(`parseTarget() refuses ${JSON.stringify(text)}`, () => {
    const { message } = assertThrows(() => parseTarget(text), UsageError, why);
    assertFalse(message.includes("S3CRET"), message);
  });
}

Deno.test("parseTarget() ends on long texts", () => {
  for (const part of ["--", " ", "--pin ", " ftp", "ftps://", "--ccc "]) {
    try {
      parseTarget(`--ccc ${part.repeat(100_000)}`);
    } catch (error) {
      assert(error instanceof UsageError, `${error}`);
    }
  }
});

Deno.test("formatTarget() keeps neither a password nor the trust in anybody", () => {
  const target = made("ftpes://ada:hush@nas", { insecure: true });
  assertEquals(formatTarget(target), "ftpes://ada@nas");
});

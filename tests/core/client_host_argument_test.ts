import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { type FtpUrl, parseHostArgument } from "../../client/ftp/url.ts";
import { UsageError } from "../../lib/cli.ts";

const HOST: FtpUrl = {
  hostname: "host",
  port: null,
  tls: null,
  user: null,
  password: null,
  path: "",
  type: null,
  hasPath: false,
};

const HOSTS: readonly [text: string, parts: Partial<FtpUrl>][] = [
  ["host", {}],
  ["host:2121", { port: 2121 }],
  ["ada@host", { user: "ada" }],
  ["ada@corp@host:2121", { user: "ada@corp", port: 2121 }],
  ["a%40b@host", { user: "a%40b" }],
  ["::1", { hostname: "::1" }],
  ["fe80::1%eth0", { hostname: "fe80::1%eth0" }],
  ["ada@::1", { hostname: "::1", user: "ada" }],
  ["[::1]", { hostname: "::1" }],
  ["[::1]:2121", { hostname: "::1", port: 2121 }],
  ["ada@[::1]:2121", { hostname: "::1", port: 2121, user: "ada" }],
  ["192.0.2.7:21", { hostname: "192.0.2.7", port: 21 }],
];

for (const [text, parts] of HOSTS) {
  Deno.test(`parseHostArgument() reads ${text}`, () => {
    assertEquals(parseHostArgument(text), { ...HOST, ...parts });
  });
}

const BAD_HOSTS: readonly [text: string, why: string][] = [
  ["", "host is missing"],
  ["ada@", "host is missing"],
  ["@host", "user's name"],
  ["ada:S3CRET@host", "password"],
  ["ada:S3CRET", "65535"],
  ["S3CRET\n@host", "control character"],
  ["host:70000", "65535"],
  ["host/path", "ftp://"],
  ["-rf", "name of a host"],
  ["ho st", "name of a host"],
  ["host\r\nDELE a", "control character"],
  ["1::2::3", "brackets"],
];

for (const [text, why] of BAD_HOSTS) {
  Deno.test(`parseHostArgument() refuses ${JSON.stringify(text)}`, () => {
    const { message } = assertThrows(
      () => parseHostArgument(text),
      UsageError,
      why,
    );
    assertFalse(message.includes("S3CRET"), message);
  });
}

Deno.test("parseHostArgument() ends on long texts", () => {
  for (const part of ["a", "1.", ":", "@", "[", "::1", "a:"]) {
    const text = part.repeat(100_000);
    assertThrows(() => parseHostArgument(text), UsageError);
  }
});

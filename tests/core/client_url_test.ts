import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  formatFtpUrl,
  type FtpUrl,
  isFtpUrl,
  parseFtpUrl,
  portOf,
  redactUrls,
  sameSite,
} from "../../client/ftp/url.ts";
import { UsageError } from "../../lib/cli.ts";
import { randomOf, randomUrlText } from "./random.ts";

/** `ftp://host`, with something else in it. */
function site(parts: Partial<FtpUrl> = {}): FtpUrl {
  return {
    hostname: "host",
    port: null,
    tls: null,
    user: null,
    password: null,
    path: "",
    type: null,
    hasPath: parts.path !== undefined && parts.path !== "",
    ...parts,
  };
}

const URLS: readonly [url: string, parts: Partial<FtpUrl>][] = [
  ["ftp://host", {}],
  ["ftp://host/", {}],
  ["FTP://host", {}],
  ["ftp://HOST.Example.org.", { hostname: "HOST.Example.org." }],
  ["ftp://host:2121", { port: 2121 }],
  ["ftp://host:", {}],
  ["ftp://host:0021/", { port: 21 }],
  ["ftp://host:65535", { port: 65535 }],
  ["ftps://host", { tls: "implicit" }],
  ["FtpS://host:21/a", { tls: "implicit", port: 21, path: "a" }],
  ["ftpes://host", { tls: "explicit" }],
  ["FtpES://ada@host:2121/a", {
    tls: "explicit",
    port: 2121,
    user: "ada",
    path: "a",
  }],
  ["ftp://192.0.2.7/a", { hostname: "192.0.2.7", path: "a" }],
  ["ftp://[::1]", { hostname: "::1" }],
  ["ftp://[2001:db8::7]:2121/a", {
    hostname: "2001:db8::7",
    port: 2121,
    path: "a",
  }],
  ["ftp://[fe80::1%25eth0]/", { hostname: "fe80::1%eth0" }],
  ["ftp://[fe80::1%eth0]/", { hostname: "fe80::1%eth0" }],
  ["ftp://münchen.example/", { hostname: "münchen.example" }],
  // Who logs in.
  ["ftp://ada@host", { user: "ada" }],
  ["ftp://ada:@host", { user: "ada", password: "" }],
  ["ftp://ada:hush@host/", { user: "ada", password: "hush" }],
  ["ftp://ada:a:b@host", { user: "ada", password: "a:b" }],
  ["ftp://ada:a@b@host", { user: "ada", password: "a@b" }],
  ["ftp://ada@corp:x@host", { user: "ada@corp", password: "x" }],
  ["ftp://a%40b:c%2Fd%3ae%25@host", { user: "a@b", password: "c/d:e%" }],
  ["ftp://ada:?#[]@host", { user: "ada", password: "?#[]" }],
  ["ftp://%C3%A4:%E4@host", { user: "ä", password: "ä" }],
  // Paths: RFC 1738 section 3.2.2.
  ["ftp://host/etc/motd", { path: "etc/motd" }],
  ["ftp://host/%2Fetc/motd", { path: "/etc/motd" }],
  ["ftp://host//etc/motd", { path: "/etc/motd" }],
  ["ftp://host/%2fetc/motd", { path: "/etc/motd" }],
  ["ftp://host//", { path: "/" }],
  ["ftp://host/%2F", { path: "/" }],
  ["ftp://host///a", { path: "/a" }],
  ["ftp://host/a/", { path: "a/" }],
  ["ftp://host/a//b", { path: "a//b" }],
  ["ftp://host/../a/./b", { path: "../a/./b" }],
  ["ftp://host/what?.txt", { path: "what?.txt" }],
  ['ftp://host/a#1 [b]*{c}|d\\e^`"<>', { path: 'a#1 [b]*{c}|d\\e^`"<>' }],
  ["ftp://host/100%25", { path: "100%" }],
  ["ftp://host/a%20b+c", { path: "a b+c" }],
  ["ftp://host/a@b:c", { path: "a@b:c" }],
  ["ftp://host/%c3%a4%E4%C3%A4", { path: "Ã¤äÃ¤" }],
  ["ftp://host/%c3%a4/%E4", { path: "ä/ä" }],
  ["ftp://host/月", { path: "月" }],
  ["ftp://host/%2525", { path: "%25" }],
  ["ftp://host/ftp://host/", { path: "ftp://host/" }],
  // Types.
  ["ftp://host/a;type=a", { path: "a", type: "a" }],
  ["ftp://host/a;TYPE=I", { path: "a", type: "i" }],
  ["ftp://host/;type=d", { path: "", type: "d" }],
  ["ftp://host/a/;type=d", { path: "a/", type: "d" }],
  ["ftp://host/A.TXT;1", { path: "A.TXT;1" }],
  ["ftp://host/a;type=a;1", { path: "a;type=a;1" }],
  ["ftp://host/a;type=x/b", { path: "a;type=x/b" }],
  ["ftp://host/a;type=a;type=i", { path: "a;type=a", type: "i" }],
  ["ftp://host/a%3Btype=a", { path: "a;type=a" }],
];

for (const [url, parts] of URLS) {
  Deno.test(`parseFtpUrl() reads ${url}`, () => {
    assertEquals(parseFtpUrl(url), site(parts));
    assert(isFtpUrl(url));
  });
}

const CONTROLS = [...Array.from({ length: 32 }, (_, code) => code), 127];

Deno.test("parseFtpUrl() refuses every control character, wherever it is", () => {
  for (const code of CONTROLS) {
    const hex = `%${code.toString(16).padStart(2, "0")}`;
    for (const char of [hex, hex.toUpperCase(), String.fromCharCode(code)]) {
      for (const part of [`a${char}@`, `a:b${char}@`, `a:${char}b@`]) {
        refused(`ftp://${part}host/`, "control character");
      }
      refused(`ftp://host/${char}`, "control character");
      refused(`ftp://host/a/b${char}DELE c`, "control character");
      assertThrows(() => parseFtpUrl(`ftp://host${char}/`), UsageError);
    }
  }
});

const BAD: readonly [url: string, why: string][] = [
  ["", "ftp://HOST/PATH"],
  ["host", "ftp://HOST/PATH"],
  ["ftp:host", "ftp://HOST/PATH"],
  ["ftp:/host/a", "ftp://HOST/PATH"],
  [" ftp://host", "ftp://HOST/PATH"],
  ["http://host/", "ftp://HOST/PATH"],
  ["sftp://host/", "ftp://HOST/PATH"],
  ["ftpss://host/", "ftp://HOST/PATH"],
  ["ftp://", "host is missing"],
  ["ftp:///a", "host is missing"],
  ["ftp://:21/", "host is missing"],
  ["ftp://ada@/", "host is missing"],
  ["ftp://@host/", "user's name"],
  ["ftp://:hush@host/", "user's name"],
  ["ftp://host:0/", "65535"],
  ["ftp://host:65536/", "65535"],
  ["ftp://host:x/", "65535"],
  ["ftp://host:-1/", "65535"],
  ["ftp://host:2 1/", "65535"],
  ["ftp://host:000021/", "65535"],
  ["ftp://::1/", "brackets"],
  ["ftp://[::1/", "brackets"],
  ["ftp://[::1]x/", "colon"],
  ["ftp://[host]/", "brackets"],
  ["ftp://[]/", "brackets"],
  ["ftp://[127.0.0.1]/", "brackets"],
  ["ftp://1.2.3/", "name of a host"],
  ["ftp://1.2.3.256/", "name of a host"],
  ["ftp://ho st/", "name of a host"],
  ["ftp://-host/", "name of a host"],
  ["ftp://host%2F/", "name of a host"],
  ["ftp://host?a", "name of a host"],
  [`ftp://${"a".repeat(254)}/`, "name of a host"],
  ["ftp://host/%", "%25"],
  ["ftp://host/%1", "%25"],
  ["ftp://host/%zz", "%25"],
  ["ftp://%@host/", "%25"],
  ["ftp://a:%x@host/", "%25"],
  ["ftp://host/a;type=x", ";type="],
  ["ftp://host/a;type=", ";type="],
  ["ftp://host/a;type=ab", ";type="],
  ["ftp://host/\ud800", "control character"],
];

/** Fails unless `url` is refused for this reason, in one line. */
function refused(url: string, why: string): void {
  const { message } = assertThrows(() => parseFtpUrl(url), UsageError, why);
  assertFalse(/[\p{Cc}\p{Cs}]/u.test(message), message);
}

for (const [url, why] of BAD) {
  Deno.test(`parseFtpUrl() refuses ${JSON.stringify(url)}`, () => {
    refused(url, why);
  });
}

Deno.test("formatFtpUrl() escapes what is special, and never tells the password", () => {
  const cases: readonly [parts: Partial<FtpUrl>, url: string][] = [
    [{}, "ftp://host"],
    [{ path: "a" }, "ftp://host/a"],
    [{ path: "/" }, "ftp://host/%2F"],
    [{ path: "/a/b" }, "ftp://host/%2Fa/b"],
    [{ path: "a b?#%;type=a" }, "ftp://host/a%20b%3F%23%25%3Btype%3Da"],
    [{ path: "ä/" }, "ftp://host/%C3%A4/"],
    [{ user: "a:b@c", password: "hush" }, "ftp://a%3Ab%40c@host"],
    [{ port: 21 }, "ftp://host"],
    [{ tls: "implicit" }, "ftps://host"],
    [{ tls: "implicit", port: 990 }, "ftps://host"],
    [{ tls: "implicit", port: 21 }, "ftps://host:21"],
    [{ tls: "explicit", user: "ada" }, "ftpes://ada@host"],
    [{ tls: "explicit", port: 990 }, "ftpes://host:990"],
    [{ hostname: "fe80::1%eth0", port: 5 }, "ftp://[fe80::1%25eth0]:5"],
    [{ path: "a", type: "a" }, "ftp://host/a;type=a"],
    [{ path: "\ud800" }, "ftp://host/%EF%BF%BD"],
  ];
  for (const [parts, url] of cases) {
    assertEquals(formatFtpUrl(site(parts)), url);
  }
});

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`formatFtpUrl() is read back by parseFtpUrl() (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 3000; round++) {
      const path = randomUrlText(random, 9).replace(/^\/+/, "/");
      const user = randomUrlText(random, 6);
      const url = site({
        path,
        user: user === "" ? null : user,
        tls: random.pick([null, "implicit", "explicit"]),
        port: random.pick([null, 22 + random.below(900)]),
        hostname: random.pick(["host", "::1", "192.0.2.7", "fe80::1%eth0"]),
        type: random.pick(["a", "i", "d", null]),
      });
      const text = formatFtpUrl(url);
      assertEquals(parseFtpUrl(text), url, text);
      assertEquals(redactUrls(text), text);
    }
  });

  Deno.test(`parseFtpUrl() reads or refuses whatever comes (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 5000; round++) {
      const [url] = random.pick(URLS);
      const at = random.below(url.length + 1);
      const cut = url.slice(at + random.below(4));
      const text = url.slice(0, at) + randomUrlText(random, 4) + cut;
      const found = attempted(() => parseFtpUrl(text));
      if (found === null) continue;
      const port = portOf(found);
      assert(port > 0 && port < 65536 && found.hostname !== "");
      const all = `${found.user}${found.password}${found.path}`;
      // deno-lint-ignore no-control-regex -- It is about these.
      assertFalse(/[\0-\x1f\x7f]/.test(all), text);
      const again = parseFtpUrl(formatFtpUrl(found));
      assertEquals(portOf(again), port, text);
      assertEquals(
        { ...again, port },
        { ...found, port, password: null },
        text,
      );
      assert(sameSite(again, { ...found, password: null }));
    }
  });
}

/** What `read` gives; `null` for a {@linkcode UsageError}, the only one allowed. */
function attempted<T>(
  read: () => T,
  onRefused: (message: string) => void = () => {},
): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    onRefused(error.message);
    return null;
  }
}

Deno.test("parseFtpUrl() and redactUrls() end on long texts", () => {
  const parts = ["a", "%41", "/", ":", "@", ";type=a", "ftp://", " ", ".", "["];
  for (const part of parts) {
    const text = `ftp://u:${part.repeat(50_000)}`;
    attempted(() => parseFtpUrl(text));
    attempted(() => parseFtpUrl(`ftp://host/${part.repeat(50_000)}`));
    assert(redactUrls(text).length > 0);
    assert(redactUrls(part.repeat(50_000)).length > 0);
  }
});

Deno.test("sameSite() tells which URLs one connection serves", () => {
  const same = (a: string, b: string) =>
    sameSite(parseFtpUrl(a), parseFtpUrl(b));
  assert(same("ftp://host/a", "ftp://HOST:21/b"));
  assert(same("ftp://[::1]/a", "ftp://[0:0::0:1]/b"));
  assert(same("ftp://ada:x@host/a", "ftp://ada:x@host/b"));
  assertFalse(same("ftp://host/", "ftp://other/"));
  assertFalse(same("ftp://host/", "ftp://host:2121/"));
  assert(same("ftps://host/a", "ftps://host:990/b"));
  assertFalse(same("ftp://host:990/", "ftps://host/"));
  assertFalse(same("ftp://host/", "ftpes://host/"));
  assertFalse(same("ftpes://host:990/", "ftps://host/"));
  assertFalse(same("ftp://host/", "ftp://ada@host/"));
  assertFalse(same("ftp://ada:x@host/a", "ftp://ada:y@host/b"));
  assertFalse(same("ftp://ada@host/a", "ftp://ada:y@host/b"));
});

Deno.test("isFtpUrl() tells URLs from hosts and files", () => {
  assert(isFtpUrl("ftp://"));
  assert(isFtpUrl("FTPS://x"));
  assert(isFtpUrl("ftpes://x"));
  for (
    const text of [
      ...["", "ftp", "ftp:/", "http://a", "sftp://a", " ftp://a"],
      ...["ftpe://a", "ftpess://a", "ftpse://a"],
    ]
  ) assertFalse(isFtpUrl(text), text);
});

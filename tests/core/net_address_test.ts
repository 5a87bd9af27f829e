import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  formatHostPort,
  formatListenAddress,
  type ListenAddress,
  parseListenAddress,
} from "../../lib/net/address.ts";

const READABLE: [text: string, hostname: string, port: number][] = [
  ["127.0.0.1:2121", "127.0.0.1", 2121],
  ["localhost:0", "localhost", 0],
  ["ftp.example.org:21", "ftp.example.org", 21],
  ["my_host-1.lan:21", "my_host-1.lan", 21],
  ["[::1]:2121", "::1", 2121],
  ["[fe80::1%eth0]:21", "fe80::1%eth0", 21],
  ["[::]:65535", "::", 65535],
  ["0.0.0.0:0", "0.0.0.0", 0],
  ["2121", "127.0.0.1", 2121],
  [":2121", "::", 2121],
  ["*:2121", "::", 2121],
];

const UNREADABLE: [text: string, why: RegExp][] = [
  ["", /expected HOST:PORT/],
  ["localhost", /the port is missing/],
  ["[::1]", /the port is missing/],
  ["::1", /needs brackets/],
  ["::1:2121", /needs brackets/],
  ["fe80::1%eth0", /needs brackets/],
  ["[::1", /needs brackets/],
  ["[127.0.0.1]:21", /brackets hold an IPv6 address/],
  ["[]:21", /brackets hold an IPv6 address/],
  ["[::1]2121", /a colon must follow/],
  ["localhost:", /"" is not a port number/],
  ["localhost:65536", /"65536" is not a port number/],
  ["localhost:-1", /"-1" is not a port number/],
  ["localhost:2e3", /"2e3" is not a port number/],
  ["localhost:ftp", /"ftp" is not a port number/],
  ["65536", /"65536" is not a port number/],
  ["1.2.3:21", /expected HOST:PORT/],
  ["256.0.0.1:21", /expected HOST:PORT/],
  ["host name:21", /expected HOST:PORT/],
  ["-host:21", /expected HOST:PORT/],
  ["host/path:21", /expected HOST:PORT/],
  [`${"a".repeat(254)}:21`, /expected HOST:PORT/],
  ["unix:", /the path is missing/],
  ["unix", /the path is missing/],
  ["unix:/a\0b", /the path is missing/],
];

Deno.test("parseListenAddress() reads what people write", () => {
  for (const [text, hostname, port] of READABLE) {
    const expected: ListenAddress = { transport: "tcp", hostname, port };
    assertEquals(parseListenAddress(text), expected, text);
  }
});

Deno.test("parseListenAddress() says in one line what is wrong", () => {
  for (const [text, why] of UNREADABLE) {
    const error = assertThrows(() => parseListenAddress(text), RangeError);
    assertMatch(error.message, /^Cannot read listen address "[^\n]*": [^\n]+$/);
    assertMatch(error.message, why);
  }
});

Deno.test("parseListenAddress() takes the default port when the text has none", () => {
  const at = (text: string) =>
    formatListenAddress(parseListenAddress(text, 21));
  assertEquals(at("localhost"), "localhost:21");
  assertEquals(at("[::1]"), "[::1]:21");
  assertEquals(at("localhost:0"), "localhost:0");
  assertEquals(at("2121"), "127.0.0.1:2121");
});

Deno.test("parseListenAddress() reads the path of a Unix socket as it is", () => {
  const address = parseListenAddress("unix:run/a b:1.sock");
  assertEquals(address, { transport: "unix", path: "run/a b:1.sock" });
});

Deno.test("formatListenAddress() writes what parseListenAddress() reads", () => {
  const texts = ["127.0.0.1:1", "[::1]:2", "localhost:3", "unix:/run/a.sock"];
  for (const text of texts) {
    assertEquals(formatListenAddress(parseListenAddress(text)), text);
  }
});

Deno.test("formatHostPort() puts brackets around IPv6 only", () => {
  assertEquals(formatHostPort("2001:db8::1", 0), "[2001:db8::1]:0");
  assertEquals(formatHostPort("192.0.2.1", 80), "192.0.2.1:80");
});

import { assertEquals } from "@std/assert";
import {
  formatPort,
  parseExtendedPort,
  parsePort,
} from "../../lib/ftp/address.ts";

const PORTS: readonly [argument: string, expected: string | null][] = [
  ["127,0,0,1,8,73", "127.0.0.1 2121"],
  ["0,0,0,0,0,0", "0.0.0.0 0"],
  ["255,255,255,255,255,255", "255.255.255.255 65535"],
  ["10,0,0,1,0,21", "10.0.0.1 21"],
  ["010,000,000,001,008,073", "10.0.0.1 2121"],
  ["", null],
  ["127,0,0,1,8", null],
  ["127,0,0,1,8,73,1", null],
  ["127,0,0,1,8,73,", null],
  [",127,0,0,1,8,73", null],
  ["127,0,0,,8,73", null],
  ["256,0,0,1,8,73", null],
  ["127,0,0,1,256,73", null],
  ["127,0,0,1,8,256", null],
  ["127,0,0,1,8,0001", null],
  ["-1,0,0,1,8,73", null],
  ["+1,0,0,1,8,73", null],
  ["1e1,0,0,1,8,73", null],
  ["0x7f,0,0,1,8,73", null],
  ["127.0.0.1:2121", null],
  ["127, 0,0,1,8,73", null],
  [" 127,0,0,1,8,73", null],
  ["127,0,0,1,8,73 ", null],
  ["(127,0,0,1,8,73)", null],
  ["127,0,0,1,8,7٣", null],
  ["127,0,0,1,8,73\n", null],
  ["9".repeat(4000), null],
];

for (const [argument, expected] of PORTS) {
  const shown = JSON.stringify(argument.slice(0, 40));
  Deno.test(`parsePort() reads ${shown}`, () => {
    const target = parsePort(argument);
    const got = target && `${target.hostname} ${target.port}`;
    assertEquals(got, expected);
  });
}

const EXTENDED: readonly [argument: string, expected: string | null][] = [
  ["|1|127.0.0.1|2121|", "1 127.0.0.1 2121"],
  ["|2|::1|2121|", "2 ::1 2121"],
  ["|2|fe80::1:2|0|", "2 fe80::1:2 0"],
  ["|2|::ffff:127.0.0.1|65535|", "2 ::ffff:127.0.0.1 65535"],
  ["!1!127.0.0.1!2121!", "1 127.0.0.1 2121"],
  ["~1~127.0.0.1~2121~", "1 127.0.0.1 2121"],
  ["x1x127.0.0.1x2121x", "1 127.0.0.1 2121"],
  // The family is somebody else's business, and so is the address.
  ["|3|127.0.0.1|2121|", "3 127.0.0.1 2121"],
  ["|1|::1|2121|", "1 ::1 2121"],
  ["|1|999.1|2121|", "1 999.1 2121"],
  ["", null],
  ["|", null],
  ["|||||", null],
  ["||||", null],
  ["|1|127.0.0.1|2121", null],
  ["1|127.0.0.1|2121|", null],
  ["|1|127.0.0.1|2121|x", null],
  ["|1|127.0.0.1|2121||", null],
  ["|1|127.0.0.1||", null],
  ["||127.0.0.1|2121|", null],
  ["|1||2121|", null],
  ["|1|127.0.0.1|65536|", null],
  ["|1|127.0.0.1|-1|", null],
  ["|1|127.0.0.1|021212|", null],
  ["|1|localhost|2121|", null],
  ["|2|[::1]|2121|", null],
  ["|2|fe80::1%eth0|2121|", null],
  ["|1|127.0.0.1 |2121|", null],
  [" 1 127.0.0.1 2121 ", null],
  ["ä1ä127.0.0.1ä2121ä", null],
  ["|A|127.0.0.1|2121|", null],
  [`|1|${"1".repeat(46)}|2121|`, null],
  ["|".repeat(4000), null],
];

for (const [argument, expected] of EXTENDED) {
  const shown = JSON.stringify(argument.slice(0, 40));
  Deno.test(`parseExtendedPort() reads ${shown}`, () => {
    const target = parseExtendedPort(argument);
    const got = target && `${target.family} ${target.hostname} ${target.port}`;
    assertEquals(got, expected);
  });
}

Deno.test("formatPort() writes what parsePort() reads", () => {
  for (const port of [0, 1, 20, 21, 255, 256, 1024, 2121, 32768, 65535]) {
    const target = { hostname: "192.0.2.255", port };
    assertEquals(parsePort(formatPort(target)), target);
  }
  assertEquals(
    formatPort({ hostname: "1.2.3.4", port: 65280 }),
    "1,2,3,4,255,0",
  );
});

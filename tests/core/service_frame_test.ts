/** The frame of small servers: addresses, limits, permissions. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import { parseCidr } from "../../lib/net/cidr.ts";
import {
  formatAddress,
  readAddresses,
  readSockets,
} from "../../server/service/address.ts";
import { grantsOf } from "../../server/service/grants.ts";
import { readLimits } from "../../server/service/options.ts";
import type { Endpoint } from "../../server/service/program.ts";

const TCP = { option: "tcp", transport: "tcp", defaultPort: 7 } as const;

for (
  const [text, url] of [
    ["127.0.0.1:7007", "tcp://127.0.0.1:7007"],
    ["7007", "tcp://127.0.0.1:7007"],
    ["192.0.2.1", "tcp://192.0.2.1:7"],
    ["[::1]:0", "tcp://[::1]:0"],
    [":7007", "tcp://[::]:7007"],
    ["localhost:7007", "tcp://127.0.0.1:7007"],
  ] as const
) {
  Deno.test(`readAddresses() reads ${text}`, () => {
    assertEquals(readAddresses([text], TCP).map(formatAddress), [url]);
  });
}

for (const text of ["unix:/run/a", "a:b:c", "host:99999", "host:x", ""]) {
  Deno.test(`readAddresses() refuses ${JSON.stringify(text)} and names the option`, () => {
    const error = assertThrows(() => readAddresses([text], TCP), UsageError);
    assertEquals(/^--tcp\b/.test(error.message), true, error.message);
    assertEquals(error.message.includes("or unix:PATH"), false);
  });
}

Deno.test("readSockets() takes paths, but none with a NUL", () => {
  assertEquals(readSockets(["/run/echo.sock"]).map(formatAddress), [
    "unix:/run/echo.sock",
  ]);
  assertThrows(() => readSockets(["a\0b"]), UsageError, "NUL");
});

const SHARED = { rate: "1000", allow: [], deny: [], grace: 2000 };

Deno.test("readLimits() gives a rate a second's worth of burst", () => {
  assertEquals(readLimits(SHARED).rate, { perSecond: 1000, burst: 1000 });
  assertEquals(readLimits({ ...SHARED, rate: "0.5" }).rate, {
    perSecond: 0.5,
    burst: 1,
  });
  assertEquals(readLimits({ ...SHARED, rate: "off" }).rate, null);
});

for (const rate of ["0", "-1", "many", "1e3", "", "1/s"]) {
  Deno.test(`readLimits() refuses the rate ${JSON.stringify(rate)}`, () => {
    assertThrows(() => readLimits({ ...SHARED, rate }), UsageError, "--rate");
  });
}

Deno.test("readLimits() names the option whose block it can't read", () => {
  const allow = ["10.0.0.1/8"];
  assertThrows(() => readLimits({ ...SHARED, allow }), UsageError, "--allow");
  const deny = ["nobody"];
  assertThrows(() => readLimits({ ...SHARED, deny }), UsageError, "--deny");
});

function at(url: string): Endpoint {
  const [, transport, hostname, port] = /^(\w+):\/\/\[?([^\]]*?)\]?:(\d+)$/
    .exec(url)!;
  return {
    at: {
      transport: transport as "tcp" | "udp",
      hostname: hostname!,
      port: Number(port),
    },
    service: "any",
  };
}

function scopes(endpoints: Endpoint[], allow: string[] = []): string[] {
  const limits = { allow: allow.map(parseCidr) };
  return grantsOf({ endpoints }, limits)
    .map(({ name, scope }) => `${name}=${scope}`);
}

Deno.test("grantsOf() lets a TCP server listen and nothing else", () => {
  assertEquals(scopes([at("tcp://0.0.0.0:7")]), ["net=0.0.0.0:7"]);
});

Deno.test("grantsOf() lets a UDP server on a loopback address answer this machine only", () => {
  assertEquals(scopes([at("udp://127.0.0.1:7")]), [
    "net=127.0.0.1:7",
    "net=127.0.0.0/8",
  ]);
  assertEquals(scopes([at("udp://[::1]:7")]), ["net=[::1]:7", "net=[::1]"]);
});

Deno.test("grantsOf() lets a UDP server with --allow answer those blocks only", () => {
  assertEquals(
    scopes([at("udp://0.0.0.0:7")], ["10.0.0.0/8", "192.0.2.7", "::1"]),
    [
      "net=0.0.0.0:7",
      "net=10.0.0.0/8",
      "net=192.0.2.7",
      "net=[0:0:0:0:0:0:0:1]",
    ],
  );
});

Deno.test("grantsOf() needs everything where the runtime knows no blocks, and for strangers", () => {
  assertEquals(scopes([at("udp://0.0.0.0:7")]), ["net=0.0.0.0:7", "net=*"]);
  assertEquals(
    scopes([at("udp://0.0.0.0:7")], ["10.0.0.0/8", "2001:db8::/32"]),
    ["net=0.0.0.0:7", "net=*"],
  );
});

Deno.test("grantsOf() lets a server that never answers send nothing", () => {
  const endpoint = { ...at("udp://0.0.0.0:7739"), silent: true };
  assertEquals(scopes([endpoint]), ["net=0.0.0.0:7739"]);
});

Deno.test("grantsOf() names files, and whom the server sends to", () => {
  const grants = grantsOf({
    endpoints: [],
    paths: [
      { path: "/srv/in", kind: "folder", write: true },
      { path: "/srv/out", kind: "folder", write: false },
    ],
    connects: [{ hostname: "::1", port: 7739 }],
  }, { allow: [] });
  assertEquals(grants.map(({ name, scope }) => `${name}=${scope}`), [
    "net=[::1]:7739",
    "read=/srv/in",
    "write=/srv/in",
    "read=/srv/out",
  ]);
});

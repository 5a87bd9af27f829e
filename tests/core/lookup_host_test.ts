import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Finding, Scene } from "../../client/lookup/finding.ts";
import { lookUpHost } from "../../client/lookup/host.ts";
import { readHostName } from "../../client/lookup/host_name.ts";
import { SourceError } from "../../client/lookup/machine.ts";
import type { Answer } from "../../client/lookup/sources.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { UsageError } from "../../lib/cli.ts";
import {
  type MachineOptions,
  RESOLVER_FILE,
  testMachine,
  testScene,
  textOf,
} from "./lookup_harness.ts";
import type { DnsWire } from "../../client/lookup/dns/wire.ts";

const FILES = {
  hosts: "127.0.0.1 localhost me\n192.0.2.66 bank.test\n",
  "resolv.conf": RESOLVER_FILE,
};
const ZONE = {
  "bank.test A": { records: [{ a: "192.0.2.1" }] },
  "bank.test AAAA": { records: [{ aaaa: [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1] }] },
  "www.test A": {
    records: [{ cname: "web.test" }, { name: "web.test", a: "192.0.2.2" }],
  },
  "www.test AAAA": { records: [{ cname: "web.test" }] },
} as const;

function look(
  name: string,
  options: MachineOptions = {},
  scene: Partial<Scene> = {},
): Promise<Finding> {
  const machine = testMachine({ files: FILES, zone: ZONE, ...options });
  return lookUpHost(name, testScene(machine, scene));
}

Deno.test("host shows every source, and that the hosts file hides DNS", async () => {
  const found = await look("bank.test", {
    resolver: { "bank.test": ["192.0.2.66"] },
  });
  assertEquals(
    textOf(found),
    `bank.test
  hosts   192.0.2.66   /etc/hosts
  system  192.0.2.66   as programs see it
  dns     192.0.2.1    from 192.0.2.53:53, for 60 s
          2001:db8::1
  they differ: hosts and system 192.0.2.66; dns 192.0.2.1, 2001:db8::1`,
  );
  assertEquals(found.code, 0);
  assertEquals(found.record.agree, false);
});

Deno.test("host shows what a name is an alias of", async () => {
  const found = await look("www.test", {
    resolver: { "www.test": ["192.0.2.2"] },
  });
  assertEquals(
    textOf(found),
    `www.test
  hosts   -          not in /etc/hosts
  system  192.0.2.2  as programs see it
  dns     192.0.2.2  from 192.0.2.53:53, alias www.test -> web.test, for 60 s`,
  );
  assertEquals(found.record.agree, true);
});

Deno.test("host gives programs the same as an object", async () => {
  const { record } = await look("www.test", {
    resolver: { "www.test": ["192.0.2.2"] },
  });
  assertEquals(record, {
    query: "www.test",
    ascii: "www.test",
    unicode: "www.test",
    answers: [
      {
        source: "hosts",
        status: "none",
        note: "not in /etc/hosts",
        canonical: undefined,
        addresses: [],
      },
      {
        source: "system",
        status: "found",
        note: "as programs see it",
        addresses: ["192.0.2.2"],
      },
      {
        source: "dns",
        status: "found",
        note: "from 192.0.2.53:53, alias www.test -> web.test, for 60 s",
        canonical: "web.test",
        addresses: ["192.0.2.2"],
      },
    ],
    agree: true,
  });
});

Deno.test("host ends with 1 when there is no such name", async () => {
  const found = await look("nobody.test");
  assertEquals(found.code, 1);
  assertEquals(
    textOf(found),
    `nobody.test
  hosts   -  not in /etc/hosts
  system  -  no such name
  dns     -  no such name, from 192.0.2.53:53`,
  );
});

Deno.test("host does not ask DNS about localhost, nor about addresses in old forms", async () => {
  for (
    const name of ["localhost", "a.LocalHost.", "127.1", "0x7f.1", "2130706433"]
  ) {
    const machine = testMachine({ files: FILES });
    const { record } = await lookUpHost(name, testScene(machine));
    const dns = (record.answers as Answer[])[2];
    assertEquals(dns?.status, "skipped", name);
    assertEquals(machine.asked, []);
  }
});

Deno.test("host asks DNS for short names behind the domains of the system", async () => {
  const machine = testMachine({
    files: { "resolv.conf": `${RESOLVER_FILE}search x.test test\n` },
    zone: ZONE,
  });
  const found = await lookUpHost("www", testScene(machine));
  assert(
    textOf(found).includes("alias www.test -> web.test"),
    textOf(found),
  );
  const names = machine.asked.map((each) => each.split(" ")[1]);
  assertEquals([...new Set(names)], ["www.x.test", "www.test"]);
  const bank = await lookUpHost("bank", testScene(machine));
  assert(textOf(bank).includes("as bank.test"), textOf(bank));
});

Deno.test("host asks the servers that are named, and about nothing else", async () => {
  const files = { "resolv.conf": "nameserver 192.0.2.99\nsearch x.test\n" };
  const machine = testMachine({ files, zone: ZONE });
  const servers = [{ hostname: "2001:db8::1", port: 5353 }];
  await lookUpHost("www", testScene(machine, { servers }));
  assertEquals(machine.asked, [
    "[2001:db8::1]:5353 www A",
    "[2001:db8::1]:5353 www AAAA",
  ]);
});

Deno.test("host shows addresses of one family only", async () => {
  const resolver = { "bank.test": ["192.0.2.66"] };
  const four = await look("bank.test", { resolver }, { family: 4 });
  assert(!textOf(four).includes("2001:"), textOf(four));
  const six = await look("bank.test", { resolver }, { family: 6 });
  assert(
    textOf(six).includes("system  -            no IPv6 address"),
    textOf(six),
  );
  assert(textOf(six).includes("dns     2001:db8::1"), textOf(six));
});

Deno.test("host lets a source fail without the others", async () => {
  const wire: DnsWire = {
    datagram: () =>
      Promise.reject(new ServiceError("timeout", "no reply in 2 s from X")),
    stream: () => Promise.reject(new Error("nobody should ask")),
  };
  const why = new SourceError("the runtime needs --allow-net=bank.test");
  const some = await look("bank.test", {
    wire,
    resolver: { "bank.test": why },
  });
  assertEquals(
    textOf(some),
    `bank.test
  hosts   192.0.2.66  /etc/hosts
  system  -           the runtime needs --allow-net=bank.test
  dns     -           no reply in 2 s from X`,
  );
  assertEquals([some.code, some.record.agree], [0, true]);
  const none = await look("www.test", { wire, resolver: { "www.test": why } });
  assertEquals(none.code, 3, "nobody who knows could be asked");
});

Deno.test("host says which file or option is missing for DNS", async () => {
  const found = await look("www.test", { files: {} });
  assert(
    textOf(found).includes(
      "dns     -  there is no /etc/resolv.conf, " +
        "or name a server: --server ADDRESS",
    ),
    textOf(found),
  );
  assertEquals(found.code, 1, "the system's resolver knows that there is none");
});

Deno.test("host ends when the system's resolver does not", async () => {
  const machine = testMachine({ files: FILES, zone: ZONE });
  const stuck = { ...machine, addressesOf: () => new Promise<never>(() => {}) };
  const found = await lookUpHost("bank.test", testScene(stuck, { timeout: 1 }));
  assert(textOf(found).includes("system  -            the resolver has no"));
});

Deno.test("host shows a hostile answer without obeying it", async () => {
  const evil = ["\x1b[2J\r\n", "x"];
  const zone = {
    "evil.test A": {
      records: [{ cname: evil }, { name: evil, a: "192.0.2.4" }],
    },
  };
  const resolver = { "evil.test": ["\x1b]0;x\x07"] };
  const found = await look("evil.test", { zone, resolver });
  assert(
    textOf(found).includes("alias evil.test -> \\027\\0912J\\013\\010.x"),
    textOf(found),
  );
  // deno-lint-ignore no-control-regex -- None of them may be there.
  assert(!/[\x00-\x1f\x7f]/.test(found.lines.join("")), textOf(found));
});

Deno.test("host shows a loop of aliases as one line", async () => {
  const loop = {
    records: [{ cname: "b.test" }, { name: "b.test", cname: "a.test" }],
  };
  const zone = { "a.test A": loop, "a.test AAAA": loop };
  const found = await look("a.test", { zone });
  assert(
    textOf(found).endsWith(
      "dns     -  aliases lead in circles: a.test -> b.test -> a.test",
    ),
    textOf(found),
  );
});

Deno.test("host shows names of other scripts in both forms, and asks in ASCII", async () => {
  const machine = testMachine({ files: { "resolv.conf": RESOLVER_FILE } });
  const found = await lookUpHost("Bücher.test", testScene(machine));
  assertEquals(found.lines[0], "bücher.test (xn--bcher-kva.test)");
  assertEquals(machine.asked[0], "192.0.2.53:53 xn--bcher-kva.test A");
  const back = await lookUpHost("xn--bcher-kva.test", testScene(machine));
  assertEquals(back.lines[0], "bücher.test (xn--bcher-kva.test)");
});

Deno.test("readHostName() makes both forms", async () => {
  assertEquals(await readHostName("FASS.test"), {
    ascii: "FASS.test",
    unicode: "FASS.test",
  });
  assertEquals((await readHostName("faß.test")).ascii, "xn--fa-hia.test");
  assertEquals(
    (await readHostName("_srv._tcp.test.")).ascii,
    "_srv._tcp.test.",
  );
});

for (
  const name of [
    "a b",
    "a..b",
    ".",
    "a/b",
    "a@b",
    "a\nb",
    "a\u0000b",
    "ü ü",
    "a\u202eb",
    "\ud800.test",
    `${"ü".repeat(60)}.test`,
    "x".repeat(64),
  ]
) {
  Deno.test(`readHostName() refuses ${JSON.stringify(name.slice(0, 20))}`, async () => {
    const error = await assertRejects(() => readHostName(name), UsageError);
    // deno-lint-ignore no-control-regex -- The line goes to a terminal.
    assert(!/[\x00-\x1f\u202e]/.test((error as Error).message));
  });
}

Deno.test("host refuses addresses, and says what is for them", async () => {
  for (const address of ["127.0.0.1", "::1"]) {
    await assertRejects(() => look(address), UsageError, "lookup reverse");
  }
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { codeOf, type Scene, table } from "../../client/lookup/finding.ts";
import { SourceError } from "../../client/lookup/machine.ts";
import { lookUpAddress } from "../../client/lookup/reverse.ts";
import { lookUpSelf } from "../../client/lookup/self.ts";
import { lookUpService } from "../../client/lookup/service.ts";
import { UsageError } from "../../lib/cli.ts";
import {
  type MachineOptions,
  RESOLVER_FILE,
  testMachine,
  testScene,
  textOf,
} from "./lookup_harness.ts";

const SERVICES = `
discard 9/tcp sink null
discard 9/udp sink null
imap2   143/tcp imap
http    80/tcp www
own     4242/tcp mine
`;

function sceneOf(
  options: MachineOptions = {},
  more: Partial<Scene> = {},
): Scene {
  const { files = {}, ...rest } = options;
  const all = { services: SERVICES, "resolv.conf": RESOLVER_FILE, ...files };
  return testScene(testMachine({ files: all, ...rest }), more);
}

async function service(text: string, scene = sceneOf()): Promise<string> {
  return textOf(await lookUpService(text, scene));
}

Deno.test("service finds names and aliases, and says who knows them", async () => {
  const rows = `discard  9/tcp  sink null  system, built-in
discard  9/udp  sink null  system, built-in`;
  assertEquals(await service("discard"), rows);
  assertEquals(await service("NULL"), rows);
  assertEquals(await service("sink/udp"), rows.split("\n")[1]);
});

Deno.test("service finds ports, over one protocol or any", async () => {
  assertEquals((await service("9")).split("\n").length, 2);
  assertEquals(
    await service("9/TCP"),
    "discard  9/tcp  sink null  system, built-in",
  );
  assertEquals(await service("7/udp"), "echo  7/udp  -  built-in");
});

Deno.test("service shows where the tables differ", async () => {
  assertEquals(
    await service("imap"),
    `imap2  143/tcp  imap   system
imap   143/tcp  imap2  built-in`,
  );
  assertEquals(await service("mine"), "own  4242/tcp  mine  system");
});

Deno.test("service finds what begins so", async () => {
  const found = await service("IMAP*");
  assertEquals(found.split("\n").map((line) => line.split(" ")[0]), [
    "imap2",
    "imap",
    "imap3",
    "imaps",
  ]);
  assertEquals(await service("echo*/udp"), "echo  7/udp  -  built-in");
  assert((await service("*")).split("\n").length > 250);
});

for (
  const [text, hint] of [
    ["ehco", 'no service is called "ehco"; did you mean echo?'],
    ["imaps/udp", 'no service is called "imaps/udp"; did you mean imaps/tcp?'],
    ["telne", 'no service is called "telne"; did you mean telnet, telnets?'],
    ["99", "no service is known at 99"],
    ["qqqqqqqqqqqqqqq*", 'no service is called "qqqqqqqqqqqqqqq*"'],
  ] as const
) {
  Deno.test(`service ends with 1 at ${text}, with what was meant`, async () => {
    const found = await lookUpService(text, sceneOf());
    assertEquals(found.remarks, [hint]);
    assertEquals(found.lines, []);
    assertEquals(found.code, 1);
  });
}

Deno.test("service still knows the built-in table where there is no file", async () => {
  const scene = testScene(testMachine());
  const found = await lookUpService("ssh", scene);
  assertEquals(textOf(found), "ssh  22/tcp  -  built-in");
  assertEquals(found.remarks, ["system: there is no /etc/services"]);
  assertEquals(found.code, 0);
  assertEquals(found.record.missing, { system: "there is no /etc/services" });
});

Deno.test("service gives programs the same as an object", async () => {
  const { record } = await lookUpService("7/udp", sceneOf());
  assertEquals(record, {
    query: "7/udp",
    services: [{
      name: "echo",
      aliases: [],
      port: 7,
      protocol: "udp",
      sources: ["built-in"],
    }],
    near: [],
  });
});

for (const text of ["", "/udp", "7/", "7/udp/x", "65536", "a b", "echo\n"]) {
  Deno.test(`service refuses ${JSON.stringify(text)}`, async () => {
    await assertRejects(() => service(text), UsageError, "Cannot read service");
  });
}

Deno.test("reverse tells which names lead back", async () => {
  const zone = {
    "1.2.0.192.in-addr.arpa PTR": {
      records: [
        { ptr: "good.test" },
        { ptr: "bad.test" },
        { ptr: "gone.test" },
      ],
    },
    "good.test A": { records: [{ a: "192.0.2.9" }, { a: "192.0.2.1" }] },
    "bad.test A": { records: [{ a: "192.0.2.7" }] },
  };
  const found = await lookUpAddress(
    "192.0.2.1",
    sceneOf({
      zone,
      files: { hosts: "192.0.2.1 here\n" },
      names: { "192.0.2.1": "liar" },
    }),
  );
  assertEquals(
    textOf(found),
    `192.0.2.1
  hosts   here       leads back, /etc/hosts
  system  liar       does not lead back: no such name, as programs see it
  dns     good.test  leads back, from 192.0.2.53:53, for 60 s
          bad.test   does not lead back: 192.0.2.7
          gone.test  does not lead back: no such name, from 192.0.2.53:53`,
  );
  assertEquals(found.code, 0);
});

Deno.test("reverse checks eight names of an answer, and shows all", async () => {
  const records = Array.from(
    { length: 20 },
    (_, at) => ({ ptr: `n${at}.test` }),
  );
  const machine = testMachine({
    files: { "resolv.conf": RESOLVER_FILE },
    zone: { "1.2.0.192.in-addr.arpa PTR": { records } },
  });
  const found = await lookUpAddress("192.0.2.1", testScene(machine));
  assert(textOf(found).includes("n19.test  not checked: only 8 names are"));
  assertEquals(machine.asked.length, 1 + 8 * 2);
});

Deno.test("reverse shows a hostile name without obeying it, or asking for it", async () => {
  const machine = testMachine({
    files: { "resolv.conf": RESOLVER_FILE },
    zone: {
      "1.2.0.192.in-addr.arpa PTR": {
        records: [{ ptr: ["\x1b]0;title\x07", "test"] }],
      },
    },
  });
  const found = await lookUpAddress("192.0.2.1", testScene(machine));
  assert(
    textOf(found).includes("\\027\\0930\\059title\\007.test  not checked"),
    textOf(found),
  );
  assertEquals(machine.asked.length, 1);
});

Deno.test("reverse believes no name that programs read as an address", async () => {
  for (const name of ["192.0.2.1", "192.0.513", "0xC0000201", "3221225985."]) {
    const machine = testMachine({
      files: { hosts: `192.0.2.1 ${name}\n`, "resolv.conf": RESOLVER_FILE },
      names: { "192.0.2.1": name },
      resolver: { [name]: ["192.0.2.1"] },
      zone: {
        "1.2.0.192.in-addr.arpa PTR": {
          records: [{ ptr: name.replace(/\.$/, "") }],
        },
      },
    });
    const found = await lookUpAddress("192.0.2.1", testScene(machine));
    const lines = textOf(found).split("\n").slice(1);
    assertEquals(lines.length, 3);
    for (const line of lines) {
      assert(line.includes("does not lead back: programs read it"), line);
    }
  }
});

Deno.test("reverse takes IPv6 addresses however they are written", async () => {
  const hosts = "::1 here6\n";
  const found = await lookUpAddress("0:0::0:1", sceneOf({ files: { hosts } }));
  assertEquals(found.lines[0], "::1");
  assert(found.lines[1]?.includes("here6"));
});

Deno.test("reverse ends with 1 when an address has no name", async () => {
  const found = await lookUpAddress("192.0.2.1", sceneOf());
  assertEquals(found.code, 1);
  await assertRejects(
    () => lookUpAddress("example", sceneOf()),
    UsageError,
    "lookup host",
  );
});

Deno.test("self tells names, addresses and how names are looked up", async () => {
  const scene = sceneOf({
    resolver: { here: ["127.0.1.1"] },
    interfaces: [
      { name: "lo", cidr: "127.0.0.1/8" },
      { name: "eth0", cidr: "192.0.2.2/24" },
    ],
    files: { "nsswitch.conf": "hosts: files dns\n" },
  });
  assertEquals(
    textOf(await lookUpSelf(scene)),
    `hostname    here
addresses   127.0.1.1          as programs see them
interfaces  lo 127.0.0.1/8
            eth0 192.0.2.2/24
order       files dns          /etc/nsswitch.conf
dns         192.0.2.53         /etc/resolv.conf
            2001:db8::53`,
  );
});

Deno.test("self says what each permission is for", async () => {
  const refusal = new SourceError(
    "the runtime needs --allow-sys=networkInterfaces",
  );
  const found = await lookUpSelf(sceneOf({ interfaces: refusal }));
  assert(textOf(found).includes("interfaces  -"), textOf(found));
  assertEquals(found.record.interfaces, null);
  assertEquals(found.record.missing, {
    interfaces: refusal.message,
    order: "there is no /etc/nsswitch.conf",
  });
  assertEquals(found.code, 0);
});

Deno.test("codeOf() is 0 for any answer, 1 for none, 3 for nobody to ask", () => {
  const answer = (
    source: "hosts" | "system" | "dns",
    status: "found" | "none" | "skipped" | "failed",
  ) => ({ source, status, values: [], note: "" });
  assertEquals(codeOf([answer("hosts", "found"), answer("dns", "failed")]), 0);
  assertEquals(codeOf([answer("system", "none"), answer("dns", "failed")]), 1);
  assertEquals(codeOf([answer("system", "failed"), answer("dns", "none")]), 1);
  assertEquals(codeOf([answer("hosts", "none"), answer("dns", "failed")]), 3);
  assertEquals(codeOf([answer("hosts", "none"), answer("dns", "skipped")]), 3);
});

Deno.test("table() lines up wide characters and shows control characters", () => {
  assertEquals(table([["日本", "x"], ["a", "\x1b[0m"], ["b"]]), [
    "日本  x",
    "a     \\x1b[0m",
    "b",
  ]);
});

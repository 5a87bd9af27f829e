import { assert, assertEquals, assertRejects } from "@std/assert";
import { lookUpEnds } from "../../client/lookup/addrinfo.ts";
import type { Scene } from "../../client/lookup/finding.ts";
import { SourceError } from "../../client/lookup/machine.ts";
import { ToolError, UsageError } from "../../lib/cli.ts";
import {
  type MachineOptions,
  RESOLVER_FILE,
  testMachine,
  testScene,
  textOf,
} from "./lookup_harness.ts";

const SERVICES = "discard 9/tcp\ndiscard 9/udp\nhttp 80/tcp www\n";

function sceneOf(
  { files = {}, ...options }: MachineOptions = {},
  more: Partial<Scene> = {},
): Scene {
  const all = { services: SERVICES, "resolv.conf": RESOLVER_FILE, ...files };
  return testScene(testMachine({ files: all, ...options }), more);
}

const RESOLVER = { two: ["::1", "127.0.0.1"], one: ["192.0.2.1"] };

async function ends(
  host: string,
  port: string,
  options: MachineOptions = {},
  more: Partial<Scene> = {},
): Promise<string> {
  const scene = sceneOf({ resolver: RESOLVER, ...options }, more);
  return textOf(await lookUpEnds([host, port], scene));
}

Deno.test("addrinfo has a row for each address and way, in the system's order", async () => {
  assertEquals(
    await ends("two", "discard"),
    `inet6  stream    tcp  two  [::1]:9
inet6  datagram  udp  two  [::1]:9
inet   stream    tcp  two  127.0.0.1:9
inet   datagram  udp  two  127.0.0.1:9`,
  );
});

Deno.test("addrinfo has a raw socket, too, for a port that is a number", async () => {
  assertEquals(
    await ends("one", "80"),
    `inet  stream    tcp  one  192.0.2.1:80
inet  datagram  udp  one  192.0.2.1:80
inet  raw       ip   one  192.0.2.1:80`,
  );
});

Deno.test("addrinfo has only the protocols that the service has", async () => {
  assertEquals(
    await ends("one", "http"),
    "inet  stream  tcp  one  192.0.2.1:80",
  );
});

Deno.test("addrinfo chooses families and types", async () => {
  assertEquals(
    await ends("two", "80", {}, { family: 4, type: "datagram" }),
    "inet  datagram  udp  two  127.0.0.1:80",
  );
  await assertRejects(
    () => ends("one", "80", {}, { family: 6 }),
    ToolError,
    "one: no IPv6 address",
  );
  await assertRejects(
    () => ends("::1", "80", {}, { family: 4 }),
    ToolError,
    "::1: no IPv4 address",
  );
  await assertRejects(
    () => ends("one", "http", {}, { type: "datagram" }),
    ToolError,
    'no service is called "http" for datagram sockets',
  );
});

Deno.test("addrinfo takes * for this machine", async () => {
  const stream = { type: "stream" } as const;
  assertEquals(
    await ends("*", "80", {}, stream),
    "inet6  stream  tcp  *  [::1]:80\ninet   stream  tcp  *  127.0.0.1:80",
  );
  assertEquals(
    await ends("*", "80", {}, { ...stream, passive: true }),
    "inet   stream  tcp  *  0.0.0.0:80\ninet6  stream  tcp  *  [::]:80",
  );
});

Deno.test("addrinfo tells the canonical name, of the hosts file or of DNS", async () => {
  const hosts = "192.0.2.1 first.test one\n";
  assert(
    (await ends("one", "http", { files: { hosts } })).includes("first.test"),
  );
  const zone = {
    "one A": {
      records: [{ cname: "web.test" }, { name: "web.test", a: "192.0.2.1" }],
    },
    "one AAAA": { records: [{ cname: "web.test" }] },
  };
  assert((await ends("one", "http", { zone })).includes("web.test"));
});

Deno.test("addrinfo asks DNS only when the canonical name is open", async () => {
  const files = { hosts: "192.0.2.1 one\n", "resolv.conf": RESOLVER_FILE };
  const machine = testMachine({ files, resolver: RESOLVER });
  await lookUpEnds(["one", "80"], testScene(machine));
  await lookUpEnds(["nobody", "80"], testScene(machine)).catch(() => {});
  assertEquals(machine.asked, []);
  await lookUpEnds(["two", "80"], testScene(machine));
  assertEquals(machine.asked.length, 2);
});

Deno.test("addrinfo says when only the built-in table knows the service", async () => {
  const { remarks } = await lookUpEnds(
    ["one", "ssh"],
    sceneOf({ resolver: RESOLVER }),
  );
  assertEquals(remarks, [
    "the port of ssh is the built-in one: it is not in /etc/services",
  ]);
});

Deno.test("addrinfo looks nothing up with --numeric", async () => {
  const machine = testMachine();
  const scene = testScene(machine, { numeric: true });
  const found = await lookUpEnds(["::1", "80"], scene);
  assertEquals(found.lines[0], "inet6  stream    tcp  ::1  [::1]:80");
  await assertRejects(() => lookUpEnds(["one", "80"], scene), UsageError);
  await assertRejects(() => lookUpEnds(["::1", "http"], scene), UsageError);
});

Deno.test("addrinfo takes other sources where the system cannot be asked", async () => {
  const why = new SourceError("the runtime needs --allow-net=one");
  const hosts = "192.0.2.7 one\n";
  const options = { resolver: { one: why }, files: { hosts } };
  assert((await ends("one", "http", options)).includes("192.0.2.7:80"));
  const scene = testScene(testMachine({ resolver: { one: why } }));
  const error = await assertRejects(
    () => lookUpEnds(["one", "80"], scene),
    ToolError,
    "one: the runtime needs --allow-net=one",
  );
  assertEquals((error as ToolError).exitCode, 3);
});

for (
  const [host, port, kind, why] of [
    ["one", "65536", UsageError, '"65536" is no port from 0 to 65535'],
    ["a b", "80", UsageError, '"a b" cannot be the name of a host'],
    ["one", "nosuch", ToolError, 'no service is called "nosuch"'],
    ["nobody", "80", ToolError, "nobody: no such name"],
  ] as const
) {
  Deno.test(`addrinfo refuses ${host} ${port}`, async () => {
    await assertRejects<Error>(() => ends(host, port), kind, why);
  });
}

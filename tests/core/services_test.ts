import { assert, assertEquals } from "@std/assert";
import {
  parseServices,
  servicePort,
  servicesAt,
  servicesNamed,
  wellKnownServices,
} from "../../lib/services.ts";
import { SYSTEM_PORTS } from "../../lib/services/system_ports.ts";
import { CUSTOMARY_PORTS, USER_PORTS } from "../../lib/services/user_ports.ts";

/** Facts of the RFCs that define each service, not of our table. */
const FACTS: readonly (readonly [string, string, number])[] = [
  ["echo", "tcp", 7], // RFC 862
  ["echo", "udp", 7],
  ["discard", "udp", 9], // RFC 863
  ["daytime", "tcp", 13], // RFC 867
  ["chargen", "udp", 19], // RFC 864
  ["ftp-data", "tcp", 20], // RFC 959
  ["ftp", "tcp", 21],
  ["ssh", "tcp", 22], // RFC 4253
  ["smtp", "tcp", 25], // RFC 5321
  ["time", "udp", 37], // RFC 868
  ["domain", "udp", 53], // RFC 1035
  ["tftp", "udp", 69], // RFC 1350
  ["http", "tcp", 80], // RFC 9110
  ["pop3", "tcp", 110], // RFC 1939
  ["ntp", "udp", 123], // RFC 5905
  ["https", "tcp", 443],
  ["submissions", "tcp", 465], // RFC 8314
  ["submission", "tcp", 587], // RFC 6409
  ["domain-s", "tcp", 853], // RFC 7858
  ["ftps", "tcp", 990],
  ["sip", "udp", 5060], // RFC 3261
  ["mdns", "udp", 5353], // RFC 6762
  ["postgresql", "tcp", 5432],
];

for (const [name, protocol, port] of FACTS) {
  Deno.test(`servicePort() finds ${name}/${protocol}`, () => {
    assertEquals(servicePort(name, protocol), port);
    assert(servicesAt(port, protocol).some((entry) => entry.name === name));
  });
}

Deno.test("servicePort() finds aliases, whatever the case", () => {
  for (const name of ["sink", "null", "NULL", "Discard"]) {
    assertEquals(servicePort(name, "tcp"), 9);
  }
  assertEquals(servicePort("timserver", "UDP"), 37);
  assertEquals(servicePort("ethernet-ip-2", "tcp"), 44818);
});

Deno.test("servicePort() knows nothing over another protocol", () => {
  assertEquals(servicePort("ssh", "udp"), undefined);
  assertEquals(servicePort("tftp", "tcp"), undefined);
  assertEquals(servicePort("no-such-service", "tcp"), undefined);
  assertEquals(servicePort("", "tcp"), undefined);
  assertEquals(servicePort("toString", "tcp"), undefined);
});

Deno.test("servicesNamed() puts a name before another one's alias", () => {
  const table = parseServices("auth 113/tcp tap\ntap 8000/tcp\n");
  assertEquals(servicesNamed("tap", "tcp", table).map(({ port }) => port), [
    8000,
    113,
  ]);
});

Deno.test("servicesNamed() gives every protocol when none is asked for", () => {
  const found = servicesNamed("echo").map(({ protocol }) => protocol);
  assertEquals(found, ["tcp", "udp"]);
});

Deno.test("servicesAt() tells what shares a port", () => {
  assertEquals(servicesAt(514).map((e) => `${e.name}/${e.protocol}`), [
    "shell/tcp",
    "syslog/udp",
  ]);
  assertEquals(servicesAt(514, "udp").map(({ name }) => name), ["syslog"]);
  assertEquals(servicesAt(65535), []);
});

Deno.test("wellKnownServices() has what people meet, each name with one port", () => {
  const table = wellKnownServices();
  assert(new Set(table.map(({ name }) => name)).size >= 250);
  const ports = new Map<string, number>();
  for (const { name, aliases, port, protocol } of table) {
    for (const each of [name, ...aliases]) {
      const key = `${each.toLowerCase()}/${protocol}`;
      assertEquals(ports.get(key) ?? port, port, `${key} has two ports`);
      ports.set(key, port);
    }
  }
});

Deno.test("wellKnownServices() has only names and ports that are valid", () => {
  for (const { name, aliases, port, protocol } of wellKnownServices()) {
    assert(port >= 1 && port <= 65535, name);
    assert(["tcp", "udp", "sctp"].includes(protocol), name);
    for (const each of [name, ...aliases]) {
      assert(/^[A-Za-z\d][A-Za-z\d_-]*$/.test(each), each);
    }
  }
});

Deno.test("wellKnownServices() leaves out no row of its text", () => {
  const rows = (SYSTEM_PORTS + USER_PORTS + CUSTOMARY_PORTS).split("\n")
    .filter((row) => row !== "");
  assertEquals(rows.filter((row) => parseServices(row).length === 0), []);
  const named = new Set(wellKnownServices().map(({ name }) => name));
  for (const row of rows) assert(named.has(row.split(/\s/)[0]!), row);
});

Deno.test("parseServices() reads names, ports, aliases and comments", () => {
  const text = `# a comment
discard\t\t9/udp\t\tsink null   # thrown away
 echo 7/TCP
both 100/tcp/udp#close
`;
  assertEquals(parseServices(text), [
    { name: "discard", aliases: ["sink", "null"], port: 9, protocol: "udp" },
    { name: "echo", aliases: [], port: 7, protocol: "tcp" },
    { name: "both", aliases: [], port: 100, protocol: "tcp" },
    { name: "both", aliases: [], port: 100, protocol: "udp" },
  ]);
});

Deno.test("parseServices() reads CRLF and a last line without an end", () => {
  assertEquals(
    parseServices("a 1/tcp x\r\nb 2/udp").map(({ name }) => name),
    ["a", "b"],
  );
  assertEquals(parseServices("a 1/tcp x\r\n")[0]?.aliases, ["x"]);
});

for (
  const line of [
    "",
    "#echo 7/tcp",
    "echo",
    "echo 7",
    "echo /tcp",
    "echo 7/",
    "echo 7/tcp/",
    "echo -7/tcp",
    "echo 65536/tcp",
    "echo 1e3/tcp",
    "echo 0x7/tcp",
    "7/tcp echo",
    "\0\0\0",
    `echo 7/tcp ${"x".repeat(1000)}`,
  ]
) {
  Deno.test(`parseServices() leaves out ${JSON.stringify(line.slice(0, 30))}`, () => {
    assertEquals(parseServices(`a 1/tcp\n${line}\nb 2/tcp`).length, 2);
  });
}

import { assertEquals } from "@std/assert";
import {
  type AccountSettings,
  activeReach,
  atPlaces,
  grantsOf,
  placesOf,
} from "../../server/ftp/settings.ts";
import { readRequest } from "../../server/ftp/options.ts";
import { forWorkers } from "../../server/warden/permissions.ts";

const READER: AccountSettings = {
  name: "anonymous",
  password: null,
  write: false,
  root: "/srv",
};
const WRITER: AccountSettings = {
  name: "alice",
  password: "x",
  write: true,
  root: "/home/alice",
};
const LOCAL = { hostname: "127.0.0.1", port: 2121 };
const LOCAL6 = { hostname: "::1", port: 2121 };
const EVERYWHERE = { hostname: "0.0.0.0", port: 21 };

type Asked = Parameters<typeof grantsOf>[0];

/** Grants as one would write them on a command line, with the feature. */
function shown(asked: Partial<Asked>): string[] {
  const grants = grantsOf({
    listen: [LOCAL],
    accounts: [READER],
    data: { active: "off" },
    ...asked,
  });
  return grants.map(({ name, scope, feature }) =>
    `${name}=${scope} (${feature})`
  );
}

const READING = "read=/srv (serving)";
const SERVING = "net=127.0.0.1:2121 (serving)";
const PASSIVE = "net=127.0.0.1:0 (passive mode)";
const SPACE = "sys=statfs (free space)";

Deno.test("grantsOf() asks for no more than reading, listening and passive mode", () => {
  assertEquals(shown({}), [READING, SERVING, PASSIVE, SPACE]);
});

Deno.test("grantsOf() asks for writing where somebody may write, and nowhere else", () => {
  assertEquals(shown({ accounts: [READER, WRITER] }), [
    READING,
    "read=/home/alice (serving)",
    "write=/home/alice (uploads)",
    SERVING,
    PASSIVE,
    SPACE,
  ]);
});

Deno.test("grantsOf() asks for each thing once", () => {
  const accounts = [READER, { ...READER, name: "bob" }, {
    ...READER,
    name: "eve",
    write: true,
  }];
  assertEquals(shown({ accounts, listen: [LOCAL, LOCAL] }), [
    READING,
    "write=/srv (uploads)",
    SERVING,
    PASSIVE,
    SPACE,
  ]);
});

Deno.test("grantsOf() asks for every passive port on every address", () => {
  const data = { active: "off", passivePorts: { first: 50000, last: 50001 } };
  const asked = { listen: [LOCAL, LOCAL6], data } as Partial<Asked>;
  assertEquals(shown(asked), [
    READING,
    SERVING,
    "net=[::1]:2121 (serving)",
    "net=127.0.0.1:50000 (passive mode)",
    "net=127.0.0.1:50001 (passive mode)",
    "net=[::1]:50000 (passive mode)",
    "net=[::1]:50001 (passive mode)",
    SPACE,
  ]);
});

const ACTIVE = "(active mode)";
const LAN = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "[::1]",
].map((block) => `net=${block} ${ACTIVE}`);

const REACHES: readonly [active: string, listen: typeof LOCAL[], string[]][] = [
  ["off", [EVERYWHERE], []],
  ["any", [LOCAL], [`net=* ${ACTIVE}`]],
  ["lan", [EVERYWHERE], LAN],
  ["loopback", [LOCAL], [`net=127.0.0.0/8 ${ACTIVE}`]],
  ["loopback", [LOCAL6], [`net=[::1] ${ACTIVE}`]],
  ["loopback", [LOCAL, LOCAL6, LOCAL], [
    `net=127.0.0.0/8 ${ACTIVE}`,
    `net=[::1] ${ACTIVE}`,
  ]],
];

for (const [active, listen, expected] of REACHES) {
  const where = listen.map(({ hostname }) => hostname).join(" ");
  Deno.test(`grantsOf() asks for what active mode "${active}" on ${where} needs`, () => {
    const asked = { listen, data: { active } } as Partial<Asked>;
    const grants = shown(asked).filter((grant) => grant.endsWith(ACTIVE));
    assertEquals(grants, expected);
  });
}

Deno.test("activeReach() of a server on loopback is loopback", () => {
  assertEquals(activeReach("lan", [LOCAL], false), "loopback");
  assertEquals(activeReach("lan", [LOCAL, LOCAL6], false), "loopback");
  assertEquals(activeReach("lan", [LOCAL, EVERYWHERE], false), "lan");
  assertEquals(activeReach("lan", [LOCAL], true), "lan");
  assertEquals(activeReach("any", [LOCAL], false), "any");
  assertEquals(activeReach("off", [LOCAL], true), "off");
});

const SECURED = readRequest([
  ...["--listen", "127.0.0.1:21", "--implicit-tls", "[::1]:990"],
  ...["--tls-cert", "/etc/a.pem", "--tls-key", "/etc/a.key"],
  ...["--tls-cert", "/etc/b.pem", "--tls-key", "/etc/a.key"],
  ...["--tls-client-ca", "/etc/ca.pem", "--active", "off", "/srv"],
], { lack: null }).settings;

Deno.test("grantsOf() asks for implicit TLS as for all other places", () => {
  const net = grantsOf(SECURED).filter(({ name }) => name === "net");
  assertEquals(net.map(({ scope, feature }) => `${scope} (${feature})`), [
    "127.0.0.1:21 (serving)",
    "[::1]:990 (serving)",
    "127.0.0.1:0 (passive mode)",
    "[::1]:0 (passive mode)",
  ]);
});

Deno.test("grantsOf() asks for reading each file of TLS, which no worker gets", () => {
  const kept = grantsOf(SECURED).filter(({ keeper }) => keeper === "warden");
  assertEquals(kept.map(({ name, scope }) => `${name} ${scope}`), [
    "read /etc/a.pem",
    "read /etc/a.key",
    "read /etc/b.pem",
    "read /etc/ca.pem",
  ]);
  const shared = forWorkers(grantsOf(SECURED));
  const read = shared.filter(({ name }) => name === "read");
  assertEquals(read.map(({ scope }) => scope), ["/srv"]);
});

Deno.test("placesOf() has plain places first, and atPlaces() tells them apart", () => {
  const places = [LOCAL, LOCAL6];
  const moved = atPlaces(SECURED, places);
  assertEquals([moved.listen, moved.tls?.implicit], [[LOCAL], [LOCAL6]]);
  assertEquals(placesOf(moved), places);
  const plain = readRequest([]).settings;
  assertEquals(atPlaces(plain, [LOCAL]), { ...plain, listen: [LOCAL] });
});

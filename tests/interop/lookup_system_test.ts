/**
 * `lookup` against what the system's own programs say: getent, and Python's
 * `socket`, whose calls those of the C library are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { wellKnownServices } from "../../lib/services.ts";
import { lookUp, python, systemTest, type Told } from "./lookup_tool.ts";
import { run } from "./program.ts";

async function getent(
  ...args: string[]
): Promise<{ code: number; rows: string[][] }> {
  const { code, stdout } = await run(["getent", ...args], { cwd: "/" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { code, rows: lines.map((line) => line.trim().split(/\s+/)) };
}

/** The services of a record that the system's table has. */
function ofSystem({ services }: Told): Told[] {
  return services.filter(({ sources }: Told) => sources.includes("system"));
}

/** A service as getent prints it. */
function getentRow({ name, port, protocol, aliases }: Told): string[] {
  return [name, `${port}/${protocol}`, ...aliases];
}

systemTest(
  "getent",
  "lookup service knows every service that getent knows",
  async () => {
    const { rows } = await getent("services");
    assert(rows.length > 0, "the system has a table of services");
    const [found] = await lookUp(["service", "*"]);
    const ours = ofSystem(found).map(getentRow);
    const sorted = (all: string[][]) =>
      [...new Set(all.map((row) => row.join(" ")))].sort();
    assertEquals(sorted(ours), sorted(rows));
  },
);

systemTest(
  "getent",
  "lookup service answers as getent services does",
  async () => {
    const queries = [
      "echo/udp",
      "37/tcp",
      "sink/tcp",
      "ssh",
      "80",
      "nosuch",
      "7/sctp",
    ];
    const found = await lookUp(["service", ...queries], { code: 1 });
    for (const [at, query] of queries.entries()) {
      const { code, rows } = await getent("services", query);
      const ours = ofSystem(found[at]).map(getentRow);
      if (code === 0) assertEquals(ours[0], rows[0], query);
      else assertEquals([code, ours], [2, []], `${query}: getent's 2 is our 1`);
    }
  },
);

systemTest(
  "python3",
  "lookup service answers as getservbyname and getservbyport do",
  async () => {
    const names = [...new Set(wellKnownServices().map(({ name }) => name))];
    const queries = names.flatMap((name) => [`${name}/tcp`, `${name}/udp`]);
    const ports = Array.from({ length: 1024 }, (_, at) => `${at + 1}/tcp`);
    const wanted = await python(
      `[attempt(socket.getservbyname, *word.split("/")) for word in words[0]] +
     [attempt(socket.getservbyport, int(word.split("/")[0]), "tcp")
      for word in words[1]]`,
      [queries, ports],
    );
    const stdin = [...queries, ...ports].join("\n");
    const found = await lookUp(["service", "-"], { code: 1, stdin });
    const ours = found.map((record, at) => {
      const [first] = ofSystem(record);
      return first?.[at < queries.length ? "port" : "name"] ?? null;
    });
    assertEquals(ours, wanted);
  },
);

systemTest(
  "python3",
  "lookup host gives addresses in the order of getaddrinfo",
  async () => {
    const names = ["localhost", Deno.hostname(), "127.1", "0x7f.0.0.1"];
    const wanted = await python(
      `[[info[4][0] for info in
       attempt(socket.getaddrinfo, word, 0, 0, socket.SOCK_STREAM) or []]
      for word in words]`,
      names,
    );
    const found = await lookUp(["host", ...names]);
    const ours = found.map((record) => answerOf(record, "system").addresses);
    assertEquals(
      ours,
      wanted.map((addresses: string[]) => [...new Set(addresses)]),
    );
  },
);

systemTest(
  "getent",
  "lookup host knows the addresses of getent ahosts",
  async () => {
    const [found] = await lookUp(["host", "localhost"]);
    const { addresses } = answerOf(found, "system");
    const { code, rows } = await getent("ahosts", "localhost");
    assertEquals(code, 0);
    for (const [address] of rows) assert(addresses.includes(address), address);
  },
);

systemTest(
  "python3",
  "lookup reverse knows the names of gethostbyaddr",
  async () => {
    const [found] = await lookUp(["reverse", "127.0.0.1"]);
    const [name, aliases] = await python(
      `attempt(socket.gethostbyaddr, "127.0.0.1")`,
    );
    assertEquals(namesOf(found, "system"), [name]);
    const known = namesOf(found, "hosts");
    for (const each of [name, ...aliases]) assert(known.includes(each), each);
  },
);

systemTest("python3", "lookup host agrees with gethostbyname_ex", async () => {
  const [name, , addresses] = await python(
    `attempt(socket.gethostbyname_ex, "localhost")`,
  );
  const [found] = await lookUp(["host", "--family", "4", "localhost"]);
  assertEquals(
    answerOf(found, "system").addresses.sort(),
    [...new Set(addresses)].sort(),
  );
  assertEquals(answerOf(found, "hosts").canonical, name);
});

function answerOf({ answers }: Told, source: string): Told {
  return answers.find((answer: Told) => answer.source === source);
}

function namesOf(record: Told, source: string): string[] {
  return answerOf(record, source).names.map(({ name }: Told) => name);
}

systemTest(
  "python3",
  "lookup self tells what gethostname and gethostbyname do",
  async () => {
    const [name, address] = await python(
      `[socket.gethostname(),
      attempt(socket.gethostbyname, socket.gethostname())]`,
    );
    const [found] = await lookUp(["self"]);
    assertEquals(found.hostname, name);
    const four = found.addresses?.find((each: string) => !each.includes(":"));
    assertEquals(four ?? null, address);
    const all = found.interfaces.map(({ cidr }: Told) => cidr.split("/")[0]);
    assert(all.includes("127.0.0.1"), all.join());
  },
);

/**
 * `lookup` against what the system's own programs say: getent, and Python's
 * `socket`, whose calls those of the C library are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { wellKnownServices } from "../../lib/services.ts";
import { lookUp, LOOKUP_FLAGS, python, type Told } from "./lookup_tool.ts";
import { isInstalled, run, runWell } from "./program.ts";
import { toolWords } from "./service_tool.ts";

/** A test with a program of the system. */
function systemTest(
  program: string,
  name: string,
  fn: () => Promise<void>,
): void {
  const missing = !isInstalled(program);
  Deno.test({
    name: missing ? `${name} (skipped: ${program} is not installed)` : name,
    ignore: missing,
    fn,
  });
}

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

/** The rows of `getaddrinfo` in our words, without the canonical name. */
const ROWS = `[[
    {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}[info[0]],
    {socket.SOCK_STREAM: "stream", socket.SOCK_DGRAM: "datagram",
     socket.SOCK_RAW: "raw"}[info[1]],
    {6: "tcp", 17: "udp", 0: "ip"}[info[2]],
    info[4][0], info[4][1]]
  for info in socket.getaddrinfo(words[0], words[1], words[2], words[3],
                                 0, words[4])]`;
const AF_INET = 2;
const [SOCK_STREAM, SOCK_DGRAM] = [1, 2];
const AI_PASSIVE = 1;

const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  "localhost http": ["localhost", "http", 0, 0, 0],
  "localhost 80": ["localhost", "80", 0, 0, 0],
  "localhost echo": ["localhost", "echo", 0, 0, 0],
  "127.0.0.1 ssh": ["127.0.0.1", "ssh", 0, 0, 0],
  "::1 domain": ["::1", "domain", 0, 0, 0],
  "--family 4 localhost 7": ["localhost", "7", AF_INET, 0, 0],
  "--type stream localhost 7": ["localhost", "7", 0, SOCK_STREAM, 0],
  "--type datagram localhost echo": ["localhost", "echo", 0, SOCK_DGRAM, 0],
  "* 80": [null, "80", 0, 0, 0],
  "* echo --passive": [null, "echo", 0, 0, AI_PASSIVE],
};

for (const [args, call] of Object.entries(CALLS)) {
  systemTest(
    "python3",
    `lookup addrinfo ${args} is what getaddrinfo gives`,
    async () => {
      const [wanted, [found]] = await Promise.all([
        python(ROWS, call),
        lookUp(["addrinfo", ...args.split(" ")]),
      ]);
      const ours = found.infos.map(
        (
          { family, type, protocol, address, port }: Told,
        ) => [family, type, protocol, address, port],
      );
      // For no host the order depends on the networks that a machine has.
      const sort = (rows: unknown[][]) =>
        args.includes("*") ? rows.map(String).sort() : rows;
      assertEquals(sort(ours), sort(wanted));
    },
  );
}

systemTest(
  "python3",
  "lookup addrinfo gives the canonical name of getaddrinfo",
  async () => {
    const name = Deno.hostname();
    const wanted = await python(
      `[info[3] for info in
      attempt(socket.getaddrinfo, words[0], 80, 0, 0, 0, socket.AI_CANONNAME)
      or [[0, 0, 0, None]]][0]`,
      [name],
    );
    if (wanted === null) {
      await lookUp(["addrinfo", name, "80"], { code: 1 });
      return;
    }
    const [found] = await lookUp(["addrinfo", name, "80"]);
    assertEquals(found.canonical, wanted);
  },
);

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

/** Files of a machine with more addresses than this one may have. */
const FILES: Readonly<Record<string, string>> = {
  hosts: `127.0.0.1 localhost
::1 localhost ip6-localhost
192.0.2.5 first.test multi.test
192.0.2.6 multi.test
2001:db8::5 multi.test
2001:db8::6 six.test
`,
  services: "echo 7/tcp\necho 7/udp\nours 4242/tcp mine\nours 4343/udp mine\n",
  "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
};

/** Puts a program among files of ours in the place of the system's. */
const AMONG_FILES = `cd "$1" && shift &&
for file in *; do mount --bind "$file" "/etc/$file" || exit 99; done &&
cd / && exec "$@"`;

function amongFiles(folder: string, words: readonly string[]): string[] {
  return ["unshare", "-rm", "sh", "-c", AMONG_FILES, "sh", folder, ...words];
}

async function withFiles(
  action: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-lookup-" });
  try {
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether files can be put in the place of others, for one program. */
function canMount(): boolean {
  if (!isInstalled("unshare") || !isInstalled("python3")) return false;
  const args = ["-rm", "mount", "--bind", "/etc/hosts", "/etc/services"];
  const command = new Deno.Command("unshare", { args, stdin: "null" });
  return command.outputSync().success;
}

const CAN_MOUNT = canMount();
const MANY = "lookup agrees with Python about names with many addresses";

Deno.test({
  name: CAN_MOUNT ? MANY : `${MANY} (skipped: no files can be mounted here)`,
  ignore: !CAN_MOUNT,
  fn: () =>
    withFiles(async (folder) => {
      const names = ["localhost", "multi.test", "six.test", "first.test"];
      const script = `import json, socket
def rows(name):
    infos = socket.getaddrinfo(name, "mine", 0, 0, 0, socket.AI_CANONNAME)
    return [infos[0][3], [[info[4][0], info[4][1]] for info in infos]]
print(json.dumps([rows(name) for name in ${JSON.stringify(names)}]))`;
      const asked = amongFiles(folder, ["python3", "-c", script]);
      const wanted = JSON.parse(await runWell(asked, { cwd: "/" }));
      const words = toolWords("lookup", ...LOOKUP_FLAGS);
      const tool = amongFiles(folder, [...words, "--json", "addrinfo", "-"]);
      const stdin = names.map((name) => `${name} mine`).join("\n");
      const printed = await runWell(tool, { cwd: "/", stdin });
      const found: Told[] = printed.trimEnd().split("\n").map((line) =>
        JSON.parse(line)
      );
      const ours = found.map(({ canonical, infos }) => [
        canonical,
        infos.map(({ address, port }: Told) => [address, port]),
      ]);
      assertEquals(ours, wanted);
    }),
});

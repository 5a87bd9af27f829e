/**
 * `lookup addrinfo` against `getaddrinfo` itself, as Python calls it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  lookUp,
  LOOKUP_FLAGS,
  python,
  systemTest,
  type Told,
} from "./lookup_tool.ts";
import { isInstalled, runWell } from "./program.ts";
import { toolWords } from "./service_tool.ts";

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

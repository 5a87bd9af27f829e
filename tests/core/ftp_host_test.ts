import { assertEquals } from "@std/assert";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { reception } from "../../server/ftp/accounts/reception.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";
import { dialogue, speak } from "./ftp_dialogue.ts";
import { FtpClient, type StartOptions } from "./ftp_harness.ts";

const HOSTS = [
  { names: ["a.example", "www.a.example"], banner: "This is A." },
  { names: ["b.example"], banner: "One\nTwo\n", accounts: [account("dora")] },
  { names: ["safe.example"], tls: "required" as const },
];

function account(name: string): AccountSettings {
  return { name, password: "secret", write: false, root: "/" };
}

function options(more: StartOptions = {}): StartOptions {
  const authenticate = reception({
    accounts: [account("alice")],
    hosts: HOSTS,
    treeOf: () => memoryFileSystem(),
  });
  const policy = { hosts: HOSTS, authenticate };
  return { ...more, policy: { ...policy, ...more.policy } };
}

Deno.test("HOST is not there without virtual hosts", async () => {
  await dialogue([
    ...["HOST a.example", '502 Command "HOST" not implemented.'],
    ...["HELP HOST", "501"],
  ]);
});

Deno.test("HOST chooses a host by any of its names, and says its greeting", async () => {
  await dialogue([
    ...["HOST a.example", "220 This is A."],
    ...["host WWW.A.Example", "220 This is A."],
    ...["HOST a.example.", "220 This is A."],
    ...["HOST b.example", "220-One\n220 Two"],
    ...["HOST c.example", "504 Unknown host."],
    ...["USER dora", "331", "PASS secret", "230"],
  ], options());
});

Deno.test("HOST takes the server's own address for the server itself", async () => {
  const local = "2001:db8::1";
  await dialogue([
    ...["HOST a.example", "220 This is A."],
    ...["HOST [2001:DB8:0::1]", "220 Ready."],
    ...["HOST 192.0.2.9", "504 Unknown host."],
    ...["USER alice", "331", "PASS secret", "230"],
  ], options({ ends: { local } }));
});

Deno.test("HOST refuses what is no name", async () => {
  const names = [
    ...["a b", "-a", "a..b", ".", "a/b", "[::1", "a:2121", "[a]", "ä.example"],
    "a".repeat(255),
  ];
  for (const name of names) {
    await dialogue([`HOST ${name}`, "501 Invalid host name."], options());
  }
  await dialogue(["HOST", "501 Syntax error"], options());
});

Deno.test("HOST comes before USER", async () => {
  await dialogue([
    ...["USER alice", "331", "HOST a.example", "503 HOST comes before USER."],
    ...["PASS secret", "230", "HOST a.example", "503"],
  ], options());
});

Deno.test("HOST may come again after a login that failed", async () => {
  await dialogue([
    ...["HOST a.example", "220", "USER dora", "331", "PASS secret", "530"],
    ...["HOST b.example", "220", "USER dora", "331", "PASS secret", "230"],
  ], options());
});

Deno.test("REIN forgets HOST", async () => {
  await dialogue([
    ...["HOST b.example", "220", "USER dora", "331", "PASS secret", "230"],
    ...["REIN", "220", "USER dora", "331", "PASS secret", "530"],
    ...["USER alice", "331", "PASS secret", "230"],
  ], options());
});

Deno.test("FEAT and HELP name HOST where there are hosts", async () => {
  await dialogue([
    ...["FEAT", "211 …  HOST\n"],
    ...["HELP HOST", "214 Syntax: HOST <SP> name"],
  ], options());
});

Deno.test("accounts of a host log in there and nowhere else", async () => {
  await dialogue([
    ...["USER dora", "331", "PASS secret", "530"],
    ...["HOST b.example", "220", "USER alice", "331", "PASS secret", "530"],
    ...["USER dora", "331", "PASS secret", "230"],
  ], options());
});

Deno.test("a host demands TLS before a password is sent", async () => {
  const plain = [
    ...["HOST safe.example", "220 Ready."],
    ...["USER alice", "550 SSL/TLS required on the control channel."],
  ];
  await dialogue(plain, options({ tls: {} }));
  await dialogue(
    ["USER alice", "331", "PASS secret", "230"],
    options({ tls: {} }),
  );
});

Deno.test("AUTH forgets HOST, which comes again under TLS", async () => {
  await dialogue([
    ...["HOST b.example", "220", "AUTH TLS", "234", "(TLS)"],
    ...["USER dora", "331", "PASS secret", "530"],
    ...["HOST b.example", "220", "USER dora", "331", "PASS secret", "230"],
  ], options({ tls: {} }));
});

/** A session whose client calls the server by a name when TLS begins. */
async function named(
  serverName: string,
  lines: readonly string[],
): Promise<void> {
  const client = new FtpClient(
    options({ tls: {}, implicit: { serverName } }),
  );
  await speak(client, lines);
}

Deno.test("the name that TLS begins with chooses the host, its greeting too", async () => {
  await named("B.Example", [
    "220-One\n220 Two",
    ...["USER dora", "331", "PASS secret", "230"],
  ]);
});

Deno.test("a name of TLS that is no host's is the server", async () => {
  await named("c.example", [
    "220 Ready.",
    ...["USER alice", "331", "PASS secret", "230"],
  ]);
});

Deno.test("HOST may repeat the name of TLS, and not contradict it", async () => {
  await named("a.example", [
    "220 This is A.",
    ...["HOST b.example", "504 TLS was begun with another host."],
    ...["HOST 192.0.2.1", "504 TLS was begun with another host."],
    ...["HOST www.a.example", "220 This is A."],
    ...["USER alice", "331", "PASS secret", "230"],
  ]);
  await named("c.example", ["220 Ready.", "HOST b.example", "220-One"]);
});

Deno.test("the log says at which host somebody logged in", async () => {
  const { log } = await dialogue([
    ...["HOST a.example", "220", "USER alice", "331", "PASS secret", "230"],
  ], options());
  const login = log.find(({ event }) => event === "login");
  assertEquals([login?.user, login?.host], ["alice", "a.example"]);
});

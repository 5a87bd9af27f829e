/**
 * `lookup` as people run it: exit codes, questions from the standard input, a
 * DNS server that a test plays, and what it says without permissions.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { dnsReply, zoneReply } from "../core/lookup_dns_zone.ts";
import { type DnsServer, startDns } from "../services/lookup_dns_server.ts";
import { lookUp, LOOKUP_FLAGS, systemTest } from "./lookup_tool.ts";
import { runWell } from "./program.ts";
import {
  IS_COMPILED,
  runTool,
  type RunToolOptions,
  toolWords,
} from "./service_tool.ts";

/** A name that the system finds in its files, without asking anybody. */
const HERE = Deno.hostname();

const ZONE = {
  [`${HERE} A`]: { records: [{ a: "192.0.2.1" }] },
  [`${HERE} AAAA`]: {},
  "xn--bcher-kva.test A": { records: [{ a: "192.0.2.2" }] },
  "1.0.0.127.in-addr.arpa PTR": { records: [{ ptr: HERE }] },
};

function tool(args: readonly string[], options: RunToolOptions = {}) {
  return runTool("lookup", args, { flags: LOOKUP_FLAGS, ...options });
}

/** The flag that lets only questions to one DNS server out. */
function only({ text }: DnsServer): string {
  return `--allow-net=${text},127.0.0.1:0`;
}

/** A test of what permissions do, which a binary has baked in. */
function flagsTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: IS_COMPILED ? `${name} (skipped: binaries have no flags)` : name,
    ignore: IS_COMPILED,
    fn,
  });
}

Deno.test("lookup explains itself, with an example of each verb", async () => {
  const { stdout } = await tool(["--help"]);
  for (const verb of ["service", "host", "reverse", "addrinfo", "self"]) {
    assert(stdout.includes(`lookup ${verb}`), verb);
  }
});

Deno.test("lookup service answers from the command line and from its input", async () => {
  const { stdout } = await tool(["service", "echo/udp", "9/tcp"]);
  assert(/^echo +7\/udp .*\ndiscard +9\/tcp .*\n$/.test(stdout), stdout);
  const piped = await tool(["service", "-"], {
    stdin: "echo/udp\n# no\n9/tcp",
  });
  assertEquals(piped.stdout, stdout);
});

Deno.test("lookup answers one object a line, also for what cannot be answered", async () => {
  const found = await lookUp(["service", "ehco", "a/b/c", "echo/udp"], {
    code: 1,
  });
  assertEquals(found.map(({ query }) => query), ["ehco", "a/b/c", "echo/udp"]);
  assertEquals(found[0].near, ["echo"]);
  assert(found[1].error.startsWith("Cannot read service"));
});

systemTest(
  "yes",
  "lookup ends with its reader, though its input goes on",
  async () => {
    const script = 'yes ssh/tcp | "$@" service - | head -n 1';
    const words = ["sh", "-c", script, "sh"];
    const tool = toolWords("lookup", ...LOOKUP_FLAGS);
    const printed = await runWell([...words, ...tool], {
      cwd: "/",
      timeout: 20_000,
    });
    assert(/^ssh +22\/tcp .*\n$/.test(printed), printed);
  },
);

Deno.test("lookup tells what it found before a line that is too long", async () => {
  const stdin = `ssh/tcp\n${"a".repeat(2000)}\nssh/tcp\n`;
  const ended = await tool(["service", "-"], { code: 2, stdin });
  assert(/^ssh +22\/tcp .*\n$/.test(ended.stdout), ended.stdout);
  assertEquals(
    ended.stderr,
    "lookup: a line of the input is longer than 1024 bytes\n",
  );
});

for (
  const [words, line] of [
    ["hots a", 'unknown verb "hots"; did you mean host?'],
    ["host", "expected lookup host NAME..."],
    ["addrinfo localhost", "expected lookup addrinfo HOST SERVICE"],
    ["service --family 4 echo", "lookup service has no option --family"],
    ["reverse --passive ::1", "lookup reverse has no option --passive"],
    ["host --server example.test a", "--server: expected an IP address"],
    ["host --server 127.0.0.1:99999 a", "a port is a number from 1 to 65535"],
    ["host --family 5 a", "--family: expected 4 or 6"],
    ["host 127.0.0.1", "127.0.0.1 is an address; lookup reverse"],
    ["reverse localhost", "is no IP address; lookup host"],
  ] as const
) {
  Deno.test(`lookup ends with 2 at: ${words}`, async () => {
    const { stdout, stderr } = await tool(words.split(" "), { code: 2 });
    assert(stderr.startsWith("lookup: ") && stderr.includes(line), stderr);
    assertEquals([stdout, stderr.split("\n").length], ["", 2]);
  });
}

Deno.test("lookup host asks the server that is named", async () => {
  await using dns = await startDns((question) => zoneReply(ZONE, question));
  const { stdout } = await tool(["--server", dns.text, "host", HERE]);
  const row = /^ {2}dns +192\.0\.2\.1 +from (\S+), for 60 s$/m.exec(stdout);
  assertEquals(row?.[1], dns.text, stdout);
  assertEquals(dns.asked.sort(), [`udp ${HERE} A`, `udp ${HERE} AAAA`]);
});

Deno.test("lookup reverse asks whether a name leads back", async () => {
  await using dns = await startDns((question) => zoneReply(ZONE, question));
  const { stdout } = await tool(["--server", dns.text, "reverse", "127.0.0.1"]);
  const line = stdout.split("\n").find((line) => line.startsWith("  dns "));
  assert(line?.includes(` ${HERE} `), stdout);
  assert(line?.includes("does not lead back: 192.0.2.1, from"), stdout);
});

Deno.test("lookup shows a hostile name without obeying it", async () => {
  const zone = {
    "1.0.0.127.in-addr.arpa PTR": {
      records: [{ ptr: ["\x1b]0;x\x07\u009b2J", "test"] }],
    },
  };
  await using dns = await startDns((question) => zoneReply(zone, question));
  for (const format of [[], ["--json"]]) {
    const args = [...format, "--server", dns.text, "reverse", "127.0.0.1"];
    const { stdout } = await tool(args);
    assert(/\\\\?027/.test(stdout), stdout);
    // deno-lint-ignore no-control-regex -- None of them may be there.
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stdout), stdout);
  }
});

flagsTest("lookup host asks for other scripts in ASCII", async () => {
  await using dns = await startDns((question) => zoneReply(ZONE, question));
  const args = ["--server", dns.text, "host", "bücher.test"];
  const { stdout } = await tool(args, { flags: [only(dns)] });
  assert(stdout.startsWith("bücher.test (xn--bcher-kva.test)\n"), stdout);
  assert(/^ {2}dns +192\.0\.2\.2 /m.test(stdout), stdout);
});

flagsTest("lookup host ends in time when DNS is silent", async () => {
  await using dns = await startDns(() => null);
  const args = ["--timeout", "0.2", "--server", dns.text, "host", "a.test"];
  const { stdout } = await tool(args, { code: 3, flags: [only(dns)] });
  assert(stdout.includes(`no reply in 0.2 s from ${dns.text} (udp)`), stdout);
});

flagsTest("lookup answers many questions, in their order", async () => {
  await using dns = await startDns((question) =>
    dnsReply(question, { records: [] })
  );
  const names = Array.from({ length: 40 }, (_, at) => `n${at}.test`);
  const args = ["--json", "--server", dns.text, "host", "-"];
  const stdin = names.join("\n");
  const { stdout } = await tool(args, { code: 1, stdin, flags: [only(dns)] });
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).query), names);
});

flagsTest(
  "lookup host asks over TCP where datagrams are forbidden",
  async () => {
    await using dns = await startDns((question) => zoneReply(ZONE, question));
    const args = ["--server", dns.text, "host", HERE];
    await tool(args, { flags: [`--allow-net=${dns.text}`] });
    assertEquals(dns.asked.sort(), [`tcp ${HERE} A`, `tcp ${HERE} AAAA`]);
    dns.asked.length = 0;
    await tool(args, { flags: [only(dns)] });
    assertEquals(dns.asked.sort(), [`udp ${HERE} A`, `udp ${HERE} AAAA`]);
  },
);

const NO_FLAGS = ["--deny-net"];
const needs = (scope: string) => `the runtime needs --allow-${scope}`;

flagsTest("lookup host names the flag for each source", async () => {
  const { stdout, stderr } = await tool(["host", "localhost"], {
    code: 3,
    flags: NO_FLAGS,
  });
  const [, hosts, system] = stdout.split("\n");
  assertEquals([hosts, system, stderr], [
    `  hosts   -  ${needs("read=/etc/hosts")}`,
    `  system  -  ${needs("net=localhost")}`,
    "",
  ]);
});

flagsTest("lookup host names the flags for DNS", async () => {
  const options = { code: 3, flags: NO_FLAGS };
  const file = await tool(["host", "a.test"], options);
  const reading = `${needs("read=/etc/resolv.conf")}, or name a server`;
  assert(file.stdout.includes(`dns     -  ${reading}`), file.stdout);
  const args = ["--server", "127.0.0.1:5353", "host", "a.test"];
  const server = await tool(args, options);
  const asking = needs("net=127.0.0.1:5353,127.0.0.1:0");
  assert(server.stdout.endsWith(`${asking}\n`), server.stdout);
});

flagsTest("lookup service needs no flag for the built-in table", async () => {
  const { stdout, stderr } = await tool(["service", "ssh", "80/tcp"], {
    flags: NO_FLAGS,
  });
  assert(/^ssh +22\/tcp .*built-in\nhttp +80\/tcp/.test(stdout), stdout);
  assertEquals(stderr, `lookup: system: ${needs("read=/etc/services")}\n`);
});

flagsTest("lookup reverse names the flag for the resolver", async () => {
  const options = { code: 3, flags: NO_FLAGS };
  const { stdout } = await tool(["reverse", "::1"], options);
  assert(stdout.includes(`system  -  ${needs("net=[::1]")}\n`), stdout);
});

flagsTest("lookup addrinfo names the one flag that it needs", async () => {
  const args = ["addrinfo", "localhost", "80"];
  const { stderr } = await tool(args, { code: 3, flags: NO_FLAGS });
  assertEquals(stderr, `lookup: localhost: ${needs("net=localhost")}\n`);
  await tool(args, { flags: ["--allow-net=localhost"] });
});

flagsTest("lookup self names the flag for each thing", async () => {
  const { stdout } = await tool(["self"], { code: 3, flags: ["--deny-sys"] });
  for (const scope of ["sys=hostname", "sys=networkInterfaces"]) {
    assert(stdout.includes(` ${needs(scope)}\n`), stdout);
  }
  const some = await tool(["self"], { flags: ["--allow-sys=hostname"] });
  assert(some.stdout.startsWith(`hostname    ${HERE}\n`), some.stdout);
});

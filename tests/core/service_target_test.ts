import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  formatTarget,
  readTarget,
  type Target,
} from "../../client/service/target.ts";
import { UsageError } from "../../lib/cli.ts";

const TCP = { tcp: false, udp: false };
const UDP = { tcp: false, udp: true };

/** What a host argument means over TCP, with 50000 as the default port. */
function read(host: string, options = TCP): string {
  return formatTarget(readTarget(host, options, 50_000));
}

function refusal(host: string | undefined, options = TCP): string {
  const error = assertThrows(() => readTarget(host, options, 7), UsageError);
  return (error as UsageError).message;
}

Deno.test("readTarget() reads hosts with and without a port", () => {
  assertEquals(read("localhost"), "localhost:50000 (tcp)");
  assertEquals(read("localhost:7"), "localhost:7 (tcp)");
  assertEquals(read("192.0.2.7:65535"), "192.0.2.7:65535 (tcp)");
  assertEquals(
    read("xn--bcher-kva.example:1"),
    "xn--bcher-kva.example:1 (tcp)",
  );
  assertEquals(read("bücher.example:1"), "bücher.example:1 (tcp)");
  assertEquals(read("my_host", UDP), "my_host:50000 (udp)");
});

Deno.test("readTarget() reads IPv6 addresses with and without brackets", () => {
  assertEquals(read("::1"), "[::1]:50000 (tcp)");
  assertEquals(read("[::1]"), "[::1]:50000 (tcp)");
  assertEquals(read("[::1]:7"), "[::1]:7 (tcp)");
  assertEquals(read("fe80::1%eth0"), "[fe80::1%eth0]:50000 (tcp)");
  assertEquals(read("[fe80::1%eth0]:7"), "[fe80::1%eth0]:7 (tcp)");
});

Deno.test("readTarget() knows ports by the names of services", () => {
  assertEquals(read("localhost:echo"), "localhost:7 (tcp)");
  assertEquals(read("[::1]:echo", UDP), "[::1]:7 (udp)");
  assertEquals(read("localhost:time", UDP), "localhost:37 (udp)");
});

Deno.test("readTarget() takes TCP unless told otherwise", () => {
  const transports = [TCP, { tcp: true, udp: false }, UDP]
    .map((options) => readTarget("a", options, 7).transport);
  assertEquals(transports, ["tcp", "tcp", "udp"]);
});

Deno.test("readTarget() takes the path of a Unix socket in place of a host", () => {
  const target = readTarget(undefined, { ...TCP, unix: "/run/a b" }, 7);
  assertEquals(target, { transport: "unix", path: "/run/a b" });
  assertEquals(formatTarget(target), "/run/a b (unix)");
});

Deno.test("readTarget() says what it cannot read, and why", () => {
  const wrong: [string, string][] = [
    ["", "the host is missing"],
    [":7", "the host is missing"],
    ["a:0", "a number from 1 to 65535"],
    ["a:65536", "a number from 1 to 65535"],
    ["a:", `"" is neither a port nor a service known for tcp`],
    ["a:nosuch", `"nosuch" is neither a port nor a service known for tcp`],
    ["a:-1", "is neither a port nor a service"],
    ["1.2.3", "cannot be the name"],
    ["1.2.3.256:7", "cannot be the name"],
    ["-a", "cannot be the name"],
    ["a b", "cannot be the name"],
    ["a/b", "cannot be the name"],
    ["user@a", "cannot be the name"],
    ["a\x1b[2J", "cannot be the name"],
    ["a\ud800", "cannot be the name"],
    ["a".repeat(254), "cannot be the name"],
    ["::1:7:x", "needs brackets"],
    ["tcp://127.0.0.1:7", "write HOST:PORT, without tcp://"],
    ["[a]:7", "brackets hold an IPv6 address"],
    ["[::1", "needs brackets"],
    ["[::1]7", "a colon must follow"],
  ];
  for (const [host, why] of wrong) {
    const message = refusal(host);
    assert(message.includes(why), `${host}: ${message}`);
    assert(!message.includes("\x1b"), "controls are shown, not sent");
  }
});

Deno.test("readTarget() refuses ways that contradict each other", () => {
  assertEquals(
    refusal(undefined),
    "which server? Give HOST, HOST:PORT or --unix PATH",
  );
  assertEquals(
    refusal("a", { tcp: true, udp: true }),
    "--udp and --tcp: choose one",
  );
  const unix = { unix: "/run/a" };
  assertEquals(
    refusal("a", { ...TCP, ...unix }),
    '--unix takes no host, got "a"',
  );
  assertEquals(
    refusal(undefined, { ...UDP, ...unix }),
    "--unix and --udp: choose one",
  );
  assertEquals(
    refusal(undefined, { tcp: true, udp: false, ...unix }),
    "--unix and --tcp: choose one",
  );
  const withNul = { ...TCP, unix: "a\0" };
  assertEquals(
    refusal(undefined, withNul),
    "--unix: a path has no NUL character",
  );
});

Deno.test("formatTarget() writes what readTarget() reads", () => {
  const targets: Target[] = [
    { transport: "tcp", hostname: "::1", port: 7 },
    { transport: "udp", hostname: "a.example", port: 50_000 },
  ];
  for (const target of targets) {
    const [place = ""] = formatTarget(target).split(" ");
    const udp = target.transport === "udp";
    assertEquals(readTarget(place, { udp, tcp: !udp }, 1), target);
  }
});

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  noReply,
  ServiceError,
  serviceError,
  type ServiceFailure,
} from "../../client/service/errors.ts";
import type { Target } from "../../client/service/target.ts";
import { EXIT } from "../../lib/cli.ts";

const TCP: Target = { transport: "tcp", hostname: "127.0.0.1", port: 7 };
const UDP: Target = { transport: "udp", hostname: "::1", port: 7 };
const UNIX: Target = { transport: "unix", path: "/run/a" };

/** An error as the runtime makes it. */
function thrown(name: string, message: string, code?: string): Error {
  return Object.assign(new Error(message), { name, code });
}

function line(target: Target, error: Error): string {
  return serviceError("cannot connect to", target, error).message
    .replace(/^cannot connect to \S+ \(\w+\): /, "");
}

Deno.test("serviceError() says what was tried, where, why, and what to do", () => {
  const error = serviceError(
    "cannot connect to",
    TCP,
    thrown("ConnectionRefused", "Connection refused (os error 111)"),
  );
  assertEquals(
    error.message,
    "cannot connect to 127.0.0.1:7 (tcp): connection refused; is a server listening?",
  );
  assertEquals(error.exitCode, EXIT.network);
  assertEquals(error.kind, "refused");
  assertEquals(error.name, "ServiceError");
});

Deno.test("serviceError() knows what the runtime throws", () => {
  const cases: [Target, Error, ServiceFailure][] = [
    [TCP, thrown("ConnectionRefused", "Connection refused"), "refused"],
    [TCP, thrown("TimedOut", "Connection timed out"), "timeout"],
    [
      TCP,
      thrown("Error", "No route to host (os error 113)", "EHOSTUNREACH"),
      "unreachable",
    ],
    [
      TCP,
      thrown("NetworkUnreachable", "Network is unreachable"),
      "unreachable",
    ],
    [
      UDP,
      thrown("Error", "Address family not supported", "EAFNOSUPPORT"),
      "unreachable",
    ],
    [
      TCP,
      thrown("Error", "failed to lookup address information: no name"),
      "name",
    ],
    [TCP, thrown("Error", "getaddrinfo ENOTFOUND a", "ENOTFOUND"), "name"],
    [TCP, thrown("Error", "getaddrinfo EPERM a", "EPERM"), "permission"],
    [TCP, thrown("ConnectionReset", "Connection reset by peer"), "closed"],
    [TCP, thrown("BrokenPipe", "Broken pipe"), "closed"],
    [
      UDP,
      thrown("Error", "Message too long (os error 90)", "EMSGSIZE"),
      "size",
    ],
    [UNIX, thrown("NotFound", "No such file or directory"), "path"],
    [
      UNIX,
      thrown("PermissionDenied", "Permission denied", "EACCES"),
      "permission",
    ],
    [TCP, thrown("Error", "Something new (os error 9)"), "other"],
  ];
  for (const [target, error, kind] of cases) {
    const found = serviceError("x", target, error);
    assertEquals(found.kind, kind, error.message);
    assert(!found.message.includes("os error"), found.message);
    assertStrictEquals(found.cause, error);
  }
});

Deno.test("serviceError() names the permission that the runtime lacks", () => {
  const missing = (kind: string, what: string) =>
    thrown(
      "NotCapable",
      `Requires ${kind} access to "${what}", run again with the --allow-${kind} flag`,
    );
  assertEquals(
    line(TCP, missing("net", "127.0.0.1:7")),
    "the runtime needs --allow-net=127.0.0.1:7",
  );
  assertEquals(
    line(UDP, missing("net", "[::1]:0")),
    "the runtime needs --allow-net=[::1]:7,[::1]:0",
  );
  assertEquals(
    line(UNIX, missing("read", "/run/a")),
    "the runtime needs --allow-read=/run/a --allow-write=/run/a",
  );
  assertEquals(
    line(UNIX, missing("net", "unix:/run/a")),
    "the runtime needs --allow-read=/run/a --allow-write=/run/a --allow-net=unix:/run/a",
  );
});

Deno.test("serviceError() tells a system's refusal from the runtime's", () => {
  const error = thrown("PermissionDenied", "Permission denied (os error 13)");
  assertEquals(line(UNIX, error), "the system does not permit it");
});

Deno.test("serviceError() tells a path that is too long from one that is missing", () => {
  const error = thrown(
    "TypeError",
    "path must be shorter than SUN_LEN",
    "EINVAL",
  );
  const path = `/run/${"ä".repeat(60)}`;
  assertEquals(
    line({ transport: "unix", path }, error),
    "the path has 125 bytes and may have 107; choose a shorter one",
  );
  assertEquals(
    line(UNIX, thrown("NotFound", "No such file or directory")),
    "there is no such socket; is a server listening?",
  );
});

Deno.test("serviceError() keeps an error that says it all, and shows no controls", () => {
  const first = new ServiceError("closed", "a\x1b[2J\nb");
  assertStrictEquals(serviceError("x", TCP, first), first);
  assertEquals(first.message, "a\\x1b[2J\\nb");
  assertEquals(
    serviceError("x", TCP, "text").message,
    "x 127.0.0.1:7 (tcp): text",
  );
});

Deno.test("noReply() says how long and from where", () => {
  assertEquals(
    noReply(UDP, 2000).message,
    "no reply in 2 s from [::1]:7 (udp); is a server listening?",
  );
  assertEquals(noReply(UDP, 300).kind, "timeout");
});

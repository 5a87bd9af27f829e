import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  EXIT_CODES,
  type FailureKind,
  failureOf,
  ShellError,
} from "../../client/ftp/shell/failure.ts";
import { commandBytes } from "../../client/ftp/command_text.ts";
import {
  DamagedError,
  FtpError,
  IncompleteError,
  LocalError,
  NetworkError,
  type NetworkFailure,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import { networkError } from "../../client/ftp/network_errors.ts";
import { attempt } from "../../client/ftp/targets.ts";
import { parseFtpUrl } from "../../client/ftp/url.ts";
import { ToolError, UsageError } from "../../lib/cli.ts";

Deno.test("EXIT_CODES has a code of its own for every kind", () => {
  const rows = Object.values(EXIT_CODES);
  assertEquals(new Set(rows.map(({ code }) => code)).size, rows.length);
  const codes = Object.entries(EXIT_CODES).map(([kind, { code }]) =>
    `${kind} ${code}`
  );
  assertEquals(codes, [
    "done 0",
    "failed 1",
    "usage 2",
    "connect 3",
    "name 4",
    "login 5",
    "missing 6",
    "permission 7",
    "incomplete 8",
    "local 9",
    "tls 10",
    "cancelled 130",
  ]);
  assert(rows.every(({ meaning }) => /^[^\p{Cc}]{4,60}$/u.test(meaning)));
});

function ftpError(command: string, reply: string): FtpError {
  const [code, text] = [Number(reply.slice(0, 3)), reply.slice(4)];
  return new FtpError(command, { code, lines: [text] });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

const REFUSED = named(
  "NotCapable",
  'Requires write access to "a b", run again with the --allow-write flag',
);

function unsendable(): unknown {
  try {
    return commandBytes({ verb: "RETR", argument: "a\nb" }, "utf-8");
  } catch (error) {
    return error;
  }
}

function networkRow(kind: NetworkFailure, expected: FailureKind) {
  return [new NetworkError(kind, "Cannot"), expected, "Cannot"] as const;
}

const ERRORS: readonly (readonly [
  error: unknown,
  kind: FailureKind,
  message: string,
])[] = [
  [new ShellError("tls", "no"), "tls", "no"],
  [new ShellError("cancelled", "stopped it"), "cancelled", "stopped it"],
  [
    new IncompleteError("a", 3, 2),
    "incomplete",
    "Transfer of a is incomplete: 2 of 3 bytes arrived, although the server " +
    "called it complete",
  ],
  networkRow("name", "name"),
  networkRow("permission", "permission"),
  networkRow("refused", "connect"),
  networkRow("unreachable", "connect"),
  networkRow("timeout", "connect"),
  networkRow("closed", "connect"),
  [
    networkError("Cannot connect to a:21", named("NotCapable", "x")),
    "permission",
    "Cannot connect to a:21: no permission; allow it with --allow-net",
  ],
  [new LocalError("Cannot read a"), "local", "Cannot read a"],
  [
    new LocalError("Cannot read a: x", { cause: named("NotFound", "x") }),
    "local",
    "Cannot read a: x",
  ],
  [
    REFUSED,
    "permission",
    "Cannot write a b: the runtime forbids it; " +
    "allow it with '--allow-write=a b'",
  ],
  [new UsageError("--x is empty"), "usage", "--x is empty"],
  [
    unsendable(),
    "usage",
    "Cannot send RETR a\\nb: it holds a control character",
  ],
  [new ToolError("disk full"), "failed", "disk full"],
  [new ToolError("away", 3), "connect", "away"],
  [new ToolError("what", 2), "usage", "what"],
  [new ProtocolError("The server babbles"), "failed", "The server babbles"],
  [new DOMException("The signal", "AbortError"), "cancelled", "cancelled"],
  [new DOMException("Too late", "TimeoutError"), "connect", "Too late"],
  [
    named("ConnectionReset", "gone (os error 104)"),
    "connect",
    "gone (os error 104)",
  ],
  [named("NotFound", "no a"), "local", "no a"],
  [named("PermissionDenied", "not a"), "local", "not a"],
  [named("Error", "No space (os error 28)"), "local", "No space (os error 28)"],
  [named("NotCapable", "odd"), "permission", "odd"],
  [new Error("a\x1b[2J\nb"), "failed", "a\\x1b[2J\\nb"],
  [new Error(""), "failed", "Error"],
  ["a string", "failed", "unexpected: a string"],
  [undefined, "failed", "unexpected: undefined"],
  [null, "failed", "unexpected: null"],
];

for (const [error, kind, message] of ERRORS) {
  Deno.test(`failureOf() calls "${message}" ${kind}`, () => {
    const exitCode = EXIT_CODES[kind].code;
    assertEquals(failureOf(error), { kind, exitCode, message });
  });
}

Deno.test("failureOf() says which flag a local file needs", async () => {
  const error = await attempt("write", "a b", Promise.reject(REFUSED))
    .catch((error) => error);
  assertEquals(failureOf(error), {
    kind: "permission",
    exitCode: 7,
    message: "Cannot write a b: the runtime forbids it; " +
      "allow it with '--allow-write=a b'",
  });
});

Deno.test("failureOf() calls what changed on the way incomplete", () => {
  const { kind, exitCode } = failureOf(new DamagedError("a arrived damaged"));
  assertEquals([kind, exitCode], ["incomplete", 8]);
});

Deno.test("failureOf() knows what no flag of its own opens, also in a binary", () => {
  const refusal = 'Requires all access to "/dev/x", specify the required ' +
    "permissions during compilation using `deno compile --allow-all`";
  const cause = Object.assign(new Error(refusal), { name: "NotCapable" });
  const error = new LocalError(`Cannot read /dev/x: ${refusal}`, { cause });
  const { kind, message } = failureOf(error);
  assertEquals(kind, "permission");
  assertEquals(
    message,
    "Cannot read /dev/x: the runtime keeps programs out of /dev, /proc and /sys",
  );
});

Deno.test("failureOf() takes what this runtime says without permission", {
  permissions: "none",
}, () => {
  const error = thrownBy(() => Deno.statSync("/a"));
  assertEquals(failureOf(error), {
    kind: "permission",
    exitCode: 7,
    message:
      "Cannot read /a: the runtime forbids it; allow it with --allow-read=/a",
  });
  const { message } = failureOf(thrownBy(() => Deno.env.get("HOME")));
  assert(message.endsWith("allow it with --allow-env=HOME"), message);
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

Deno.test("failureOf() calls a mistake in the code unexpected", () => {
  const { kind, message } = failureOf(new TypeError("x is not a function"));
  assertEquals(kind, "failed");
  assert(message.startsWith("unexpected TypeError: x is not"), message);
});

Deno.test("failureOf() hides passwords of URLs", () => {
  const url = "ftp://ada:S3CRET@host/a";
  const reply = `550 ${url}: what?`;
  for (
    const error of [
      new Error(`Cannot open ${url}`),
      new LocalError(`Cannot read ${url}: no`),
      ftpError(`RETR ${url}`, reply),
      new ShellError("failed", `what is ${url}`),
      url,
      thrownBy(() => parseFtpUrl(`${url}%`)),
    ]
  ) {
    const { message } = failureOf(error);
    assertFalse(message.includes("S3CRET"), message);
    assert(message.includes("****"), message);
  }
});

Deno.test("ShellError has the exit code of its kind", () => {
  const cause = new Error("why");
  const error = new ShellError("missing", "no a", { told: true, cause });
  assertEquals([error.exitCode, error.told, error.name], [
    6,
    true,
    "ShellError",
  ]);
  assertEquals(error.cause, cause);
  assertFalse(new ShellError("missing", "no a").told);
  assert(error instanceof ToolError);
});

import {
  assert,
  assertEquals,
  assertFalse,
  assertObjectMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { helpText, UsageError } from "../../lib/cli.ts";
import {
  completeRequest,
  FTPD,
  readRequest,
} from "../../server/ftp/options.ts";
import { TLS_OPTIONS } from "../../server/ftp/options/tls.ts";
import { FURTHER_OPTIONS, FURTHER_REFUSALS } from "./ftp_option_cases.ts";

Deno.test("readRequest() gives safe defaults", () => {
  assertEquals(readRequest([]), {
    check: false,
    settings: {
      listen: [{ hostname: "127.0.0.1", port: 2121 }],
      tls: null,
      accounts: [
        { name: "anonymous", password: null, write: false, root: "." },
      ],
      data: {
        passivePorts: undefined,
        passiveAddress: undefined,
        passiveTimeout: 30_000,
        active: "loopback",
        foreignData: false,
      },
      session: {
        banner: "Wharf FTP server ready.",
        ascii: true,
        dotfiles: "show",
        loginAttempts: 3,
        loginDelay: 1000,
        loginTimeout: 60_000,
        idleTimeout: 300_000,
        dataTimeout: 300_000,
      },
      maxSessions: 1000,
      maxPerAddress: 500,
      workers: 1,
      grace: 10_000,
      log: { format: "text", quiet: false },
    },
  });
});

const bob = { name: "bob", password: "pw", write: false, root: "." };
const anonymous = {
  name: "anonymous",
  password: null,
  write: false,
  root: ".",
};
const EVERYWHERE = [{ hostname: "0.0.0.0", port: 21 }];

/** Every option, and the part of the settings that it makes. */
const OPTIONS: readonly [args: string, settings: Record<string, unknown>][] = [
  ["./pub", { accounts: [{ ...anonymous, root: "./pub" }] }],
  ["--listen 0.0.0.0:21", { listen: EVERYWHERE, data: { active: "lan" } }],
  ["--listen 0", { listen: [{ hostname: "127.0.0.1", port: 0 }] }],
  ["--listen localhost:1", { listen: [{ hostname: "127.0.0.1", port: 1 }] }],
  ["--listen [::1]:2", { listen: [{ hostname: "::1", port: 2 }] }],
  ["--listen [::]", { listen: [{ hostname: "::", port: 2121 }] }],
  ["--listen 127.0.0.1:1 --listen [::1]:1", {
    listen: [{ hostname: "127.0.0.1", port: 1 }, { hostname: "::1", port: 1 }],
    data: { active: "loopback" },
  }],
  ["--passive-ports 50000-50009", {
    data: { passivePorts: { first: 50000, last: 50009 } },
  }],
  ["--passive-address 203.0.113.9", {
    data: { passiveAddress: "203.0.113.9" },
  }],
  ["--passive-address ftp.example", {
    data: { passiveAddress: "ftp.example" },
  }],
  ["--active off", { data: { active: "off" } }],
  ["--active any", { data: { active: "any" } }],
  ["--active lan", { data: { active: "loopback" } }],
  ["--foreign-data", { data: { active: "lan", foreignData: true } }],
  ["--anonymous ro", { accounts: [anonymous] }],
  ["--anonymous rw", { accounts: [{ ...anonymous, write: true }] }],
  ["--write", { accounts: [{ ...anonymous, write: true }] }],
  ["--write --anonymous rw", { accounts: [{ ...anonymous, write: true }] }],
  ["--user bob:pw", { accounts: [bob] }],
  ["--user bob:pw:ro", { accounts: [bob] }],
  ["--user bob:pw:rw", { accounts: [{ ...bob, write: true }] }],
  ["--user bob:pw:rw:/home", {
    accounts: [{ ...bob, write: true, root: "/home" }],
  }],
  ["--user bob:pw:/home", { accounts: [{ ...bob, root: "/home" }] }],
  ["--user bob:pw:ro:C:/home", { accounts: [{ ...bob, root: "C:/home" }] }],
  ["--user bob:pw: ./pub", { accounts: [{ ...bob, root: "./pub" }] }],
  ["--user bob:pw --anonymous ro", { accounts: [bob, anonymous] }],
  ["--user bob:pw --write", {
    accounts: [bob, { ...anonymous, write: true }],
  }],
  ["--user bob:pw --user eve:rw", {
    accounts: [bob, { ...bob, name: "eve", password: "rw" }],
  }],
  ["--login-attempts 5", { session: { loginAttempts: 5 } }],
  ["--login-delay 0", { session: { loginDelay: 0 } }],
  ["--login-delay 0.25", { session: { loginDelay: 250 } }],
  ["--banner=Hello!", { session: { banner: "Hello!" } }],
  ["--ascii off", { session: { ascii: false } }],
  ["--dotfiles ls", { session: { dotfiles: "ls" } }],
  ["--dotfiles hide", { session: { dotfiles: "hide" } }],
  ["--login-timeout 500ms", { session: { loginTimeout: 500 } }],
  ["--idle-timeout 2m", { session: { idleTimeout: 120_000 } }],
  ["--data-timeout 1.5", { session: { dataTimeout: 1500 } }],
  ["--passive-timeout 0.001", { data: { passiveTimeout: 1 } }],
  ["--max-sessions 1", { maxSessions: 1 }],
  ["--max-per-address 2", { maxPerAddress: 2 }],
  ["--workers 4", { workers: 4 }],
  ["--grace 0", { grace: 0 }],
  ["--log json", { log: { format: "json", quiet: false } }],
  ["--quiet", { log: { format: "text", quiet: true } }],
];

for (const [args, settings] of [...OPTIONS, ...FURTHER_OPTIONS]) {
  Deno.test(`readRequest() understands ${args}`, () => {
    const request = readRequest(args.split(" "));
    assertObjectMatch(request, { check: false, settings });
  });
}

Deno.test("readRequest() understands every option that the help shows", () => {
  const shown = [
    ...helpText(FTPD, { all: true }).matchAll(/^ {2}--([a-z-]+)/gm),
  ]
    .map(([, name]) => name!);
  const tested = [...OPTIONS, ...FURTHER_OPTIONS].map(([args]) => args)
    .join(" ");
  const elsewhere = [
    ...["check", "help", "version", "config", "accounts", "watch"],
    ...["print-config", ...Object.keys(TLS_OPTIONS)],
  ];
  for (const name of shown) {
    assert(tested.includes(`--${name}`) || elsewhere.includes(name), name);
  }
  assert(readRequest(["--check"]).check);
});

const REFUSED: readonly [args: string, message: string][] = [
  ["a b", 'unexpected argument "b"'],
  ["--write --anonymous ro", "--write contradicts --anonymous ro"],
  ["--write --anonymous off", "--write contradicts --anonymous off"],
  ["--anonymous off", "nobody could log in"],
  ["--listen unix:/tmp/x", "--listen takes HOST:PORT"],
  ["--listen 127.0.0.1:x", "--listen: Cannot read listen address"],
  ["--listen 127.0.0.1:65536", "--listen: Cannot read"],
  ["--listen ::1", "--listen: Cannot read"],
  ["--passive-ports 50000", "--passive-ports: expected ports"],
  ["--passive-ports 2-1", "--passive-ports: expected ports"],
  ["--passive-ports 0-1", "--passive-ports: expected ports"],
  ["--passive-address ::1", "expected an IPv4 address or a host name"],
  ["--passive-address 1.2.3", "expected an IPv4 address or a host name"],
  ["--passive-address 1.2.3.256", "expected an IPv4 address or a host name"],
  ["--active yes", "--active: expected lan or any or off"],
  ["--anonymous yes", "--anonymous: expected ro or rw or off"],
  ["--ascii yes", "--ascii: expected on or off"],
  ["--login-attempts 0", "--login-attempts: expected a whole number"],
  ["--login-delay 61", "--login-delay: expected seconds"],
  ["--idle-timeout 0", "--idle-timeout: expected seconds"],
  ["--workers 65", "--workers: expected a whole number"],
  ["--max-sessions 0", "--max-sessions: expected a whole number"],
  ["--grace -1", "--grace needs a value"],
  ["--colour", "unknown option --colour"],
  ["--anonymus ro", "did you mean --anonymous?"],
  ["--user", "--user needs a value: expected NAME:PASSWORD"],
];

for (const [args, message] of [...REFUSED, ...FURTHER_REFUSALS]) {
  Deno.test(`readRequest() refuses ${args}`, () => {
    assertThrows(() => readRequest(args.split(" ")), UsageError, message);
  });
}

const SECRETS = [
  "--user :hush",
  "--user bob:hush --user bob:hush:rw",
  "--user anonymous:hush",
  "--user ftp:hush",
  "--user=bob:hush --user=:hush",
  "--user bob:hush --write --anonymous ro",
  "--user bob:hush --colour",
  "--user bob:hush a b",
  "--user bob:hush --listen x:y",
  "--usr=bob:hush",
  "--user -bob:hush",
];

for (const args of SECRETS) {
  Deno.test(`readRequest() tells no password of ${args}`, () => {
    const error = assertThrows(() => readRequest(args.split(" ")), UsageError);
    assertFalse(error.message.includes("hush"), error.message);
  });
}

Deno.test("helpText() of ftpd is about a screen, and lists all options when asked", () => {
  const lines = helpText(FTPD).trimEnd().split("\n");
  assert(lines.length <= 60, `${lines.length} lines`);
  const all = helpText(FTPD, { all: true }).split("\n");
  const options = all.filter((line) => line.startsWith("  --"));
  assertEquals(
    lines.at(-1),
    `ftpd --help=all lists all ${options.length} options.`,
  );
});

Deno.test("helpText() of ftpd fits on 80 columns, examples first", () => {
  const lines = helpText(FTPD, { all: true }).split("\n");
  for (const line of lines) assert(line.length <= 80, line);
  assertEquals(lines[0], `ftpd: ${FTPD.summary}`);
  const heads = lines.filter((line) => /^[A-Z][A-Za-z]+:/.test(line))
    .map((line) => line.slice(0, line.indexOf(":")));
  assertEquals(heads, [
    ...["Usage", "Examples", "Network", "TLS", "Users", "Sessions"],
    ...["Limits", "Operations", "General"],
  ]);
  assertStringIncludes(helpText(FTPD), "--anonymous ro|rw|off");
});

Deno.test("helpText() of ftpd shows examples that work", async () => {
  const jobs = (await FTPD.jobs?.() ?? []).map(({ name }) => name);
  const readText = () => Promise.resolve({ text: "", isShared: false });
  for (const [command] of FTPD.examples) {
    if (jobs.some((job) => command.startsWith(job))) continue;
    const [tool, ...args] = command.split(" ");
    assertEquals(tool, "ftpd");
    await completeRequest(args, { lack: null, readText });
  }
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { defineTool, parseOptions, UsageError } from "../../lib/cli.ts";

const TOOL = defineTool({
  name: "ftpd",
  summary: "serve a folder",
  usage: "ftpd [options] [DIR]",
  examples: [],
  options: {
    "listen": { type: "texts", placeholder: "HOST:PORT", help: "", short: "l" },
    "write": { type: "flag", help: "", short: "w" },
    "banner": { type: "text", help: "" },
    "passive-address": { type: "text", default: "auto", help: "" },
    "anonymous": {
      type: "choice",
      choices: ["ro", "rw", "off"],
      default: "ro",
      help: "",
    },
    "active": { type: "choice", choices: ["lan", "any"], help: "" },
    "idle-timeout": { type: "seconds", default: 300, help: "" },
    "grace": { type: "seconds", default: 0.25, min: 0.1, max: 60, help: "" },
    "max-sessions": {
      type: "integer",
      default: 100,
      min: 1,
      max: 1000,
      help: "",
    },
    "offset": { type: "integer", default: 0, min: -10, help: "" },
    "passive-ports": { type: "ports", help: "" },
  },
  positionals: { max: 1 },
});

function parse(...args: string[]): ReturnType<typeof parseTool> {
  return parseTool(args);
}

function parseTool(args: string[]) {
  return parseOptions(TOOL, args);
}

Deno.test("parseOptions() gives the defaults when nothing is given", () => {
  const { options, positionals, given } = parse();
  assertEquals({ ...options }, {
    "listen": [],
    "write": false,
    "banner": undefined,
    "passive-address": "auto",
    "anonymous": "ro",
    "active": undefined,
    "idle-timeout": 300_000,
    "grace": 250,
    "max-sessions": 100,
    "offset": 0,
    "passive-ports": undefined,
    "help": false,
    "version": false,
    "quiet": false,
    "log": "text",
  });
  assertEquals(positionals, []);
  assertEquals(given, new Set());
});

Deno.test("parseOptions() delivers each type when everything is given", () => {
  const { options, positionals, given } = parse(
    "--listen",
    "127.0.0.1:2121",
    "-l=[::1]:21",
    "-l",
    ":0",
    "-w",
    "--banner=a=b",
    "./pub",
    "--anonymous",
    "off",
    "--active=any",
    "--idle-timeout",
    "1.5",
    "--max-sessions=7",
    "--offset=-3",
    "--passive-ports",
    "50000-50100",
    "--log=json",
    "--quiet",
  );
  assertEquals(options.listen, ["127.0.0.1:2121", "[::1]:21", ":0"]);
  assertEquals(options.write, true);
  assertEquals(options.banner, "a=b");
  assertEquals(options.anonymous, "off");
  assertEquals(options.active, "any");
  assertEquals(options["idle-timeout"], 1500);
  assertEquals(options["max-sessions"], 7);
  assertEquals(options.offset, -3);
  assertEquals(options["passive-ports"], { first: 50000, last: 50100 });
  assertEquals(options.log, "json");
  assertEquals(options.quiet, true);
  assertEquals(positionals, ["./pub"]);
  assert(given.has("listen") && given.has("write") && !given.has("grace"));
  assertEquals(given.size, 11);
});

const SECONDS: readonly (readonly [text: string, ms: number])[] = [
  ["30", 30_000],
  ["0", 0],
  [".5", 500],
  ["2.", 2000],
  ["0.1", 100],
  ["1.1", 1100],
  ["500ms", 500],
  ["30s", 30_000],
  ["2m", 120_000],
  ["1.5h", 5_400_000],
  ["0.0001", 1],
  ["2147483", 2_147_483_000],
];

for (const [text, ms] of SECONDS) {
  Deno.test(`parseOptions() takes ${text} for ${ms} milliseconds`, () => {
    assertEquals(parse("--idle-timeout", text).options["idle-timeout"], ms);
  });
}

Deno.test("parseOptions() leaves the argument behind a flag alone", () => {
  assertEquals(parse("--write", "true").positionals, ["true"]);
  assertEquals(parse("-w", "false").positionals, ["false"]);
  assertEquals(parse("--write", "--quiet", "x").positionals, ["x"]);
  assertEquals(parse("-w", "-w").options.write, true);
});

Deno.test("parseOptions() takes everything behind -- as it is", () => {
  const { options, positionals } = parse("--write", "--", "--quiet");
  assertEquals(positionals, ["--quiet"]);
  assertEquals(options.quiet, false);
  assertEquals(parse("--", "--").positionals, ["--"]);
});

Deno.test("parseOptions() leaves numbers and a lone - as text", () => {
  assertEquals(parse("007").positionals, ["007"]);
  assertEquals(parse("-").positionals, ["-"]);
  assertEquals(parse("--banner", "1e3").options.banner, "1e3");
});

Deno.test("parseOptions() takes a value that begins with - behind =", () => {
  assertEquals(parse("--banner=--write").options.banner, "--write");
  assertEquals(parse("--banner=-").options.banner, "-");
});

const USAGE = "(usage: ftpd [options] [DIR])";
const ONE_TO_THOUSAND = "expected a whole number from 1 to 1000";
const TIMES = "expected seconds such as 30, 0.5, 500ms or 2m, from";
const PORTS = "expected ports FIRST-LAST, such as 50000-50100";
const MISTAKES: readonly (readonly [args: string[], message: string])[] = [
  [
    ["--idel-timeout", "5"],
    "unknown option --idel-timeout; did you mean --idle-timeout? (--help lists them)",
  ],
  [
    ["--idle=5"],
    "unknown option --idle; did you mean --idle-timeout? (--help lists them)",
  ],
  [
    ["-listen", "x"],
    "unknown option -listen; did you mean --listen? (--help lists them)",
  ],
  [
    ["--hlep"],
    "unknown option --hlep; did you mean --help? (--help lists them)",
  ],
  [["--xyzzyx"], "unknown option --xyzzyx (--help lists them)"],
  [["--bogus"], "unknown option --bogus (--help lists them)"],
  [["-x"], "unknown option -x (--help lists them)"],
  [["-5"], "unknown option -5 (--help lists them)"],
  [["--="], "unknown option -- (--help lists them)"],
  [["---"], "unknown option --- (--help lists them)"],
  [["--__proto__=1"], "unknown option --__proto__ (--help lists them)"],
  [["--constructor", "1"], "unknown option --constructor (--help lists them)"],
  [
    ["--banner.x=1"],
    "unknown option --banner.x; did you mean --banner? (--help lists them)",
  ],
  [
    ["--no-write"],
    "unknown option --no-write; did you mean --write? (--help lists them)",
  ],
  [
    ["--no-banner=x"],
    "unknown option --no-banner; did you mean --banner? (--help lists them)",
  ],
  [["--\x1b[2J\n"], "unknown option --\\x1b[2J\\n (--help lists them)"],
  [["--listen"], "--listen needs a value: expected HOST:PORT"],
  [["-l", "--write"], "--listen needs a value: expected HOST:PORT"],
  [["--listen", "--", "x"], "--listen needs a value: expected HOST:PORT"],
  [
    ["--passive-ports", "-5"],
    `--passive-ports needs a value: ${PORTS} (one that begins with "-" is given as --passive-ports=VALUE)`,
  ],
  [["--listen="], "--listen is empty: expected HOST:PORT"],
  [["--listen=a", "--listen", ""], "--listen is empty: expected HOST:PORT"],
  [["--write=yes"], '--write takes no value, got "yes"'],
  [["--write="], '--write takes no value, got ""'],
  [
    ["--banner=a", "--banner=b"],
    "--banner is given 2 times, but takes only one value",
  ],
  [["--anonymous=RO"], '--anonymous: expected ro or rw or off, got "RO"'],
  [["--max-sessions=0"], `--max-sessions: ${ONE_TO_THOUSAND}, got "0"`],
  [["--max-sessions=1001"], `--max-sessions: ${ONE_TO_THOUSAND}, got "1001"`],
  [["--max-sessions=1e2"], `--max-sessions: ${ONE_TO_THOUSAND}, got "1e2"`],
  [["--max-sessions= 5"], `--max-sessions: ${ONE_TO_THOUSAND}, got " 5"`],
  [
    ["--offset=-11"],
    '--offset: expected a whole number of at least -10, got "-11"',
  ],
  [
    [`--offset=${"9".repeat(70)}`],
    `--offset: expected a whole number of at least -10, got "${
      "9".repeat(60)
    }…"`,
  ],
  [["--grace=0.05"], `--grace: ${TIMES} 0.1 to 60, got "0.05"`],
  [["--idle-timeout=5d"], `--idle-timeout: ${TIMES} 0 to 2147483, got "5d"`],
  [["--idle-timeout=-1"], `--idle-timeout: ${TIMES} 0 to 2147483, got "-1"`],
  [["--idle-timeout=."], `--idle-timeout: ${TIMES} 0 to 2147483, got "."`],
  [
    ["--idle-timeout=25000000m"],
    `--idle-timeout: ${TIMES} 0 to 2147483, got "25000000m"`,
  ],
  [["--passive-ports=-5"], `--passive-ports: ${PORTS}, got "-5"`],
  [["--passive-ports=5"], `--passive-ports: ${PORTS}, got "5"`],
  [["--passive-ports=6-5"], `--passive-ports: ${PORTS}, got "6-5"`],
  [["--passive-ports=0-5"], `--passive-ports: ${PORTS}, got "0-5"`],
  [["--passive-ports=1-65536"], `--passive-ports: ${PORTS}, got "1-65536"`],
  [["a", "b"], `unexpected argument "b" ${USAGE}`],
  [["a", "--", "--write"], `unexpected argument "--write" ${USAGE}`],
  [[""], `an argument is empty ${USAGE}`],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`parseOptions() refuses ${JSON.stringify(args)}`, () => {
    const error = assertThrows(() => parse(...args), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("parseOptions() refuses too few arguments, and any when none are taken", () => {
  const tool = { ...TOOL, positionals: { min: 1, max: 2 } };
  const few = assertThrows(() => parseOptions(tool, []), UsageError);
  assertEquals(few.message, `an argument is missing ${USAGE}`);
  const { positionals: _, ...none } = TOOL;
  assertThrows(() => parseOptions(none, ["x"]), UsageError, 'argument "x"');
});

Deno.test("parseOptions() takes an empty argument where it may be one", () => {
  const tool = { ...TOOL, positionals: { max: 2, mayBeEmpty: true } };
  assertEquals(parseOptions(tool, ["a", ""]).positionals, ["a", ""]);
});

const SHELL_LIKE = defineTool({
  name: "ls",
  summary: "",
  usage: "ls",
  examples: [],
  options: {
    all: { type: "flag", help: "", short: "a" },
    long: { type: "flag", help: "", short: "l" },
    output: { type: "text", help: "", short: "o" },
    clobber: {
      type: "choice",
      choices: ["on", "off"],
      default: "on",
      help: "",
    },
    mode: { type: "choice", choices: ["a", "b"], default: "a", help: "" },
    netrc: { type: "text", alone: "~/.netrc", help: "" },
  },
  positionals: { max: 2 },
});

Deno.test("parseOptions() takes short flags together", () => {
  const { options, given } = parseOptions(SHELL_LIKE, ["-la"]);
  assert(options.all && options.long);
  assertEquals(given, new Set(["all", "long"]));
  assertThrows(() => parseOptions(SHELL_LIKE, ["-lo"]), UsageError, "-lo");
  assertThrows(() => parseOptions(SHELL_LIKE, ["-lx"]), UsageError, "-lx");
});

Deno.test("parseOptions() switches off what is on or off by --no-", () => {
  const { options } = parseOptions(SHELL_LIKE, ["--no-clobber"]);
  assertEquals(options.clobber, "off");
  assertThrows(() => parseOptions(SHELL_LIKE, ["--no-mode"]), UsageError);
  assertThrows(() => parseOptions(SHELL_LIKE, ["--no-all"]), UsageError);
  assertThrows(() => parseOptions(SHELL_LIKE, ["--no-clobber=x"]), UsageError);
});

Deno.test("parseOptions() leaves the next argument to an option that can stand alone", () => {
  const alone = parseOptions(SHELL_LIKE, ["--netrc", "file"]);
  assertEquals(alone.options.netrc, "~/.netrc");
  assertEquals(alone.positionals, ["file"]);
  const { options } = parseOptions(SHELL_LIKE, ["--netrc=other"]);
  assertEquals(options.netrc, "other");
  assertEquals(parseOptions(SHELL_LIKE, []).options.netrc, undefined);
});

Deno.test("parseOptions() takes - for a value, which often means a stream", () => {
  const { options, positionals } = parseOptions(SHELL_LIKE, ["-o", "-", "-"]);
  assertEquals(options.output, "-");
  assertEquals(positionals, ["-"]);
});

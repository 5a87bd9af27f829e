/** What a command line of bucket means. */
import { assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import { parseOptions, UsageError } from "../../lib/cli.ts";
import { BUCKET_OPTIONS } from "../../server/services/bucket/options.ts";
import {
  type BucketSettings,
  planOf,
  readSettings,
} from "../../server/services/bucket/settings.ts";

function settingsOf(...args: string[]): BucketSettings {
  const tool = {
    name: "bucket",
    summary: "",
    usage: "",
    examples: [],
    options: BUCKET_OPTIONS,
  };
  const { options, given } = parseOptions(tool, args);
  return readSettings(options, given);
}

const LOCAL = { transport: "udp", hostname: "127.0.0.1", port: 7739 } as const;

Deno.test("bucket without options listens where the first sink did", () => {
  const settings = settingsOf();
  assertObjectMatch(settings, {
    listen: [LOCAL],
    format: { time: "iso", body: "text" },
    forward: [],
    files: [],
    count: Infinity,
    duration: Infinity,
  });
  assertEquals(planOf(settings), {
    endpoints: [{ at: LOCAL, service: "bucket", silent: true }],
    paths: [],
    connects: [],
  });
});

Deno.test("bucket plans exactly the files that rotation needs", () => {
  const plan = planOf(
    settingsOf("--file", "logs/d.log", "--rotate-count", "2"),
  );
  assertEquals(plan.paths, [
    { path: "logs/d.log", kind: "file", write: true },
    { path: "logs/d.log.1", kind: "file", write: true },
    { path: "logs/d.log.2", kind: "file", write: true },
  ]);
  assertEquals(plan.about, "writing logs/d.log");
  const { files, rotateSize } = settingsOf("--file=x", "--rotate-size=off");
  assertEquals([files, rotateSize], [["x"], Infinity]);
  assertEquals(settingsOf("--file=x", "--rotate-size=1.5K").rotateSize, 1536);
});

Deno.test("bucket plans to send to its targets, from sockets that fit them", () => {
  const plan = planOf(settingsOf(
    ...["--forward", "192.0.2.9:514", "--forward", "[::1]"],
    ...["--forward", "loghost:7740"],
  ));
  assertEquals(
    plan.connects?.map(({ hostname, port }) => `${hostname} ${port}`),
    [
      ...["192.0.2.9 514", "0.0.0.0 0", "::1 7739", "::1 0"],
      ...["loghost 7740", "0.0.0.0 0", ":: 0"],
    ],
  );
  assertEquals(
    plan.about,
    "forwarding to 192.0.2.9:514 and [::1]:7739 and loghost:7740",
  );
});

Deno.test("bucket reads filters and formats", () => {
  const { rules, format, count, duration } = settingsOf(
    ...["--from", "10.0.0.0/8", "--match=a*b", "--match=c", "--except", "d"],
    ...["-i", "--level", "warn", "--tag", "app", "--delta", "--hex"],
    ...["--count", "3", "--duration", "0.5"],
  );
  assertEquals(rules, {
    from: [{ bytes: [10, 0, 0, 0], prefix: 8 }],
    match: ["a*b", "c"],
    except: ["d"],
    ignoreCase: true,
    level: "warn",
    tags: ["app"],
  });
  assertEquals([format, count, duration], [
    { time: "delta", body: "hex" },
    3,
    500,
  ]);
});

Deno.test("bucket keeps its standard output for records, where they are for machines", () => {
  const outputs = ["--json", "--raw", "--hex"].map((option) =>
    planOf(settingsOf(option)).output
  );
  assertEquals(outputs, ["json", "bytes", undefined]);
});

const REFUSED: readonly [args: string[], line: string][] = [
  [["--hex", "--json"], "--hex and --json: choose one"],
  [["--relative", "--delta"], "--relative and --delta: choose one"],
  [["--rotate-count", "3"], "--rotate-count needs --file PATH"],
  [["--rotate-size", "1M"], "--rotate-size needs --file PATH"],
  [
    ["--file=x", "--rotate-size=much"],
    '--rotate-size: expected bytes such as 500K or 10M, or off, got "much"',
  ],
  [
    ["--tag", "my app"],
    '--tag: expected a letter, then letters, digits, _ . - (at most 32), and no word for a level, got "my app"',
  ],
  [["--forward", ":7740"], "--forward [::]:7740: it needs a host and a port"],
  [
    ["--forward", "192.0.2.1:0"],
    "--forward 192.0.2.1:0: it needs a host and a port",
  ],
  [
    ["--forward", "localhost"],
    "--forward 127.0.0.1:7739: that is where bucket listens",
  ],
  [
    ["--listen", ":7000", "--forward", "127.0.0.1:7000"],
    "--forward 127.0.0.1:7000: that is where bucket listens",
  ],
];

for (const [args, line] of REFUSED) {
  Deno.test(`bucket refuses ${args.join(" ")}`, () => {
    assertThrows(() => settingsOf(...args), UsageError, line);
  });
}

Deno.test("bucket refuses addresses that make no sense, and names the option", () => {
  for (
    const args of [
      ["--from", "10.0.0.0/40"],
      ["--listen", "unix:/run/x"],
      ["--listen", "1.2.3.4:99999"],
      ["--forward", "a b:1"],
    ]
  ) {
    const error = assertThrows(() => settingsOf(...args), UsageError);
    assertEquals(
      (error as Error).message.startsWith(args[0]!),
      true,
      `${error}`,
    );
  }
});

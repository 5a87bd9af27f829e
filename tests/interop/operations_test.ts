import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Ftpd, tempFolders } from "../ftp/helpers.ts";
import {
  linesOf,
  metricsUrl,
  page,
  retrieve,
  start,
  store,
  textOf,
  until,
} from "../ftp/operations_tool.ts";
import { isInstalled, run, runWell } from "./program.ts";

/** Prometheus's own judge, unpacked somewhere or installed. */
const PROMTOOL = Deno.env.get("PROMTOOL") || "promtool";
const PARSER = "from prometheus_client.parser import " +
  "text_string_to_metric_families";

/** A test that a missing program skips, saying so in its name. */
async function judged(
  program: string,
  name: string,
  isThere: () => boolean | Promise<boolean>,
  test: (cwd: string) => Promise<void>,
): Promise<void> {
  const there = await isThere();
  Deno.test({
    name: there ? name : `${name} (no ${program})`,
    ignore: !there,
    async fn() {
      await using folders = await tempFolders();
      await test(folders.base);
    },
  });
}

/** A server that has done a bit of everything, and its metrics. */
async function busy(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/pub/a`, "abc");
  await using ftpd = await start([
    ...["--metrics", "127.0.0.1:0", "--workers", "2", "--login-delay", "0"],
    ...["--hook", `login=${folder}/pipe`, "--max-per-address", "3"],
    ...["--user", "ann:x:rw", `${folder}/pub`],
  ]);
  using control = await ftpd.login("ann", "x");
  await retrieve(control, "a");
  await store(control, "b", "12345");
  await control.say("RETR nothing", 425);
  using other = await ftpd.connect();
  await other.say("USER eve", 331);
  await other.say("PASS y", 530);
  return await page(`${await metricsUrl(() => ftpd.log)}/metrics`);
}

await judged(
  "promtool",
  "promtool finds nothing wrong with the metrics",
  () => PROMTOOL.startsWith("/") || isInstalled(PROMTOOL),
  async (cwd) => {
    const stdin = await busy(cwd);
    const { code, report } = await run([PROMTOOL, "check", "metrics"], {
      cwd,
      stdin,
    });
    assertEquals(code, 0, report);
    // Whoever finds nothing wrong with this finds nothing at all.
    const wrong = await run([PROMTOOL, "check", "metrics"], {
      cwd,
      stdin: "# TYPE bad counter\nbad 1\n",
    });
    assert(wrong.code !== 0, wrong.report);
  },
);

await judged(
  "python3-prometheus-client",
  "Python's prometheus_client reads the metrics",
  async () => {
    const cwd = await Deno.makeTempDir();
    try {
      return (await run(["python3", "-c", PARSER], { cwd })).code === 0;
    } finally {
      await Deno.remove(cwd);
    }
  },
  async (cwd) => {
    const script = `${PARSER} as parse
import sys
for family in parse(sys.stdin.read()):
    for sample in family.samples:
        print(family.type, sample.name, sample.value)
`;
    const stdin = await busy(cwd);
    const { code, stdout, report } = await run(["python3", "-c", script], {
      cwd,
      stdin,
    });
    assertEquals(code, 0, report);
    assertMatch(stdout, /^counter wharf_ftpd_logins_total 1\.0$/m);
    assertMatch(stdout, /^gauge wharf_ftpd_workers 2\.0$/m);
    assertMatch(
      stdout,
      /^histogram wharf_ftpd_transfer_duration_seconds_count 2\.0$/m,
    );
    const samples = stdin.split("\n").filter((line) => /^\w/.test(line));
    assertEquals(stdout.trim().split("\n").length, samples.length);
  },
);

/** How logrotate is told of two log files. */
function rotation(cwd: string, how: string): string {
  return `${cwd}/logs/f.log ${cwd}/logs/f.xfer {
  rotate 3
  missingok
  su root root
  ${how}
}
`;
}

/** Transfers until a file has something; how many there were. */
async function transferUntil(ftpd: Ftpd, file: string): Promise<number> {
  let count = 0;
  using control = await ftpd.login();
  await until(async () => {
    await retrieve(control, "a");
    count++;
    return await textOf(file) === "" ? undefined : true;
  }, `a line in ${file}`);
  await control.say("QUIT", 221);
  return count;
}

for (
  const [name, how] of [
    ["create", "create"],
    ["copytruncate", "copytruncate"],
  ] as const
) {
  await judged(
    "logrotate",
    `logrotate puts the logs aside by ${name}, and no line is lost`,
    () => isInstalled("logrotate") && Deno.uid() === 0,
    async (cwd) => {
      await Deno.writeTextFile(`${cwd}/pub/a`, "abc");
      await Deno.mkdir(`${cwd}/logs`, { mode: 0o755 });
      const xferlog = `${cwd}/logs/f.xfer`;
      await using ftpd = await start([
        ...["--log-file", `${cwd}/logs/f.log`, "--xferlog", xferlog],
        `${cwd}/pub`,
      ]);
      const postrotate = `${how}\n  sharedscripts\n  postrotate\n` +
        `    kill -HUP ${ftpd.pid}\n  endscript`;
      const way = name === "create" ? postrotate : how;
      await Deno.writeTextFile(`${cwd}/rotate`, rotation(cwd, way), {
        mode: 0o644,
      });
      const before = await transferUntil(ftpd, xferlog);
      await linesOf(xferlog, before);
      await runWell(
        ["logrotate", "-f", "-s", `${cwd}/state`, `${cwd}/rotate`],
        { cwd },
      );
      const after = await transferUntil(ftpd, xferlog);
      await until(async () => {
        const all = await textOf(`${xferlog}.1`) + await textOf(xferlog);
        return all.split("\n").length - 1 === before + after || undefined;
      }, "a line for each transfer");
      assert(!(await textOf(xferlog)).includes("\0"), "no hole");
    },
  );
}

/** The tool's standard output, when it cannot take what comes. */
import { assertEquals, assertMatch } from "@std/assert";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp } from "../../server/ftp/serve.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { ftpWords } from "./ftp_tool.ts";
import { type Ended, run } from "./program.ts";

/** More than a pipe holds. */
const LARGE = "x".repeat(1 << 20);

/** Runs a line of the system's shell in which `ftp` and `$URL` are ours. */
async function shell(line: string): Promise<Ended> {
  const fs = memoryFileSystem({ "/large": LARGE });
  await using server = await serveFtp({
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    authenticate: listedAccounts([
      { name: "anonymous", password: null, write: false, fs },
    ]),
  });
  const { port } = server.addresses[0] as Deno.NetAddr;
  const script = `URL=$1; shift; FTP="$*"; ftp() { $FTP "$@"; }; ${line}`;
  const url = `ftp://127.0.0.1:${port}/large`;
  const cwd = await Deno.makeTempDir({ prefix: "wharf-output-" });
  try {
    return await run(["sh", "-c", script, "sh", url, ...ftpWords()], { cwd });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

for (
  const [what, line, says] of [
    ["is full", "ftp get $URL -o - >/dev/full", /: No space left/],
    ["has no reader", "(ftp get $URL -o -; echo $? >&3) 3>&2 | true", /pipe/i],
  ] as const
) {
  Deno.test(`ftp says that the standard output ${what}`, async () => {
    const { stderr } = await shell(line);
    const [first] = stderr.split("\n").filter((text) =>
      text.startsWith("ftp:")
    );
    assertMatch(first!, /^ftp: Cannot write the standard output: /);
    assertMatch(first!, says);
  });
}

Deno.test("ftp writes bytes on the standard output, and nothing else", async () => {
  const { stdout, code } = await shell("ftp get $URL -o -");
  assertEquals([stdout.length, code], [LARGE.length, 0]);
});

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { localFiles } from "../../client/ftp/local_files.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { Output } from "../../client/ftp/shell/output.ts";
import { defaultSettings } from "../../client/ftp/shell/settings.ts";
import { NO_TLS, noScreen } from "../core/shell_harness.ts";
import { newShellState, type Shell } from "../../client/ftp/shell/shell.ts";
import type { Call } from "../../client/ftp/shell/verb.ts";
import { toolOf } from "../../client/ftp/shell/verb_tool.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { MIRROR_VERBS } from "../../client/ftp/shell/verbs/mirror.ts";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { parseOptions } from "../../lib/cli.ts";
import { systemClock } from "../../lib/clock.ts";
import { socketNetwork } from "../../lib/net/client_network.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { readAll } from "../core/byte_cases.ts";
import { fakeMachine } from "../core/shell_machine.ts";
import { withClient, withFolder } from "./helpers.ts";

/** What a test has. */
interface Stage {
  readonly shell: Shell;
  /** The local folder. */
  readonly folder: string;
  /** What was said. */
  readonly said: { out: string; err: string };
  /** Runs a line of words. */
  run(line: string, call?: Partial<Call>): Promise<void>;
}

/** Runs `action` with a shell in a folder of its own, over real sockets. */
async function withShell(
  fs: FileSystem,
  connections: number,
  action: (stage: Stage) => Promise<void>,
): Promise<void> {
  await withFolder((folder) =>
    withClient(fs, async (_, port) => {
      const hostname = "127.0.0.1";
      await using pool = await FtpPool.connect({ hostname, port, connections });
      await action(stageOf(pool, folder, { hostname, port }));
    })
  );
}

function stageOf(
  pool: FtpPool,
  folder: string,
  host: { hostname: string; port: number },
): Stage {
  const said = { out: "", err: "" };
  const machine = fakeMachine();
  const url = { ...host, tls: null, user: null, password: null, path: "" };
  const shell: Shell = {
    state: newShellState(defaultSettings(), {
      site: {
        url: { ...url, type: null, hasPath: false },
        pool,
        tls: { control: null, data: null },
      },
      localFolder: folder,
    }),
    output: new Output({
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      bytes: () => machine.output(),
      json: true,
    }),
    verbs: VERBS,
    machine,
    files: localFiles(),
    network: socketNetwork(),
    clock: systemClock,
    screen: noScreen(),
    terminal: null,
    access: {
      user: undefined,
      passwordFile: undefined,
      netrc: undefined,
      unasked: true,
    },
    tls: NO_TLS,
  };
  return { shell, folder, said, run: (line, call) => run(shell, line, call) };
}

async function run(
  shell: Shell,
  line: string,
  call: Partial<Call> = {},
): Promise<void> {
  const [name = "", ...args] = line.split(" ");
  const verb = [...TRANSFER_VERBS, ...MIRROR_VERBS].find(({ names }) =>
    names.includes(name)
  )!;
  const { options, positionals, given } = parseOptions(toolOf(verb), args);
  await verb.run(shell, {
    options,
    args: positionals,
    given,
    signal: new AbortController().signal,
    isOneShot: false,
    remoteArgument: null,
    ...call,
  });
}

const BIG = new Uint8Array(6_000_001).map((_, at) => at * 7 % 251);

Deno.test("get, put and pget move large files over sockets", () =>
  withShell(memoryFileSystem({ "/big": BIG }), 3, async ({ run, folder }) => {
    await run("get big");
    await run("pget --segments 3 big copy");
    await run("put copy back");
    await run("get back again");
    for (const name of ["big", "copy", "again"]) {
      assertEquals(await Deno.readFile(`${folder}/${name}`), BIG, name);
    }
    const [big, again] = await Promise.all(
      ["big", "again"].map((name) => Deno.stat(`${folder}/${name}`)),
    );
    assertEquals(
      Math.floor(big!.mtime!.getTime() / 1000),
      Math.floor(again!.mtime!.getTime() / 1000),
    );
  }));

Deno.test("mget and mput move hundreds of small files over some connections", async () => {
  const files: Record<string, string> = {};
  for (let at = 0; at < 300; at++) files[`/d/f${at}`] = `text ${at}`;
  const fs = memoryFileSystem({ ...files, "/up": null });
  await withShell(fs, 4, async ({ run, folder, said }) => {
    await run("mget d/* -o got/");
    await run("mput got/* -o up");
    assertEquals(said.out.trimEnd().split("\n").length, 600);
    for (const at of [0, 7, 299]) {
      assertEquals(
        await Deno.readTextFile(`${folder}/got/f${at}`),
        `text ${at}`,
      );
      const source = await fs.read(`/up/f${at}`, 0);
      const bytes = await readAll(source, 99);
      await source.close();
      assertEquals(new TextDecoder().decode(bytes), `text ${at}`);
    }
  });
});

Deno.test("get stops at once when cancelled, and goes on where it stopped", () =>
  withShell(
    memoryFileSystem({ "/big": BIG }),
    1,
    async ({ run, shell, folder }) => {
      const stop = new AbortController();
      const reason = new DOMException("Stopped", "AbortError");
      let left = 1_500_000;
      shell.state.rateLimit = {
        burst: 1 << 16,
        take(bytes) {
          if ((left -= bytes) < 0) stop.abort(reason);
          return Promise.resolve();
        },
      };
      const getting = run("get -c big", { signal: stop.signal });
      assertEquals(await assertRejects(() => getting), reason);
      const part = await Deno.stat(`${folder}/big.part`);
      assert(part.size > 0 && part.size < BIG.length);
      shell.state.rateLimit = null;
      await run("get -c big");
      assertEquals(await Deno.readFile(`${folder}/big`), BIG);
    },
  ));

Deno.test("a local file that cannot be written is that file's failure", () =>
  withShell(
    memoryFileSystem({ "/a": "1", "/b": "2" }),
    2,
    async ({ run, folder, said }) => {
      await Deno.mkdir(`${folder}/a`);
      const getting = run("get a b", { args: ["a", "b"], isOneShot: true });
      const { kind } = await assertRejects(() => getting, ShellError);
      assertEquals(kind, "local");
      assertMatch(said.err, /a: a folder is there already/);
      assertEquals(await Deno.readTextFile(`${folder}/b`), "2");
    },
  ));

Deno.test("mirror makes folders equal, both ways", () =>
  withShell(
    memoryFileSystem({ "/pub/a": "1", "/pub/sub/b": BIG }),
    2,
    async ({ run, folder, said }) => {
      await run("mirror pub");
      assertEquals(await Deno.readFile(`${folder}/pub/sub/b`), BIG);
      await Deno.remove(`${folder}/pub/a`);
      await Deno.writeTextFile(`${folder}/pub/c`, "3");
      await run("mirror -R --delete pub");
      said.out = "";
      await run("mirror --delete pub copy");
      const lines = said.out.trimEnd().split("\n");
      const { summary } = JSON.parse(lines.at(-1)!);
      assertEquals([summary.added, summary.failed], [2, 0]);
      assertEquals(await Deno.readTextFile(`${folder}/copy/c`), "3");
      const names = (await Array.fromAsync(Deno.readDir(`${folder}/copy`)))
        .map(({ name }) => name).sort();
      assertEquals(names, ["c", "sub"]);
    },
  ));

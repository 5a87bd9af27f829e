/** What shells and manual readers make of the pages of every tool. */
import { assert, assertEquals } from "@std/assert";
import { DROPC } from "../../client/dropc.ts";
import { ECHOC } from "../../client/echoc.ts";
import { FTP } from "../../client/ftp/shell/options.ts";
import { LOOKUP } from "../../client/lookup.ts";
import { SPEW } from "../../client/spew.ts";
import { TIMEC } from "../../client/time/options.ts";
import { UPPERC } from "../../client/upperc.ts";
import type { Tool } from "../../lib/cli.ts";
import { completions } from "../../lib/cli/completions.ts";
import { manual } from "../../lib/cli/manual.ts";
import { BUCKET } from "../../server/bucket.ts";
import { DROPD } from "../../server/dropd.ts";
import { ECHOD } from "../../server/echod.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { STAMPD } from "../../server/stampd.ts";
import { TIMED } from "../../server/timed.ts";
import { UPPERD } from "../../server/upperd.ts";
import { runFtpd } from "../ftp/helpers.ts";
import { isInstalled, run, runWell } from "./program.ts";

const TOOLS: readonly Tool[] = [
  ...[FTPD, FTP, ECHOD.tool, TIMED.tool, UPPERD.tool, STAMPD.tool],
  ...[DROPD.tool, BUCKET.tool, ECHOC, TIMEC, UPPERC, DROPC, SPEW, LOOKUP],
];

/** A folder with a script in it; removed afterwards. */
async function scene(files: Readonly<Record<string, string>>) {
  const cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "wharf-" }));
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${cwd}/${name}`, text);
  }
  return {
    cwd,
    [Symbol.asyncDispose]: () => Deno.remove(cwd, { recursive: true }),
  };
}

/** What `ftpd` prints for packagers: the binary's own words. */
async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runFtpd(args);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

const BASH = `source ./ftpd.bash
t() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _ftpd 2>/dev/null
  echo "\${COMPREPLY[*]}"
}
t ftpd --act
t ftpd --active ""
t ftpd --active = l
t ftpd --config ftpd.
t ftpd --config = ftpd.
t ftpd --auth-root p
t ftpd --listen ""
t ftpd pu
t ftpd wh
t ftpd who --ev
t ftpd who --act
complete -p ftpd
`;

Deno.test({
  name: "bash completes command lines of ftpd",
  ignore: !isInstalled("bash"),
  fn: async () => {
    const script = await printed("--completions", "bash");
    await using place = await scene({ "ftpd.bash": script });
    await Deno.mkdir(`${place.cwd}/pub`);
    const told = await runWell(["bash", "-c", BASH], place);
    assertEquals(told.split("\n"), [
      "--active=",
      "lan any off",
      "lan",
      "ftpd.bash",
      "ftpd.bash",
      "pub",
      "",
      "pub",
      "who",
      "--every=",
      "",
      "complete -F _ftpd ftpd",
      "",
    ]);
  },
});

/** Command lines, and how the first of fish's suggestions begins. */
const FISH: readonly (readonly [line: string, first: string])[] = [
  ["ftpd --activ", "--active\t"],
  ["ftpd --active o", "off\t"],
  ["ftpd --config ftpd.", "ftpd.fish"],
  ["ftpd --auth-root p", "pub/\t"],
  ["ftpd pu", "pub/\t"],
  ["ftpd wh", "who\t"],
  ["ftpd who --ev", "--every\t"],
  ["ftpd who --act", ""],
  ["ftpd --listen x", ""],
];

Deno.test({
  name: "fish completes command lines of ftpd",
  ignore: !isInstalled("fish"),
  fn: async () => {
    const script = await printed("--completions", "fish");
    await using place = await scene({ "ftpd.fish": script });
    await Deno.mkdir(`${place.cwd}/pub`);
    for (const [line, first] of FISH) {
      const code = `source ftpd.fish; complete -C '${line}'`;
      const told = await runWell(["fish", "-c", code], place);
      assert(
        first === "" ? told === "" : told.startsWith(first),
        `${line}: ${told}`,
      );
    }
  },
});

Deno.test({
  name: "zsh finds its completions of ftpd",
  ignore: !isInstalled("zsh"),
  fn: async () => {
    const script = await printed("--completions", "zsh");
    await using place = await scene({ "_ftpd": script });
    const code =
      "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; " +
      'echo "$_comps[ftpd]"; autoload +X -Uz _ftpd && echo loaded';
    const told = await runWell(["zsh", "-f", "-c", code], place);
    assertEquals(told, "_ftpd\nloaded\n");
  },
});

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test({
    name: `${shell} can read the completions of every tool`,
    ignore: !isInstalled(shell),
    fn: async () => {
      await using place = await scene({});
      for (const tool of TOOLS) {
        const jobs = await tool.jobs?.() ?? [];
        const stdin = completions(tool, jobs, shell);
        const { code, report } = await run([shell, "-n"], { ...place, stdin });
        assertEquals(code, 0, report);
      }
    },
  });
}

Deno.test({
  name: "mandoc has nothing to say against the manual of any tool",
  ignore: !isInstalled("mandoc"),
  fn: async () => {
    await using place = await scene({});
    for (const tool of TOOLS) {
      const stdin = manual(tool, await tool.jobs?.() ?? []);
      const words = ["mandoc", "-T", "lint", "-W", "warning"];
      const { stdout, stderr } = await run(words, { ...place, stdin });
      // Without a date, pages of the same version are the same.
      const told = `${stdout}${stderr}`.split("\n")
        .filter((line) => line !== "" && !line.includes("missing date"));
      assertEquals(told, [], tool.name);
    }
  },
});

Deno.test({
  name: "mandoc shows the manual that ftpd prints",
  ignore: !isInstalled("mandoc"),
  fn: async () => {
    await using place = await scene({ "ftpd.1": await printed("--man") });
    const shown = await runWell(["mandoc", "-T", "utf8", "ftpd.1"], place);
    // Bold letters are printed twice.
    const text = shown.replaceAll(new RegExp(".\b", "g"), "");
    for (const name of ["NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS"]) {
      assert(text.includes(`\n${name}\n`), `there is no ${name}:\n${text}`);
    }
    assert(/^ +--idle-timeout SECONDS$/m.test(text), text);
    assert(text.includes("ftpd who [options]"), text);
  },
});

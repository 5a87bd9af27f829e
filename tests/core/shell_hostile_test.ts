import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpClient, type TraceEvent } from "../../client/ftp/mod.ts";
import { FtpError, IncompleteError } from "../../client/ftp/errors.ts";
import type { ListEntry } from "../../client/ftp/listing.ts";
import { nameProblem } from "../../client/ftp/mirror/local_name.ts";
import { Patience } from "../../client/ftp/patience.ts";
import { shellCompleter } from "../../client/ftp/shell/completion.ts";
import { printEntries } from "../../client/ftp/shell/print_entries.ts";
import { LISTING_VERBS } from "../../client/ftp/shell/verbs/listing.ts";
import { parseLine } from "../../client/ftp/shell/words.ts";
import { withoutUser } from "../../client/ftp/url.ts";
import { type Clock, manualClock } from "../../lib/clock.ts";
import { type Answers, Peer, SERVER } from "./client_peer.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;

/** Names that a shell, or a verb, may take for something else. */
const NAMES = [
  ...["-rf", "-", "--help", "|touch x", ">x", "$(x)", "`x`", "~", "!x", "#x"],
  ...["a&", "a;b", "it's", 'say "x"', "back\\slash", "*", "[a]", "a  b"],
];
/** Names that nobody can type, or that lead elsewhere. */
const REFUSED = ["..", "../x", "/etc/x", "a/../x", "esc\x1b[2J", "rtl\u202e"];

function listing(names: readonly string[]): Answers {
  const lines = names.map((name) => `Type=file;Size=1; ${name}\r\n`);
  return { MLSD: (_, peer) => peer.sends(lines.join("")) };
}

async function completed(
  { shell }: ShellStage,
  line: string,
): Promise<readonly string[]> {
  const found = await shellCompleter(shell)(line, line.length, GOING);
  return found?.candidates.map(({ value }) => value) ?? [];
}

Deno.test("shellCompleter() adds names as one word that is no option", async () => {
  const peer = new Peer(listing([...NAMES, ...REFUSED]));
  await withShell({ peer }, async (stage) => {
    const values = await completed(stage, "rm ");
    for (const value of values) {
      const { commands } = parseLine(`rm ${value}`);
      const [command] = commands;
      assertEquals(commands.length, 1, value);
      assertEquals(command!.redirect, null, value);
      assertEquals(command!.words.length, 2, value);
      const { text } = command!.words[1]!;
      assertFalse(text.startsWith("-"), value);
      assert(NAMES.includes(text.replace(/^\.\/(?=-)/, "")), value);
    }
    assertEquals(values.length, NAMES.length);
  });
});

Deno.test("a pattern never matches a name that leads elsewhere, and says so", async () => {
  const peer = new Peer(listing([...REFUSED, "plain"]));
  await withShell({ peer }, async (stage) => {
    await stage.run(LISTING_VERBS, "mls", ["*"]);
    const { err } = stage.said;
    for (const shown of ["../x", "/etc/x", "a/../x", "esc\\x1b[2J"]) {
      assertStringIncludes(err, `left out "${shown}": this is no name`);
    }
    assertEquals(stage.said.out, "plain  rtl\\u202e\n");
  });
});

Deno.test("a pattern tells of five names that are none, and counts the rest", async () => {
  const names = Array.from({ length: 9 }, (_, at) => `../${at}`);
  await withShell(
    { peer: new Peer(listing([...names, "x"])) },
    async (stage) => {
      await stage.run(LISTING_VERBS, "mls", ["*"]);
      const told = stage.said.err.trimEnd().split("\n");
      assertEquals(told.length, 6);
      assertStringIncludes(told[5]!, "4 more were left out");
    },
  );
});

Deno.test("printEntries() sorts no more than it should keep", () =>
  withShell({ connected: false }, async ({ shell, said }) => {
    const name = "n".repeat(1 << 20);
    let most = 0;
    function* entries(): Generator<ListEntry> {
      for (let at = 30; at >= 10; at--) {
        most = Math.max(most, 30 - at - said.out.split("\n").length + 1);
        yield {
          name: `${at}${name}`,
          path: "",
          type: "file",
          size: 1,
          modified: null,
        };
      }
    }
    const form = {
      long: true,
      human: false,
      order: (a: ListEntry, b: ListEntry) => a.name < b.name ? -1 : 1,
      hidden: true,
      label: "name",
    } as const;
    await printEntries(shell, entries(), form);
    assert(most < 10, `${most} were kept`);
    assertEquals(said.out.trimEnd().split("\n").length, 21);
    assertStringIncludes(said.err, "they are not sorted");
  }));

Deno.test("nameProblem() refuses names that are longer than any", () => {
  assertEquals(nameProblem("n".repeat(255), "posix"), null);
  assertEquals(nameProblem("n".repeat(256), "posix"), "name is too long");
  assertEquals(nameProblem("é".repeat(128), "posix"), "name is too long");
  assertEquals(nameProblem("é".repeat(128), "darwin"), null);
  assertEquals(nameProblem("n".repeat(256), "windows"), "name is too long");
});

Deno.test("FtpClient shows no password that the server repeats", async () => {
  const heard: TraceEvent[] = [];
  const repeat = (password: string) =>
    `530-No ${password}\r\n${password}${password}\r\n530 ${password}`;
  const peer = new Peer({ USER: "331 ?", PASS: repeat });
  await using client = await FtpClient.connect({
    ...SERVER,
    network: peer.network,
    clock: manualClock(),
    trace: (event) => heard.push(event),
  });
  const error = await assertRejects(
    () => client.login("bob", "hush7"),
    FtpError,
    "530 No **** / ******** / ****",
  );
  const said = JSON.stringify([heard, error.lines, error.message]);
  assertFalse(said.includes("hush7"), said);
  assert(peer.commands.includes("PASS hush7"));
});

Deno.test("IncompleteError tells too much from too little", () => {
  const { message, transient } = new IncompleteError("a\x1b", 3, 9);
  assertEquals(
    message,
    "Transfer of a\\x1b was stopped: the server sent more than the 3 bytes " +
      "that it had announced",
  );
  assertFalse(transient);
});

Deno.test("withoutUser() hides who it is, in whatever looks like a URL", () => {
  for (
    const text of ["http://a:hush@host/x", "a:hush@host", "ftp://a:hu@sh@h"]
  ) {
    assertFalse(/hu@?sh/.test(withoutUser(text)), withoutUser(text));
  }
  assertEquals(withoutUser("http://a:hush@host/x"), "http://****@host/x");
});

Deno.test("Patience does not blame the other side when this one was busy", async () => {
  const clock = manualClock();
  let held: (() => void) | null = null;
  let passed = 0;
  /** Timers of a loop that hangs go off late, all at once. */
  const busy: Clock = {
    now: () => clock.now() + passed,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      if (held === null) return;
      held();
      held = null;
    },
  };
  const patience = new Patience(busy);
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = patience.within(promise, 1000, "late");
  held = () => {
    passed = 5000; // The loop hung for five seconds,
    setTimeout(() => resolve("here"), 0); // and now it sees what has come.
  };
  await clock.advance(1000);
  assertEquals(await answer, "here");
  const never = patience.within(new Promise<never>(() => {}), 1000, "late");
  await clock.advance(1100);
  assertEquals(await never, "late");
  patience.end();
});

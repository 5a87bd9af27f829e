import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ListEntry } from "../../client/ftp/listing.ts";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { entryOrder } from "../../client/ftp/shell/entry_order.ts";
import {
  type EntryForm,
  printEntries,
} from "../../client/ftp/shell/print_entries.ts";
import { Output } from "../../client/ftp/shell/output.ts";
import { LISTING_VERBS } from "../../client/ftp/shell/verbs/listing.ts";
import { type Answer, type Answers, Peer } from "./client_peer.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const REMOTE = {
  "/pub/b.txt": "bb",
  "/pub/a.txt": "a",
  "/pub/sub/c.txt": "ccc",
  "/.hidden": "x",
  "/\x1b[2J": "",
};

const ls = (stage: ShellStage, ...args: string[]) =>
  stage.run(LISTING_VERBS, "ls", args);

/** The last word of each line, and empty lines. */
function lastWords(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => line.split(/ {2}/).at(-1)!);
}

async function listed(
  args: string[],
  options: Parameters<typeof withShell>[0] = { remote: REMOTE },
): Promise<string[]> {
  let words: string[] = [];
  await withShell(options, async (stage) => {
    await ls(stage, ...args);
    words = lastWords(stage.said.out);
    assertEquals(stage.said.err, "");
  });
  return words;
}

Deno.test("ls shows mode, size, time and name, and makes controls visible", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await ls(stage);
    assertEquals(
      stage.said.out,
      "-rw-r--r--  0  2026-06-15 12:00  \\x1b[2J\n" +
        "-rw-r--r--  1  2026-06-15 12:00  .hidden\n" +
        "drwxr-xr-x  -  2026-06-15 12:00  pub\n",
    );
  }));

Deno.test("ls -1 shows names in columns", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await ls(stage, "-1", "pub");
    assertEquals(stage.said.out, "a.txt  b.txt  sub\n");
  }));

Deno.test("ls sorts by name, by size and the other way round", async () => {
  assertEquals(await listed(["pub"]), ["a.txt", "b.txt", "sub"]);
  assertEquals(await listed(["-S", "pub"]), ["b.txt", "a.txt", "sub"]);
  assertEquals(await listed(["-r", "pub"]), ["sub", "b.txt", "a.txt"]);
});

Deno.test("ls leaves out names with a dot when they shall be hidden", async () => {
  const settings = { hidden: "off" } as const;
  const options = { remote: REMOTE, settings };
  assertEquals(await listed([], options), ["\\x1b[2J", "pub"]);
  assertEquals(await listed(["-a"], options), ["\\x1b[2J", ".hidden", "pub"]);
  assertEquals(await listed([".hidden"], options), [".hidden"]);
});

Deno.test("ls shows a file, the folder itself with -d, and patterns", async () => {
  assertEquals(await listed(["pub/a.txt"]), ["pub/a.txt"]);
  assertEquals(await listed(["-d", "pub"]), ["pub"]);
  assertEquals(await listed(["p*/*.t?t"]), ["pub/a.txt", "pub/b.txt"]);
});

Deno.test("ls names the folders when there are several", async () => {
  assertEquals(await listed(["pub/b.txt", "pub/sub", "pub"]), [
    "pub/b.txt",
    "",
    "pub/sub:",
    "c.txt",
    "",
    "pub:",
    "a.txt",
    "b.txt",
    "sub",
  ]);
});

Deno.test("ls goes on after a failure and ends with its kind", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const error = await assertRejects(
      () => ls(stage, "nope", "pub/sub", "*.zip"),
      ShellError,
      "2 of 3 failed",
    );
    assert(error.told);
    assertEquals(error.kind, "missing");
    assertEquals(lastWords(stage.said.out), ["", "pub/sub:", "c.txt"]);
    const [first = "", second = ""] = stage.said.err.split("\n");
    assert(first.includes("nope: the server said 550"), first);
    assert(second.includes("nothing on the server matches *.zip"), second);
  }));

Deno.test("ls --json streams records", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    await ls(stage, "pub");
    assertEquals(stage.records().length, 3);
    assertEquals(stage.records().find(({ name }) => name === "a.txt"), {
      name: "a.txt",
      path: "pub/a.txt",
      type: "file",
      size: 1,
      modified: "2026-06-15T12:00:00.000Z",
      mode: "0644",
      owner: "0",
      group: "0",
    });
    await assertRejects(() => ls(stage, "nope"));
    const { path, error } = stage.records().at(-1) as {
      path: string;
      error: { kind: string; code: number };
    };
    assertEquals([path, error.kind, error.code], ["nope", "missing", 550]);
  }));

Deno.test("ls of a URL takes a pattern only when there is no such name", () =>
  withShell(
    { remote: { "/a*": "x", "/ab": "y", "/b1": "z" } },
    async (stage) => {
      const call = { isOneShot: true };
      await stage.run(LISTING_VERBS, "ls", ["a*"], call);
      assertEquals(lastWords(stage.said.out), ["a*"]);
      stage.said.out = "";
      await stage.run(LISTING_VERBS, "ls", ["b?"], call);
      assertEquals(lastWords(stage.said.out), ["b1"]);
      await stage.run(LISTING_VERBS, "ls", ["x"], { ...call, args: [""] });
    },
  ));

Deno.test("mls shows names, mdir all, of quoted names too", () =>
  withShell({ remote: { "/a*": "x", "/ab": "y" } }, async (stage) => {
    await stage.run(LISTING_VERBS, "mls", ["a[*]", "a*"]);
    assertEquals(stage.said.out, "a*\n\na*  ab\n");
    stage.said.out = "";
    await stage.run(LISTING_VERBS, "mdir", ["a[*]"]);
    assertEquals(stage.said.out, "-rw-r--r--  1  2026-06-15 12:00  a*\n");
  }));

// Servers that have nothing but LIST.

const OLD: Answers = { FEAT: "211-Features:\r\n SIZE\r\n211 End" };
const LINE = "-rw-r--r-- 1 me us 5 Jan  1  2020";

/** A server that lists this for each argument, and nothing for others. */
function lists(
  folders: Record<string, string[]>,
): Exclude<Answer, string> {
  return (argument, peer) =>
    peer.sends((folders[argument] ?? []).map((line) => `${line}\r\n`).join(""));
}

async function old(
  folders: Record<string, string[]>,
  action: (stage: ShellStage, peer: Peer) => Promise<void>,
  more: Answers = {},
): Promise<void> {
  const peer = new Peer({ ...OLD, LIST: lists(folders), ...more });
  await withShell({ peer }, (stage) => action(stage, peer));
}

Deno.test("ls shows what LIST calls a file by its path", () =>
  old({ "-a d/f": [`${LINE} d/f`] }, async (stage) => {
    await ls(stage, "d/f");
    assertEquals(lastWords(stage.said.out), ["d/f"]);
  }));

Deno.test("ls tells a folder with one file of its name from that file", async () => {
  await old(
    { "-a f": [`${LINE} f`], "": [`d${LINE.slice(1)} f`] },
    async (stage) => {
      await ls(stage, "--json", "f").catch(() => {});
      await ls(stage, "f", "f");
      assertEquals(lastWords(stage.said.out), ["f:", "f", "", "f:", "f"]);
    },
  );
  await old({ "-a f": [`${LINE} f`], "": [`${LINE} f`] }, async (stage) => {
    await ls(stage, "f", "f");
    assertEquals(lastWords(stage.said.out), ["f", "", "f"]);
  });
});

Deno.test("ls calls an empty list missing only when the folder above says so", async () => {
  await old({ "": [`${LINE} other`] }, async (stage) => {
    const error = await assertRejects(() => ls(stage, "nope"), ShellError);
    assertEquals(error.kind, "missing");
  });
  await old({ "": [`d${LINE.slice(1)} EMPTY`] }, async (stage) => {
    await ls(stage, "empty", "empty/unlisted");
    assertEquals(lastWords(stage.said.out), ["empty:", "", "empty/unlisted:"]);
    const error = await assertRejects(() => ls(stage, "nope/x"), ShellError);
    assertEquals(error.kind, "missing");
    assert(error.message.startsWith("nope/x:"), error.message);
  });
});

Deno.test("ls does without -a where the server takes it for a name", async () => {
  const folders = { "": [`${LINE} a`], d: [`${LINE} b`] };
  await old(folders, async (stage) => {
    await ls(stage);
    await ls(stage, "d");
    assertEquals(lastWords(stage.said.out), ["a", "b"]);
  });
  const LIST: Answer = (argument, peer) =>
    argument.startsWith("-a")
      ? "550 -a: no such file"
      : lists(folders)(argument, peer);
  await old({}, async (stage) => {
    await ls(stage, "d");
    assertEquals(lastWords(stage.said.out), ["b"]);
  }, { LIST });
});

Deno.test("ls tells of five unreadable lines and counts the rest", async () => {
  const lines = Array.from({ length: 8 }, (_, at) => `?! \x1b${at}`);
  await old({ "-a": [...lines, `${LINE} good`] }, async (stage) => {
    await ls(stage);
    assertEquals(lastWords(stage.said.out), ["good"]);
    const told = stage.said.err.trimEnd().split("\n");
    assertEquals(told.length, 6);
    assert(
      told[0]!.endsWith("cannot read this line of the listing: ?! \\x1b0"),
    );
    assert(told[5]!.endsWith("3 more lines could not be read"), told[5]);
  });
});

Deno.test("ls --json has unreadable lines as records", async () => {
  const peer = new Peer({ ...OLD, LIST: lists({ "-a": ["?!"] }) });
  await withShell({ peer, json: true }, async (stage) => {
    await ls(stage);
    assertEquals(stage.records()[0]?.unparsed, "?!");
    assertEquals(stage.said.err, "");
  });
});

Deno.test("ls says permission when a refused folder is there", async () => {
  const LIST: Answer = (argument, peer) =>
    argument === "" || argument === "-a"
      ? lists({ "": [`d${LINE.slice(1)} d`] })("", peer)
      : "550 Failed.";
  await old({}, async (stage) => {
    const error = await assertRejects(() => ls(stage, "d"));
    assertEquals(failureOf(error).kind, "permission");
  }, { LIST });
});

Deno.test("ls --raw and nlist show what the server sends", async () => {
  const NLST: Answer = (argument, peer) =>
    argument === "nope" ? "550 No such file" : peer.sends("a\r\nb\x1b c");
  await old({ d: ["total 1", "?! \x9b"] }, async (stage, peer) => {
    await ls(stage, "--raw", "d");
    await stage.run(LISTING_VERBS, "nlist", []);
    assertEquals(stage.said.out, "total 1\n?! \\x9b\na\nb\\x1b c\n");
    await stage.run(LISTING_VERBS, "nlist", ["*.txt"]);
    assertEquals(peer.commands.at(-1), "NLST *.txt");
    const missing = () => stage.run(LISTING_VERBS, "nlist", ["nope"]);
    assertEquals(failureOf(await assertRejects(missing)).kind, "missing");
  }, { NLST });
});

Deno.test("ls of a file leaves MLSD to the listings that follow", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await ls(stage, "pub/a.txt");
    await ls(stage, "pub");
    assertEquals(stage.server.commands.at(-1), "MLSD pub");
  }));

const FORM: EntryForm = {
  long: true,
  human: false,
  order: entryOrder({ time: false, size: false, reverse: false }),
  hidden: true,
  label: "name",
};

function* entries(...names: string[]): Generator<ListEntry> {
  for (const name of names) {
    yield { name, path: name, type: "file", size: 1, modified: new Date(0) };
  }
}

Deno.test("printEntries() shows what is too much to sort as it comes", () =>
  withShell({ connected: false }, async ({ shell, said }) => {
    const names = ["c", "a", "b"];
    await printEntries(shell, entries(...names), FORM, { mostSorted: 3 });
    assertEquals(lastWords(said.out), names);
    assertEquals(said.err.split("\n").length, 2);
    said.out = "";
    await printEntries(shell, entries(...names), FORM, { mostSorted: 4 });
    assertEquals(lastWords(said.out), ["a", "b", "c"]);
  }));

Deno.test("printEntries() keeps 100000 entries at most", () =>
  withShell({ connected: false }, async ({ shell }) => {
    let [out, err, kept] = [0, 0, 0];
    const output = new Output({
      out: (text) => void (out += text.length),
      bytes: () => shell.output.bytes,
      err: () => void err++,
    });
    function* many(): Generator<ListEntry> {
      for (let at = 1; at <= 150_000; at++) {
        if (out === 0) kept = at;
        yield* entries(`file-${at}`);
      }
    }
    await printEntries({ ...shell, output }, many(), FORM);
    assertEquals(err, 1);
    assertEquals(kept, 100_000);
    assert(out > 150_000 * 40, `${out} letters`);
  }));

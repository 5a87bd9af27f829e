import { assert, assertEquals, assertFalse } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Pane, tmuxTest } from "./tmux.ts";

const DEMO = [
  Deno.execPath(),
  ...["run", "--quiet", "--no-prompt", "--allow-env=TERM"],
  fileURLToPath(new URL("terminal_demo.ts", import.meta.url)),
];

/** The process of the demo, once its prompt is there. */
async function started(pane: Pane): Promise<number> {
  const screen = await pane.shows(/^demo>/m);
  return Number(/^pid (\d+)$/m.exec(screen)![1]);
}

tmuxTest("a line is edited in a real terminal", DEMO, async (pane) => {
  await started(pane);
  await pane.text("gte 日本 x");
  await pane.keys(
    "C-a",
    "Right",
    "Right",
    "C-t",
    "Right",
    "é",
    "End",
    "BSpace",
  );
  await pane.shows(/^demo> get é日本$/m);
  assertEquals(await pane.cursor(), [1, 16]);
  await pane.keys("Enter");
  await pane.shows(/^line: get é日本 ?$/m);
  await pane.keys(
    "Up",
    "C-w",
    "C-w",
    "C-w",
    "C-u",
    "C-y",
    "Home",
    "M-f",
    "!",
    "Enter",
  );
  await pane.shows(/^line: get! é日本$/m);
  await pane.keys("C-d");
  await pane.shows(/^ended 0 icanon echo$/m);
});

tmuxTest("Tab completes and lists in a real terminal", DEMO, async (pane) => {
  await started(pane);
  await pane.keys("cat fi", "Tab");
  await pane.shows(/^demo> cat file-$/m);
  await pane.keys("Tab", "Tab");
  await pane.shows(/^demo> cat file-\nfile-one {2}file-two\ndemo> cat file-$/m);
  await pane.keys("o", "Tab", "Enter");
  await pane.shows(/^line: cat file-one ?$/m);
  await pane.keys("C-d");
  await pane.shows(/^ended 0 icanon echo$/m);
});

tmuxTest(
  "Ctrl-C is a key in the editor and a signal elsewhere",
  DEMO,
  async (pane) => {
    await started(pane);
    await pane.keys("wrong", "C-c");
    await pane.shows(/^demo> wrong\^C\ndemo>$/m);
    await pane.keys("wait", "Enter");
    await pane.shows(/^waiting$/m);
    await pane.keys("C-c");
    await pane.shows(/ended by Ctrl-C\ndemo>$/);
    await pane.keys("quit", "Enter");
    await pane.shows(/^ended 0 icanon echo$/m);
  },
);

tmuxTest(
  "what is typed while a command runs is not lost",
  DEMO,
  async (pane) => {
    const pid = await started(pane);
    await pane.keys("wait", "Enter");
    await pane.shows(/^waiting$/m);
    await pane.keys("one", "Enter", "two", "Enter", "thr");
    await pane.shows(/^thr$/m);
    Deno.kill(pid, "SIGUSR1");
    await pane.shows(/^demo> thr$/m);
    await pane.keys("ee", "Enter");
    const screen = await pane.shows(/^line: three$/m);
    assert(
      /line: one\n(.*\n)*line: two\n(.*\n)*line: three/.test(screen),
      screen,
    );
  },
);

tmuxTest(
  "a line is drawn anew when the terminal changes its size",
  DEMO,
  async (pane) => {
    await started(pane);
    const text = "abcdefghij".repeat(6);
    await pane.text(text);
    await pane.shows(new RegExp(`^demo> ${text}$`, "m"));
    await pane.resize(40, 24);
    await pane.shows(/^pid \d+\ndemo> <[a-j]+j$/);
    await pane.resize(100, 24);
    await pane.shows(new RegExp(`^pid \\d+\ndemo> ${text}$`));
    await pane.keys("!", "Enter");
    await pane.shows(new RegExp(`^line: ${text}!$`, "m"));
  },
);

tmuxTest("a secret is not shown", DEMO, async (pane) => {
  await started(pane);
  await pane.keys("secret", "Enter");
  await pane.shows(/^Password:$/m);
  await pane.keys("hiddenx", "BSpace", "Enter");
  const screen = await pane.shows(/^Password:\n6 characters\ndemo>$/m);
  assertFalse(screen.includes("hidden"), screen);
});

tmuxTest("a paste waits for Enter", DEMO, async (pane) => {
  await started(pane);
  await pane.paste("first\nsecond\n");
  await pane.shows(/^demo> first$/m);
  await pane.keys("Enter");
  await pane.shows(/^line: first\ndemo> second$/m);
  await pane.keys("C-c");
  const screen = await pane.shows(/^demo> second\^C\ndemo>$/m);
  assertFalse(screen.includes("line: second"), screen);
});

tmuxTest(
  "bars stay below lines and leave nothing behind",
  DEMO,
  async (pane) => {
    const pid = await started(pane);
    await pane.keys("load", "Enter");
    await pane.shows(
      /^loading\none\.tar +0% .*\ntwo\.tar +0% .*\nthree\.tar +0% .*\nTotal: 0 of 3 files .*$/m,
    );
    Deno.kill(pid, "SIGUSR1");
    const screen = await pane.shows(/three\.tar: complete\ndemo>$/);
    assert(
      screen.endsWith(
        "demo> load\nloading\none.tar: complete\ntwo.tar: complete\n" +
          "three.tar: complete\ndemo>",
      ),
      screen,
    );
  },
);

tmuxTest("an error leaves the terminal cooked", DEMO, async (pane) => {
  await started(pane);
  await pane.keys("fail", "Enter");
  await pane.shows(/Error: failed[^]*^ended 1 icanon echo$/m);
});

tmuxTest("a signal leaves the terminal cooked", DEMO, async (pane) => {
  const pid = await started(pane);
  await pane.text("half");
  await pane.shows(/^demo> half$/m);
  Deno.kill(pid, "SIGTERM");
  await pane.shows(/Error: SIGTERM[^]*^ended 1 icanon echo$/m);
});

tmuxTest("a dumb terminal gets plain lines", DEMO, async (pane) => {
  await started(pane);
  await pane.keys("abc", "BSpace", "Enter");
  await pane.shows(/^line: ab$/m);
  await pane.keys("C-d");
  await pane.shows(/ended 0 icanon echo$/m);
}, { env: { TERM: "dumb" } });

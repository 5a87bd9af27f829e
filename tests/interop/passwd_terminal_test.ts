import { assert, assertMatch } from "@std/assert";
import { FTPD } from "../ftp/helpers.ts";
import { type Pane, tmuxTest } from "./tmux.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** `ftpd passwd`, started where its sources are. */
function passwd(...args: string[]): string[] {
  const there = ["sh", "-c", 'cd "$0" && exec "$@"', ROOT];
  return [...there, ...FTPD, "passwd", ...args];
}

/** Where the sources' packages are, which tmux would hide. */
const env = Object.fromEntries(
  ["HOME", "DENO_DIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }),
);

/** Answers both questions, and gives what the screen shows in the end. */
async function answer(
  pane: Pane,
  first: string,
  second: string,
): Promise<string> {
  await pane.shows(/New password of alice:/);
  await pane.text(first);
  await pane.keys("Enter");
  await pane.shows(/The same again:/);
  await pane.text(second);
  await pane.keys("Enter");
  return await pane.shows(/ended \d+/);
}

tmuxTest(
  "ftpd passwd asks twice and shows nothing of it",
  passwd("alice"),
  async (pane) => {
    const screen = await answer(pane, "hush-hush", "hush-hush");
    assertMatch(screen, /\[account\.alice\]\s+hash = "\$scrypt\$/);
    assertMatch(screen, /ended 0 icanon echo/);
    assert(!screen.includes("hush"), screen);
  },
  { env },
);

tmuxTest(
  "ftpd passwd makes nothing of two that differ",
  passwd("alice"),
  async (pane) => {
    const screen = await answer(pane, "hush-hush", "hush-hash");
    assertMatch(screen, /the two are not the same/);
    assertMatch(screen, /ended 1 icanon echo/);
    assert(!/hush|hash =/.test(screen), screen);
  },
  { env },
);

tmuxTest(
  "ftpd passwd leaves the terminal well after Ctrl-C",
  passwd("alice"),
  async (pane) => {
    await pane.shows(/New password of alice:/);
    await pane.text("hush");
    await pane.keys("C-c");
    const screen = await pane.shows(/ended \d+/);
    assertMatch(screen, /ended 1 icanon echo/);
    assert(!screen.includes("hush"), screen);
  },
  { env },
);

/**
 * `ftp` in a terminal that a test types on: a pane of tmux, driven in its
 * control mode, which tells when something on the screen has changed.
 *
 * @module
 */

import { fail } from "@std/assert";
import { join } from "node:path";
import { SOON, soon } from "../ftp/helpers.ts";
import { TmuxControl } from "./tmux_control.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DIST: string | undefined = Deno.env.get("WHARF_DIST") || undefined;

/** How `ftp` is started: the binary of `WHARF_DIST`, or the sources. */
const FTP: readonly string[] = DIST !== undefined
  ? [Deno.realPathSync(`${DIST}/ftp`)]
  : [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=ftp"],
    ...[`--config=${ROOT}deno.json`, `${ROOT}client/ftp.ts`],
  ];

/**
 * Runs a program, keeps its number in a file, and shows how it ended and what
 * it made of the terminal. Ctrl-C is for the program alone.
 */
const FRAME = `
trap : INT
sh -c 'echo $$ >"$0"; exec "$@"' "$@"
echo "[ended with $?]"
stty -a | tr ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo' | tr '\\n' ' '
read wait
`;

/** Where `ftp` runs. */
export interface PanePlace {
  /** Its folder. */
  readonly local: string;
  /** Its home folder. */
  readonly home: string;
}

/** `ftp` in a terminal of 80 × 24. */
export interface Pane {
  /** Types ASCII; `\r` is Enter, `\t` Tab, `\x03` Ctrl-C. */
  type(text: string): Promise<void>;
  /**
   * Waits until the screen, with what went out at its top and a line end in
   * front, is like that.
   */
  until(fits: (screen: string) => boolean, what: string): Promise<string>;
  /** Waits until a text is on the screen. */
  shows(text: string): Promise<string>;
  /** Waits until the last line is this one: a prompt. */
  asks(prompt: string): Promise<string>;
  /** Sends a signal to the program. */
  kill(signal: Deno.Signal): Promise<void>;
  /** Waits for the program's end: its exit code, the terminal's modes. */
  ended(): Promise<string>;
}

/** Runs `action` with an `ftp` that has a terminal of its own. */
export async function withFtp(
  args: readonly string[],
  place: PanePlace,
  action: (pane: Pane) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-pane-" });
  const pidFile = join(folder, "pid");
  const words = ["sh", "-c", FRAME, "sh", pidFile, ...FTP, ...args];
  const control = TmuxControl.start(words, {
    socket: join(folder, "socket"),
    cwd: place.local,
    env: environment(place),
  });
  try {
    await action(paneOf(control, pidFile));
  } finally {
    await control.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Ours, but for the home folder and for what belongs to our own terminal. */
function environment({ home }: PanePlace): Record<string, string> {
  const { TMUX: _, XDG_CONFIG_HOME: _c, XDG_STATE_HOME: _s, ...env } = Deno
    .env.toObject();
  const cache = env.DENO_DIR ?? join(env.HOME ?? "/", ".cache", "deno");
  return { ...env, HOME: home, DENO_DIR: cache, LC_ALL: "C.UTF-8" };
}

function paneOf(control: TmuxControl, pidFile: string): Pane {
  async function until(
    fits: (screen: string) => boolean,
    what: string,
  ): Promise<string> {
    let screen = "";
    async function watch(): Promise<string> {
      for (;;) {
        const seen = control.changes;
        screen = await control.screen();
        if (fits(screen)) return screen;
        await control.changed(seen);
      }
    }
    return await soon(watch(), what).catch(() =>
      fail(`${what} did not come within ${SOON / 1000} s:${screen}`)
    );
  }
  return {
    until,
    async type(text) {
      const keys = Array.from(text, (char) => char.charCodeAt(0).toString(16));
      await control.ask(`send-keys -H ${keys.join(" ")}`);
    },
    shows: (text) => until((screen) => screen.includes(text), `"${text}"`),
    asks: (prompt) =>
      until((screen) => screen.endsWith(`\n${prompt}`), `prompt "${prompt}"`),
    async kill(signal) {
      Deno.kill(Number(await Deno.readTextFile(pidFile)), signal);
    },
    async ended() {
      const end = /\[ended with (\d+)\]\n(.*echo)/;
      const screen = await until((screen) => end.test(screen), "the end");
      const [, code, modes] = end.exec(screen)!;
      return `${code} ${modes}`;
    },
  };
}

/**
 * What a process and all that it started occupy at a moment.
 *
 * @module
 */

/** One look. */
export interface Sample {
  /** Seconds since the beginning. */
  readonly at: number;
  /** Kilobytes: pages of memory, shared ones divided among their users. */
  readonly pss: number;
  /** Kilobytes: pages of memory, shared ones counted whole. */
  readonly rss: number;
  /** Open descriptors. */
  readonly descriptors: number;
  /** Threads. */
  readonly threads: number;
  /** Sessions, as the server counts them. */
  readonly sessions: number;
  /** Seconds of processor time that it has used. */
  readonly processor: number;
}

/** What the operating system tells. */
export type Look = Omit<Sample, "at" | "sessions">;

/**
 * Asks a shell, which may see /proc where this process may not. Of a process
 * and its children, each of which may be gone in the next moment.
 */
const SCRIPT = `
tree=$1
for parent in $1; do
  for task in /proc/$parent/task/*; do
    tree="$tree $(cat $task/children 2>/dev/null)"
  done
done
for pid in $tree; do
  echo "fds $(ls /proc/$pid/fd | wc -l)"
  echo "threads $(ls /proc/$pid/task | wc -l)"
  echo "stat $(sed 's/.*) //' /proc/$pid/stat)"
  cat /proc/$pid/smaps_rollup
done 2>/dev/null`;

/** Ticks in a second of processor time: the same on every Linux (USER_HZ). */
const TICKS = 100;

/** Looks at the process `pid` and its children. */
export async function look(pid: number): Promise<Look> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", String(pid)],
    stderr: "null",
  }).output();
  const seen = lookIn(new TextDecoder().decode(stdout));
  if (seen.threads === 0) throw new Error(`process ${pid} is gone`);
  return seen;
}

/** Sums up what the script printed. */
export function lookIn(text: string): Look {
  const sum = (form: RegExp) =>
    text.matchAll(form).reduce((sum, [, number]) => sum + Number(number), 0);
  const ticks = text.matchAll(/^stat (?:\S+ ){11}(\d+) (\d+)/gm)
    .reduce((sum, [, user, system]) => sum + Number(user) + Number(system), 0);
  return {
    pss: sum(/^Pss:\s+(\d+)/gm),
    rss: sum(/^Rss:\s+(\d+)/gm),
    descriptors: sum(/^fds (\d+)/gm),
    threads: sum(/^threads (\d+)/gm),
    processor: ticks / TICKS,
  };
}

/**
 * The machine under the benchmark: what it is, and whether it is at rest.
 *
 * @module
 */

import { join } from "node:path";
import { pause } from "./processes.ts";

/** One line about processor, memory, kernel and system. */
export async function machineLine(): Promise<string> {
  const cpu = (await Deno.readTextFile("/proc/cpuinfo"))
    .match(/^model name\s*:\s*(.*)$/m)?.[1] ?? Deno.build.arch;
  const system = (await Deno.readTextFile("/etc/os-release"))
    .match(/^PRETTY_NAME="?([^"\n]*)/m)?.[1] ?? Deno.build.os;
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const cores = `${navigator.hardwareConcurrency} × ${cpu}`;
  return `${cores}, ${memory} GiB, Linux ${Deno.osRelease()}, ${system}`;
}

/** Folders tried for the served files: memory first, then the disk. */
const PLACES = ["/dev/shm", Deno.env.get("TMPDIR") ?? "/tmp"];

/** Bytes that two files of 1 GiB and the small one need, with some to spare. */
const NEEDED = 2.5 * 2 ** 30;

/**
 * A new folder to be served, where there is room for it. As FTP servers that
 * change their root want it, anonymous users may write below `incoming/` only.
 *
 * @throws {Error} If no place has room.
 */
export async function makeFolder(wanted?: string): Promise<string> {
  for (const dir of wanted === undefined ? PLACES : [wanted]) {
    if (await freeBytes(dir) < NEEDED) continue;
    const folder = await Deno.makeTempDir({ dir, prefix: "ftp-bench-" });
    await Deno.mkdir(join(folder, "incoming"));
    await Deno.chmod(folder, 0o755);
    await Deno.chmod(join(folder, "incoming"), 0o777);
    return folder;
  }
  throw new Error("no room for 2.5 GiB: name a folder with --dir");
}

async function freeBytes(folder: string): Promise<number> {
  const args = ["--output=avail", "--block-size=1", folder];
  const { stdout } = await new Deno.Command("df", { args }).output();
  return Number(new TextDecoder().decode(stdout).split("\n")[1]);
}

/** The type of the file system that holds `folder`, such as `tmpfs`. */
export async function fileSystemOf(folder: string): Promise<string> {
  const args = ["--output=fstype", folder];
  const { stdout } = await new Deno.Command("df", { args }).output();
  return new TextDecoder().decode(stdout).split("\n")[1]?.trim() ?? "unknown";
}

/** Waits for other work to end, with a budget for the whole benchmark. */
export class Rest {
  /** Measurements that began while something else was running. */
  disturbed = 0;
  #budget: number;

  /** Waits at most `budget` milliseconds in all. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /**
   * Returns when the processors were at least 95 % idle for 100 ms, after 3
   * seconds, or when the budget is spent. vsftpd leaves the kernel work that
   * lasts longer than its sessions; the next server must not pay for it.
   */
  async wait(): Promise<void> {
    const start = performance.now();
    const most = Math.min(3_000, this.#budget);
    let quiet = await isQuiet();
    while (!quiet && performance.now() - start < most) quiet = await isQuiet();
    this.#budget -= performance.now() - start;
    if (!quiet) this.disturbed += 1;
  }
}

async function isQuiet(): Promise<boolean> {
  const before = await processorTime();
  await pause(100);
  const after = await processorTime();
  const all = after.all - before.all;
  return all > 0 && (after.idle - before.idle) / all >= 0.95;
}

/** Ticks of all processors since the start of the machine. */
async function processorTime(): Promise<{ all: number; idle: number }> {
  const stat = await Deno.readTextFile("/proc/stat");
  const ticks = (stat.split("\n")[0] ?? "").trim().split(/\s+/).slice(1, 9)
    .map(Number);
  const all = ticks.reduce((sum, ticks) => sum + ticks, 0);
  return { all, idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}

/**
 * The machine under the benchmark: what it is, and whether it is at rest.
 *
 * @module
 */

import { pause } from "./processes.ts";

/** A line about the day and one about the machine. */
export async function whenAndWhere(): Promise<string[]> {
  return [
    `Day: ${new Date().toISOString().slice(0, 10)}`,
    `Machine: ${await machineLine()}`,
  ];
}

/** One line about processor, memory, kernel and system. */
async function machineLine(): Promise<string> {
  const cpu = (await Deno.readTextFile("/proc/cpuinfo"))
    .match(/^model name\s*:\s*(.*)$/m)?.[1] ?? Deno.build.arch;
  const system = (await Deno.readTextFile("/etc/os-release"))
    .match(/^PRETTY_NAME="?([^"\n]*)/m)?.[1] ?? Deno.build.os;
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const cores = `${navigator.hardwareConcurrency} × ${cpu}`;
  return `${cores}, ${memory} GiB, Linux ${Deno.osRelease()}, ${system}`;
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

  /** A line about it. */
  get line(): string {
    return `${this.disturbed} of them began while the machine was busy with ` +
      "something else";
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

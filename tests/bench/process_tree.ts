/**
 * A process and everything it started: who they are, and what they use.
 *
 * @module
 */

import { join } from "node:path";

/** Ticks of `/proc/PID/stat` in a second: the same on every Linux (USER_HZ). */
const TICKS = 100;

/** Memory of a process tree, in bytes. */
export interface Memory {
  /** Shared pages divided among their users: what the tree costs. */
  pss: number;
  /** Shared pages counted in every process. */
  rss: number;
  /** How many processes there are. */
  processes: number;
}

/** The ids of `root` and of everything it started that still runs. */
export async function treeOf(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await textOf(join("/proc", name, "stat"));
    const parent = Number(fieldsOf(stat)[1]);
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...children.get(pid) ?? []);
  return tree;
}

/** What `root` and everything it started occupy now. */
export async function memoryOf(root: number): Promise<Memory> {
  const memory = { pss: 0, rss: 0, processes: 0 };
  for (const pid of await treeOf(root)) {
    const text = await textOf(`/proc/${pid}/smaps_rollup`);
    if (text === "") continue;
    memory.pss += 1024 * Number(text.match(/^Pss:\s+(\d+)/m)?.[1]);
    memory.rss += 1024 * Number(text.match(/^Rss:\s+(\d+)/m)?.[1]);
    memory.processes += 1;
  }
  return memory;
}

/**
 * Seconds of processor time that `root` and everything it started have used,
 * those included that have ended and that their parents know of.
 */
export async function processorSecondsOf(root: number): Promise<number> {
  const seconds = (await treeOf(root)).map(processorSecondsOfOne);
  return (await Promise.all(seconds)).reduce((sum, each) => sum + each, 0);
}

/**
 * The kernel tells whole ticks of each process with its ended threads, and
 * nanoseconds of the threads that are left: of hundreds of processes that have
 * worked for less than a tick each, only the latter tell anything.
 */
async function processorSecondsOfOne(pid: number): Promise<number> {
  const fields = fieldsOf(await textOf(`/proc/${pid}/stat`));
  const [own = 0, ofChildren = 0] = [11, 13].map((first) =>
    // utime, cutime
    (Number(fields[first]) + Number(fields[first + 1])) / TICKS
  );
  return Math.max(own || 0, await threadSecondsOf(pid)) + (ofChildren || 0);
}

async function threadSecondsOf(pid: number): Promise<number> {
  let seconds = 0;
  try {
    for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
      const text = await textOf(`/proc/${pid}/task/${name}/schedstat`);
      seconds += Number(text.split(" ")[0]) / 1e9;
    }
  } catch {
    // The process ended while its threads were being read.
  }
  return seconds;
}

/** The fields of a `stat` behind the name, which may hold anything. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // The process ended while the list was being read.
  }
}

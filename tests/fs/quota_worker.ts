/**
 * Fills a folder up to a quota that several workers share, by every way there
 * is, until it is told to stop; then says what it saw.
 *
 * @module
 */

import { writeAll } from "../../lib/bytes.ts";
import { type FileSystem, FsError } from "../../server/fs/file_system.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { quota } from "../../server/fs/quota.ts";
import { usageAt, UsageCounter } from "../../server/fs/usage.ts";
import { type Random, randomOf } from "../core/random.ts";

/** What a worker is told. */
export interface QuotaTask {
  /** The served folder. */
  root: string;
  /** Memory for the usage. */
  memory: SharedArrayBuffer;
  /** The most bytes. */
  bytes: number;
  /** The most files. */
  files: number;
  /** Where its random choices begin. */
  seed: number;
  /** How many things it does. */
  deeds: number;
}

/** What it says at the end. */
export interface QuotaReport {
  /** How often the quota refused. */
  refused: number;
  /** What should not have happened. */
  problem: string | null;
}

declare const self: {
  onmessage: (event: MessageEvent<QuotaTask>) => void;
  postMessage(report: QuotaReport): void;
};

const NAMES = ["/a", "/b", "/c", "/d", "/e", "/s/a", "/s/b"];

async function upload(fs: FileSystem, random: Random): Promise<void> {
  const mode = random.pick(["replace", "new", "append"] as const);
  const sink = await fs.write(random.pick(NAMES), { mode });
  try {
    for (let chunks = random.below(4); chunks > 0; chunks--) {
      await writeAll(sink, new Uint8Array(1 + random.below(3000)));
    }
    if (random.below(5) === 0) await sink.abort();
    await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function change(fs: FileSystem, random: Random): Promise<void> {
  switch (random.below(5)) {
    case 0:
      return await fs.remove(random.pick(NAMES));
    case 1:
      return await fs.rename(random.pick(NAMES), random.pick(NAMES));
    case 2:
      return await fs.makeDirectory("/s");
    case 3:
      return await fs.removeDirectory("/s");
    default:
      return await upload(fs, random);
  }
}

async function session(fs: FileSystem, task: QuotaTask, at: number) {
  const random = randomOf(task.seed * 100 + at);
  let refused = 0;
  for (let deed = 0; deed < task.deeds; deed++) {
    try {
      await change(fs, random);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.kind === "over-quota") refused++;
    }
  }
  return refused;
}

async function work(task: QuotaTask): Promise<QuotaReport> {
  const counter = new UsageCounter(usageAt(task.memory, 0));
  const { bytes, files } = task;
  const fs = quota(localFileSystem(task.root), { bytes, files }, { counter });
  const refused = await Promise.all(
    [0, 1, 2, 3].map((at) => session(fs, task, at)),
  );
  const { amount } = counter;
  const problem = amount.bytes > bytes || amount.files > files
    ? `too much: ${JSON.stringify(amount)}`
    : null;
  return { refused: refused.reduce((sum, n) => sum + n, 0), problem };
}

self.onmessage = ({ data }) =>
  work(data).then(
    (report) => self.postMessage(report),
    (error) => self.postMessage({ refused: 0, problem: String(error.stack) }),
  );

/**
 * Mirrors of a scripted server's folders into local files in memory.
 *
 * @module
 */

import {
  mirror,
  type MirrorOptions,
  type MirrorResult,
  planMirror,
} from "../../client/ftp/mirror/mod.ts";
import type { LocalEntry, LocalFile } from "../../client/ftp/local_files.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import { Disk } from "./client_harness.ts";
import type { Answers, Peer } from "./client_peer.ts";
import { playPool, type PoolStage } from "./client_pool_harness.ts";

/** Where mirrors go on the disk. */
export const TARGET = "/t";

/** Local files in memory, with links. */
export class LinkedDisk extends Disk {
  /** Links by path. */
  readonly links: Set<string> = new Set();

  /** Has an empty folder for the target. */
  constructor() {
    super();
    this.folders.add(TARGET);
  }

  override stat(path: string): Promise<LocalFile | null> {
    if (!this.links.has(path)) return super.stat(path);
    return Promise.resolve({ type: "link", size: 0, modified: null });
  }

  override async *list(path: string): AsyncGenerator<LocalEntry> {
    if (!this.folders.has(path)) throw new Error("no such folder");
    yield* super.list(path);
    for (const link of this.links) {
      const name = link.slice(path.length + 1);
      if (!link.startsWith(`${path}/`) || name.includes("/")) continue;
      yield { name, ...(await this.stat(link))! };
    }
  }

  override remove(path: string): Promise<void> {
    this.links.delete(path);
    return super.remove(path);
  }

  /** Everything below the target, with contents. */
  get tree(): Record<string, string | null> {
    const tree: Record<string, string | null> = {};
    const short = (path: string) => path.slice(TARGET.length + 1);
    for (const path of this.folders) {
      if (path !== TARGET) tree[short(path)] = null;
    }
    for (const [path, text] of this.files) tree[short(path)] = text;
    return tree;
  }
}

/** A server that has some folders and files. */
export interface Served {
  /** Lines of the listing of each folder. */
  folders: Record<string, string[]> | ((path: string) => string[] | undefined);
  /** Contents of files. */
  files?: Record<string, string>;
  /** What MDTM says, as in `20240102030405`. */
  times?: Record<string, string>;
  /** Whether it has LIST only. */
  plain?: boolean;
}

const MACHINE =
  "211-Features:\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n MLST Type*;Size*;Modify*;\r\n211 End";
const PLAIN = "211-Features:\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 End";

/** What a server answers. */
export function answersOf(served: Served): Answers {
  const { files = {}, times = {}, plain = false } = served;
  const { folders } = served;
  const lookup = typeof folders === "function"
    ? folders
    : (path: string) => folders[path];
  let offset = 0;
  const told = (value: string | undefined) =>
    value === undefined ? "550 No such file" : `213 ${value}`;
  return {
    FEAT: plain ? PLAIN : MACHINE,
    OPTS: "200 OK",
    CWD: (path) =>
      path === "/" || lookup(path) ? "250 OK" : "550 No such folder",
    MLST: (path) =>
      lookup(path) ? `250-\r\n type=dir; ${path}\r\n250 End` : "550 None",
    MLSD: (path, peer) => {
      const lines = lookup(path);
      if (lines === undefined) return "550 No such folder";
      return sent(peer, lines.map((line) => `${line}\r\n`).join(""));
    },
    LIST: (argument, peer) => {
      const lines = lookup(argument.replace(/^-a ?/, "")) ?? [];
      return sent(peer, lines.map((line) => `${line}\r\n`).join(""));
    },
    SIZE: (path) =>
      told(files[path] === undefined ? undefined : `${files[path].length}`),
    MDTM: (path) => told(times[path]),
    REST: (argument) => {
      offset = Number(argument);
      return "350 OK";
    },
    RETR: (path, peer) => {
      const text = files[path];
      if (text === undefined) return "550 No such file";
      const rest = textOf(bytesOf(text).slice(offset));
      offset = 0;
      return sent(peer, rest);
    },
  };
}

function sent(peer: Peer, text: string): string {
  peer.sends(text);
  return "";
}

/** What a test of a mirror has. */
export interface MirrorStage extends PoolStage {
  /** The local files. */
  disk: LinkedDisk;
  /** Steps of a plan to mirror `/s` to {@linkcode TARGET}: `add a (why)`. */
  plan(options?: MirrorOptions): Promise<string[]>;
  /** Mirrors `/s` to {@linkcode TARGET}. */
  run(options?: MirrorOptions): Promise<MirrorResult>;
}

/** Runs `action` with a server that has `/s`, and answers some things otherwise. */
export async function playMirror(
  served: Served,
  action: (stage: MirrorStage) => Promise<void>,
  answers: Answers = {},
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const disk = new LinkedDisk();
  await playPool({ ...answersOf(served), ...answers }, async (stage) => {
    const { pool, clock } = stage;
    const source = { pool, path: "/s" };
    const usual = { names: "posix", clock } as const;
    await action({
      ...stage,
      disk,
      plan: async (options) => {
        const how = { ...usual, ...options };
        const { steps } = await planMirror(source, TARGET, how);
        return steps.map(({ action, path, reason }) =>
          `${action} ${path} (${reason})`
        );
      },
      run: (options) => mirror(source, TARGET, { ...usual, ...options }),
    });
  }, { files: disk, connections: 1, ...options });
}

/** A line of MLSD for a file. */
export function fileLine(
  name: string,
  size: number,
  modify = "20240102030405",
): string {
  return `type=file;size=${size};modify=${modify}; ${name}`;
}

/** A line of MLSD for a folder. */
export function folderLine(name: string): string {
  return `type=dir;modify=20240102030405; ${name}`;
}

/** The time of {@linkcode fileLine}. */
export const TIME: Date = new Date("2024-01-02T03:04:05Z");

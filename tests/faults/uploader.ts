/**
 * A client that uploads without end, and knows what must be there whenever the
 * server dies.
 *
 * @module
 */

import type { Random } from "../core/random.ts";
import { type Ftpd, RawControl } from "../ftp/helpers.ts";
import { contentOf, equal } from "./contents.ts";

/** Bytes that are sent at a time. */
const PIECE = 16 << 10;
/** How files are uploaded. */
const KINDS = ["replace", "new", "STOU", "grow"] as const;
/** Longest upload, in bytes. */
const LONGEST = 300_000;

/** What a file may contain. */
interface File {
  /** Seed and length of what a 226 was heard for; nothing before. */
  stored: Version | null;
  /** What was being stored when the server died. */
  begun: Version | null;
}

interface Version {
  readonly seed: number;
  readonly size: number;
}

/** Counts of what has been found. */
export interface Findings {
  /** Uploads that were complete before a kill. */
  complete: number;
  /** Uploads that a kill has cut off. */
  cut: number;
  /** Of those, how many were complete for all that: their 226 was lost. */
  unheard: number;
  /** Files in which a kill left the beginning, and which were gone on with. */
  resumed: number;
}

/** One client, whose files have names of their own. */
export class Uploader {
  readonly #name: string;
  readonly #random: Random;
  readonly #findings: Findings;
  /** Files that are replaced, or new, as a whole. */
  readonly #files: Map<string, File> = new Map();
  /** Names that the server chose are known only when it told them. */
  #unnamed: Version[] = [];
  /** A file that grows in place. */
  readonly #grows: { name: string; stored: number; wanted: number };
  /** Of what grows. */
  readonly #own: number;
  /** Of the next file. */
  #seed: number;

  constructor(number: number, random: Random, findings: Findings) {
    this.#name = `client${number}`;
    this.#random = random;
    this.#findings = findings;
    this.#own = number + 1;
    this.#seed = (number + 1) * 1_000_003;
    this.#grows = { name: `${this.#name}-grows`, stored: 0, wanted: 0 };
  }

  /** Uploads until the server dies, or it is over; `onEvent` counts steps. */
  async run(
    ftpd: Ftpd,
    onEvent: () => void,
    isOver: () => boolean = () => false,
  ): Promise<void> {
    using control = await reach(ftpd, isOver);
    await control.expect(220);
    await control.login();
    await this.#resume(control, onEvent);
    while (!isOver()) {
      const what = this.#random.pick(KINDS);
      if (what === "grow") await this.#grow(control, onEvent);
      else if (what === "STOU") await this.#unique(control, onEvent);
      else await this.#whole(control, what, onEvent);
    }
  }

  /** Goes on with what is not whole, and stays. */
  async resume(ftpd: Ftpd): Promise<void> {
    using control = await reach(ftpd, () => false);
    await control.expect(220);
    await control.login();
    await this.#resume(control, () => {});
  }

  async #whole(
    control: RawControl,
    what: "replace" | "new",
    onEvent: () => void,
  ): Promise<void> {
    const name = what === "replace"
      ? `${this.#name}-replaced`
      : `${this.#name}-${this.#files.size}`;
    const file = this.#files.get(name) ?? { stored: null, begun: null };
    this.#files.set(name, file);
    const version = file.begun = this.#version();
    await send(control, `STOR ${name}`, contentOfVersion(version), onEvent);
    file.stored = version;
    file.begun = null;
    this.#findings.complete++;
    onEvent();
  }

  async #unique(control: RawControl, onEvent: () => void): Promise<void> {
    const version = this.#version();
    this.#unnamed.push(version);
    const content = contentOfVersion(version);
    const told = await send(control, `STOU ${this.#name}`, content, onEvent);
    const name = /FILE: (\S+)/.exec(told)![1]!;
    this.#files.set(name, { stored: version, begun: null });
    this.#unnamed = this.#unnamed.filter((one) => one !== version);
    this.#findings.complete++;
    onEvent();
  }

  async #grow(control: RawControl, onEvent: () => void): Promise<void> {
    const grows = this.#grows;
    grows.wanted = grows.stored + 1 + this.#random.below(LONGEST);
    const more = contentOf(this.#own, grows.wanted, grows.stored);
    await send(control, `APPE ${grows.name}`, more, onEvent);
    grows.stored = grows.wanted;
    this.#findings.complete++;
    onEvent();
  }

  /** By REST or by APPE, as clients do: both begin where the file ends. */
  async #resume(control: RawControl, onEvent: () => void): Promise<void> {
    const grows = this.#grows;
    if (grows.stored === grows.wanted) return;
    const size = Number((await control.say(`SIZE ${grows.name}`)).slice(4));
    const there = Number.isNaN(size) ? 0 : size;
    const rest = contentOf(this.#own, grows.wanted, there);
    const byRest = there > 0 && this.#random.below(2) === 0;
    if (byRest) await control.say(`REST ${there}`, 350);
    const verb = byRest ? "STOR" : "APPE";
    await send(control, `${verb} ${grows.name}`, rest, onEvent);
    grows.stored = grows.wanted;
    this.#findings.resumed++;
  }

  #version(): Version {
    return { seed: this.#seed++, size: this.#random.below(LONGEST) };
  }

  /** Looks at what a dead server has left; what is wrong with it. */
  async inspect(folder: string): Promise<string[]> {
    const wrong: string[] = [];
    for (const [name, file] of this.#files) {
      const content = await readOrNull(`${folder}/${name}`);
      if (file.begun !== null) this.#findings.cut++;
      if (isVersion(content, file.stored)) {
        if (content === null) this.#files.delete(name);
      } else if (file.begun !== null && isVersion(content, file.begun)) {
        this.#findings.unheard++;
        file.stored = file.begun;
      } else {
        wrong.push(`${name} has ${content?.length ?? "no"} bytes`);
      }
      file.begun = null;
    }
    wrong.push(...await this.#inspectUnnamed(folder));
    wrong.push(...await this.#inspectGrown(folder));
    return wrong;
  }

  /** Files whose names nobody has heard are whole, or they are not there. */
  async #inspectUnnamed(folder: string): Promise<string[]> {
    const wrong: string[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      const isUnknown = name.startsWith(`${this.#name}.`) &&
        !this.#files.has(name);
      if (!isUnknown) continue;
      const content = await readOrNull(`${folder}/${name}`);
      const stored = this.#unnamed.find((one) => isVersion(content, one));
      if (stored === undefined) wrong.push(`${name} is nothing that was sent`);
      else this.#files.set(name, { stored, begun: null });
      this.#findings.unheard++;
    }
    this.#findings.cut += this.#unnamed.length;
    this.#unnamed = [];
    return wrong;
  }

  /** What grows in place is a beginning, and no shorter than was told. */
  async #inspectGrown(folder: string): Promise<string[]> {
    const { name, stored, wanted } = this.#grows;
    if (wanted > stored) this.#findings.cut++;
    const content = await readOrNull(`${folder}/${name}`);
    const size = content?.length ?? 0;
    const isRight = size >= stored && size <= wanted &&
      (content === null || equal(content, contentOf(this.#own, size)));
    return isRight ? [] : [`${name} has ${size} bytes of ${stored}-${wanted}`];
  }
}

/**
 * A control connection whose greeting may never come. Where the only worker has
 * died, nobody listens until another one takes its place.
 */
async function reach(
  { ports, status }: Ftpd,
  isOver: () => boolean,
): Promise<RawControl> {
  let hasEnded = false;
  status.then(() => hasEnded = true);
  const at = { hostname: "127.0.0.1", port: ports[0]!, greeting: false };
  for (;;) {
    try {
      return await RawControl.open(at);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      if (hasEnded || isOver()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function contentOfVersion({ seed, size }: Version) {
  return contentOf(seed, size);
}

function isVersion(
  content: Uint8Array<ArrayBuffer> | null,
  version: Version | null,
): boolean {
  if (content === null || version === null) return content === version;
  return equal(content, contentOfVersion(version));
}

/** Sends a file in pieces; the reply in front. Throws unless it is stored. */
async function send(
  control: RawControl,
  command: string,
  content: Uint8Array<ArrayBuffer>,
  onEvent: () => void,
): Promise<string> {
  using data = await control.passive();
  const told = await control.say(command, 150);
  for (let at = 0; at < content.length;) {
    at += await data.write(content.subarray(at, at + PIECE));
    onEvent();
  }
  data.close();
  onEvent();
  await control.expect(226);
  return told;
}

async function readOrNull(
  path: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

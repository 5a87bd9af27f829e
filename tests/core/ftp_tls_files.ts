/**
 * Certificates that are nothing but their words, in files that are nothing but
 * memory.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";
import type { Examine } from "../../server/ftp/tls/certificates.ts";
import type { PrivateFiles } from "../../server/ftp/tls/self_signed.ts";
import type { FileSight } from "../../server/warden/private_files.ts";

/** The day of all these tests. */
export const NOW: number = Date.UTC(2026, 10, 21);
/** A day in milliseconds. */
export const DAY = 86_400_000;

/** A certificate for `name`, until `days` after {@linkcode NOW}. */
export function certOf(name: string, days = 365): string {
  return block("CERTIFICATE", `${name} ${NOW - 30 * DAY} ${NOW + days * DAY}`);
}

/** The key that belongs to {@linkcode certOf}. */
export function keyOf(name: string, kind = ""): string {
  return block(`${kind}PRIVATE KEY`, name);
}

function block(what: string, text: string): string {
  return `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;
}

/** Judges certificates of {@linkcode certOf}. */
export const examine: Examine = ({ cert, key }, { clientCa }) => {
  const [, name, from, until] =
    /^-----BEGIN CERTIFICATE-----\n(\S+) (\S+) (\S+)\n/.exec(cert) ?? [];
  const [, owner] = /PRIVATE KEY-----\n(\S+)\n-----END [^\n]*\n$/.exec(key) ??
    [];
  if (name === undefined) throw new Error("there is no certificate");
  if (owner !== name) throw new Error("the key is another one's");
  if (clientCa === certOf("bad")) throw new Error("the authorities are bad");
  return {
    names: name.split(","),
    from: Number(from),
    until: Number(until),
    fingerprint: `${name}-${until}`,
  };
};

/** A file in memory. */
interface MemoryFile {
  text: string;
  mode: number | null;
  version: number;
}

/** Files in memory; `links` says where paths really lead. */
export class MemoryFiles implements PrivateFiles {
  /** What is there, by path. */
  readonly files: Map<string, MemoryFile> = new Map();
  /** Where a path leads, if not to itself. */
  readonly links: Map<string, string> = new Map();
  /** How often each path was read. */
  readonly reads: string[] = [];
  #version = 0;

  /** Begins with these texts. */
  constructor(texts: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(texts)) this.put(path, text);
  }

  /** Writes a file. */
  put(path: string, text: string, mode: number | null = 0o600): void {
    this.files.set(path, { text, mode, version: ++this.#version });
  }

  /** Its text. */
  read(path: string): Promise<string> {
    this.reads.push(path);
    const file = this.files.get(path);
    if (file) return Promise.resolve(file.text);
    return Promise.reject(
      new ToolError(`cannot read ${path}: there is no such file`),
    );
  }

  /** Its version. */
  look(path: string): Promise<FileSight | null> {
    const file = this.files.get(path);
    const { version, mode } = file ?? {};
    const sight = { state: `${version}`, mode: mode ?? null };
    return Promise.resolve(file ? sight : null);
  }

  /** The one that is named, wherever it leads. */
  folder(path: string): Promise<string | null> {
    return this.real(path.replace(/\/[^/]*$/, ""));
  }

  /** Where it leads. */
  real(path: string): Promise<string> {
    return Promise.resolve(this.links.get(path) ?? path);
  }

  /** As the warden does it. */
  writePrivate(
    path: string,
    text: string,
    how: "new" | "replace",
  ): Promise<boolean> {
    if (how === "new" && this.files.has(path)) return Promise.resolve(false);
    this.put(path, text);
    return Promise.resolve(true);
  }
}

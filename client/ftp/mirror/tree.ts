/**
 * A side of a mirror, one folder at a time, with names that can be trusted.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { MirrorEntry } from "./step.ts";

/** An entry that nothing may be done with. */
export interface RefusedEntry {
  /** What the listing says. */
  readonly entry: MirrorEntry;
  /** Why, in a few words. */
  readonly reason: string;
}

/** What is in a folder. */
export interface Listing {
  /** What can be used: every name is there once. */
  readonly entries: readonly MirrorEntry[];
  /** What cannot. */
  readonly refused: readonly RefusedEntry[];
  /** Whether every line could be read: else there is more than is known. */
  readonly complete: boolean;
}

/** A side of a mirror. Paths are those of steps: "" is the side itself. */
export interface Tree {
  /** What the path is called on its side. */
  at(path: string): string;
  /**
   * What is in a folder.
   *
   * @throws {EndlessTreeError} when there is more than allowed.
   */
  list(path: string): Promise<Listing>;
  /**
   * Makes sure that the side is there, for a source.
   *
   * @throws {LocalError | FtpError} when it is not.
   */
  check(): Promise<void>;
  /** Whether the side itself is there. */
  exists(): Promise<boolean>;
  /** Whether a folder that was listed without entries has none indeed. */
  isEmpty(path: string): Promise<boolean>;
  /** What a link leads to; `null` when it leads nowhere. */
  follow(entry: MirrorEntry, path: string): Promise<MirrorEntry | null>;
}

/** A side has more entries than allowed: nothing is done at all. */
export class EndlessTreeError extends ProtocolError {
  /** Says where and how many. */
  constructor(where: string, most: number) {
    super(
      `${where} has more than ${most} entries; allow more, or mirror a part`,
    );
    this.name = "EndlessTreeError";
  }
}

/** Counts the entries of a side, and ends what has no end. */
export class EntryCount {
  readonly #where: string;
  readonly #most: number;
  #left: number;

  /** At most `most` entries; `where` is for the message. */
  constructor(where: string, most: number) {
    this.#where = where;
    this.#most = most;
    this.#left = most;
  }

  /**
   * One more.
   *
   * @throws {EndlessTreeError} when that is one too many.
   */
  take(): void {
    if (--this.#left < 0) throw new EndlessTreeError(this.#where, this.#most);
  }
}

/** Rules for the names of a side. */
export interface ListingRules {
  /** Why a name may not be used; `null` when it may. */
  readonly problem: (name: string) => string | null;
  /** Equal for names that are one name where they are to be written. */
  readonly key: (name: string) => string;
}

/**
 * Collects the entries of one folder. Of two with one name the first counts:
 * whoever lists a link and a folder of the same name is up to something.
 */
export class ListingBuilder {
  readonly #rules: ListingRules;
  readonly #entries: MirrorEntry[] = [];
  readonly #refused: RefusedEntry[] = [];
  readonly #names: Map<string, string> = new Map();
  #complete = true;

  /** Starts with nothing. */
  constructor(rules: ListingRules) {
    this.#rules = rules;
  }

  /** An entry of the folder. */
  add(entry: MirrorEntry): void {
    const problem = this.#rules.problem(entry.name);
    if (problem !== null) return this.refuse(entry, problem);
    const key = this.#rules.key(entry.name);
    const first = this.#names.get(key);
    if (first !== undefined) {
      const reason = first === entry.name
        ? "listed twice"
        : `differs only by case from ${first}`;
      this.#refused.push({ entry, reason });
      return;
    }
    this.#names.set(key, entry.name);
    this.#entries.push(entry);
  }

  /** Something in the folder that nobody can name. */
  refuse(entry: MirrorEntry, reason: string): void {
    this.#complete = false;
    this.#refused.push({ entry, reason });
  }

  /** What was collected. */
  finish(): Listing {
    return {
      entries: this.#entries,
      refused: this.#refused,
      complete: this.#complete,
    };
  }
}

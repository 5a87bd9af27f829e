/**
 * The lines that were typed before.
 *
 * @module
 */

/** Where lines are kept between runs: a file, mostly. */
export interface HistoryStore {
  /** All lines of it, oldest first, or `""` when there are none yet. */
  read(): Promise<string>;
  /** Replaces all of it. */
  write(text: string): Promise<void>;
}

/** Options for {@linkcode createHistory}. */
export interface HistoryOptions {
  /** How many lines are kept, the youngest ones. @default {1000} */
  limit?: number;
  /**
   * Whether a line may be kept; those with passwords should not be. Lines that
   * are empty or begin with a space never are.
   *
   * @default every line may
   */
  keep?: (line: string) => boolean;
  /** Where lines are kept between runs. @default nowhere */
  store?: HistoryStore;
}

/** Lines, oldest first. */
export interface History {
  /** The lines, oldest first. */
  readonly lines: readonly string[];
  /** Adds a line, unless it may not be kept or is the same as the last one. */
  add(line: string): void;
  /** Forgets all lines; the next `save` leaves none in the store either. */
  clear(): void;
  /** Reads the store. Throws what the store throws. */
  load(): Promise<void>;
  /**
   * Writes to the store what it has and what was added since, so that two
   * programs with one store lose nothing. Throws what the store throws.
   */
  save(): Promise<void>;
}

/** The longest line that is read from a store, in UTF-16 code units. */
const LONGEST_LINE = 16_384;

/**
 * A history with nothing in it.
 *
 * @example
 * ```ts
 * import { createHistory } from "./history.ts";
 * const history = createHistory({ keep: (line) => !line.startsWith("user ") });
 * for (const line of ["ls", "ls", "user me secret", " pwd"]) history.add(line);
 * console.assert(history.lines.join() === "ls");
 * ```
 */
export function createHistory(
  { limit = 1000, keep = () => true, store }: HistoryOptions = {},
): History {
  let lines: string[] = [];
  let fresh: string[] = []; // Not in the store yet.
  let cleared = false;

  function allowed(line: string): boolean {
    return /^[^\s]/.test(line) && !/[\r\n]/.test(line) && keep(line);
  }

  async function stored(): Promise<string[]> {
    const text = await store?.read() ?? "";
    return text.split(/\r?\n/)
      .filter((line) => line.length <= LONGEST_LINE && allowed(line));
  }

  /** The youngest of `all`, as many as are kept. */
  function youngest(all: readonly string[]): string[] {
    return all.slice(Math.max(0, all.length - limit));
  }

  async function save(to: HistoryStore): Promise<void> {
    const [added, afresh] = [fresh, cleared];
    [fresh, cleared] = [[], false];
    try {
      const all = youngest([...afresh ? [] : await stored(), ...added]);
      await to.write(all.map((line) => `${line}\n`).join(""));
    } catch (error) {
      [fresh, cleared] = [youngest([...added, ...fresh]), afresh || cleared];
      throw error;
    }
  }

  return {
    get lines() {
      return lines;
    },
    add(line) {
      if (!allowed(line) || line === lines.at(-1)) return;
      lines = youngest([...lines, line]);
      fresh = youngest([...fresh, line]);
    },
    clear() {
      [lines, fresh, cleared] = [[], [], true];
    },
    async load() {
      lines = youngest([...await stored(), ...fresh]);
    },
    async save() {
      if (store && (fresh.length > 0 || cleared)) await save(store);
    },
  };
}

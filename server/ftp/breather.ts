/**
 * Pauses of all transfers at once, so that commands get their turn.
 *
 * As long as any transfer of a thread can go on, the runtime goes on with it;
 * what else has arrived is looked at once in hundreds of megabytes only. It
 * looks at once when nothing can go on, and that takes all of them together.
 *
 * @module
 */

/** Tells the transfers of a thread when to pause. */
export interface Breather {
  /** Transfers that have begun and not ended. */
  readonly running: number;
  /** A transfer begins. */
  begin(): void;
  /** It has moved so many bytes: what to await before it moves more, if anything. */
  moved(bytes: number): Promise<void> | null;
  /** It ends. */
  end(): void;
}

/** Options for {@linkcode breather}. */
export interface BreatherOptions {
  /** Bytes that all transfers together move between two pauses. @default {16 MiB} */
  readonly every?: number;
  /** A pause. @default a timer's shortest: about a millisecond */
  readonly pause?: () => Promise<void>;
}

/**
 * A breather for the transfers of one thread. A single one needs none: it waits
 * for its client often enough.
 *
 * @example
 * ```ts
 * import { breather } from "./breather.ts";
 * const lungs = breather({ every: 100 });
 * lungs.begin();
 * lungs.begin();
 * console.assert(lungs.moved(60) === null);
 * await lungs.moved(60);
 * console.assert(lungs.moved(60) === null);
 * ```
 */
export function breather(
  { every = 16 << 20, pause = shortest }: BreatherOptions = {},
): Breather {
  let running = 0;
  let sum = 0;
  let breath: Promise<void> | null = null;
  const goOn = () => {
    breath = null;
    sum = 0;
  };
  return {
    get running() {
      return running;
    },
    begin: () => void running++,
    end: () => void running--,
    moved(bytes) {
      sum += bytes;
      if (running > 1 && sum >= every) breath ??= pause().then(goOn);
      return breath;
    },
  };
}

function shortest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

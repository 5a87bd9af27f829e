/**
 * Faults in the answers of streams: they come late, with wrong bits.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../../lib/bytes.ts";
import type {
  ServiceConn,
  StreamContext,
  StreamService,
} from "../../../lib/net/service.ts";
import { pause } from "../../../lib/net/wait.ts";
import type { FaultSettings } from "../faults.ts";
import { blockBit, fateOf, WRONG_BLOCK } from "./fate.ts";

/** Bytes that wait on a connection at most; then writing waits, too. */
const MAX_WAITING = 262_144;
/** What a piece that waits costs besides its bytes, roughly. */
const PIECE_COST = 256;

/** `stream`, but its answers suffer. */
export function faultyStream(
  stream: StreamService,
  settings: FaultSettings,
): StreamService {
  return async (conn, context) => {
    const faulty = new FaultyConn(conn, context, settings);
    try {
      await stream(faulty, context);
      await faulty.flush();
    } finally {
      faulty.hurry();
    }
  };
}

/** A connection that writes late and wrong. */
class FaultyConn implements ServiceConn {
  readonly #conn: ServiceConn;
  readonly #settings: FaultSettings;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  /** Pieces on their way, the oldest first; some may have left. */
  readonly #pieces: { cost: number; gone: Promise<void> }[] = [];
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | null = null;
  #writes = 0;
  #offset = 0;

  constructor(
    conn: ServiceConn,
    { signal }: StreamContext,
    settings: FaultSettings,
  ) {
    this.#conn = conn;
    this.#settings = settings;
    this.#signal = AbortSignal.any([signal, this.#ended.signal]);
  }

  read(buffer: Bytes): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  /** Takes what fits, and writes it later; an error is thrown by the next call. */
  async write(bytes: Bytes): Promise<number> {
    const { delay, jitter } = this.#settings.faults;
    const piece = bytes.slice(0, MAX_WAITING);
    this.#corrupt(piece);
    if (delay + jitter === 0) await writeAll(this.#conn, piece);
    else await this.#writeLate(piece);
    return piece.length;
  }

  async closeWrite(): Promise<void> {
    await this.flush();
    await this.#conn.closeWrite();
  }

  /** Resolves when everything is written. */
  flush(): Promise<void> {
    return this.#last;
  }

  /** Nothing waits any longer. */
  hurry(): void {
    this.#ended.abort();
  }

  async #writeLate(piece: Bytes): Promise<void> {
    const { faults, counts, clock } = this.#settings;
    while (this.#waiting > MAX_WAITING) await this.#makeRoom();
    if (this.#failure) throw this.#failure.error;
    counts.delayed++;
    const due = clock.now() + fateOf(faults, this.#writes++).wait;
    const cost = piece.length + PIECE_COST;
    const gone = this.#send(piece, due, this.#last);
    gone.catch((error) => this.#failure ??= { error });
    this.#waiting += cost;
    this.#pieces.push({ cost, gone });
    this.#last = gone;
  }

  async #send(piece: Bytes, due: number, before: Promise<void>): Promise<void> {
    const { clock } = this.#settings;
    await before;
    const left = due - clock.now();
    if (left > 0) await pause(left, { signal: this.#signal, clock });
    await writeAll(this.#conn, piece);
  }

  async #makeRoom(): Promise<void> {
    const oldest = this.#pieces.shift();
    await oldest?.gone;
    this.#waiting -= oldest?.cost ?? 0;
  }

  /** Flips the bits whose turn it is, however the stream comes in pieces. */
  #corrupt(piece: Bytes): void {
    const { faults, counts } = this.#settings;
    const begin = this.#offset;
    this.#offset += piece.length;
    if (faults.corrupt === 0) return;
    let block = Math.floor(begin / WRONG_BLOCK);
    for (; block * WRONG_BLOCK < this.#offset; block++) {
      const bit = blockBit(faults, block);
      if (!bit || bit.at < begin || bit.at >= this.#offset) continue;
      piece[bit.at - begin]! ^= bit.mask;
      counts.corrupted++;
    }
  }
}

/**
 * A pool of ours with servers that a test plays, one per control connection.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FtpPool } from "../../client/ftp/pool.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import type { ClientNetwork } from "../../lib/net/client_network.ts";
import { Disk } from "./client_harness.ts";
import { type Answers, Peer, SERVER } from "./client_peer.ts";

const FIRST_PORT = 40_000;

/** Servers in memory: each new control connection has one of its own. */
export class Crowd {
  /** Every server that was ever spoken to, oldest first. */
  readonly peers: Peer[] = [];
  /** Greets one more connection than these `open` ones, or throws. */
  greet: (open: number) => string = () => "220 Ready";
  /** Answers of all later connections, before their own. */
  others: Answers = {};
  /** The way to these servers. */
  readonly network: ClientNetwork;
  readonly #answers: (n: number, crowd: Crowd) => Answers;

  /** Server number `n` answers so. */
  constructor(answers: (n: number, crowd: Crowd) => Answers) {
    this.#answers = answers;
    this.network = {
      connect: async (to, signal) => {
        const peer = to.port === SERVER.port
          ? this.#newPeer()
          : this.peers[to.port - FIRST_PORT]!;
        return await peer.network.connect(to, signal);
      },
      listen: () => {
        throw new Error("no active mode here");
      },
    };
  }

  /** Commands of all connections that start so. */
  said(start: string): string[] {
    return this.peers.flatMap(({ commands }) =>
      commands.filter((command) => command.startsWith(start))
    );
  }

  /** Connections that are open. */
  get open(): Peer[] {
    return this.peers.filter(({ controls }) =>
      controls.some(({ isClosed }) => !isClosed)
    );
  }

  #newPeer(): Peer {
    const n = this.peers.length;
    const EPSV = `229 Extended (|||${FIRST_PORT + n}|)`;
    const peer = new Peer({ EPSV, ...this.#answers(n, this), ...this.others });
    peer.greeting = this.greet(this.open.length);
    this.peers.push(peer);
    return peer;
  }
}

/** What a test of a pool has. */
export interface PoolStage {
  /** The servers. */
  crowd: Crowd;
  /** The pool; its first connection is made. */
  pool: FtpPool;
  /** The pool's clock; stands still. */
  clock: ManualClock;
  /** The pool's local files. */
  disk: Disk;
}

/** Runs `action`; afterwards no connection and no timer may be left. */
export async function playPool(
  answers: Answers | ((n: number, crowd: Crowd) => Answers),
  action: (stage: PoolStage) => Promise<void>,
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const crowd = new Crowd(
    typeof answers === "function" ? answers : () => answers,
  );
  const clock = manualClock();
  const disk = new Disk();
  const pool = await FtpPool.connect({
    ...SERVER,
    network: crowd.network,
    clock,
    files: disk,
    ...options,
  });
  try {
    await action({ crowd, pool, clock, disk });
  } finally {
    await pool.close();
  }
  assertEquals(clock.sleeping, 0, "timers left");
  assertEquals(crowd.open.length, 0, "connections left open");
  assert(
    crowd.peers.every(({ dataConns }) =>
      dataConns.every(({ isClosed }) => isClosed)
    ),
    "data connections left open",
  );
}

/**
 * Options of a pool, and how it makes a connection.
 *
 * @module
 */

import { FtpClient } from "./client.ts";
import type { ConnectOptions } from "./options.ts";

/** Options for {@linkcode FtpPool.connect}. */
export interface PoolOptions extends ConnectOptions {
  /** Who logs in, on every connection. @default {"anonymous"} */
  user?: string | undefined;
  /** The password. @default {""} for a user, `anonymous@` for nobody */
  password?: string | undefined;
  /** The account, for servers that ask for one. @default none */
  account?: string | undefined;
  /** Most connections, at least 1. @default {4} */
  connections?: number | undefined;
}

/** Options for {@linkcode FtpPool.run}. */
export interface PoolTaskOptions {
  /** Cancels it; a task that waits leaves the queue. */
  signal?: AbortSignal | undefined;
  /**
   * May begin on a connection whose last task is still ending, so that the
   * last reply about one file overlaps the next one's data connection. For
   * short tasks: two such tasks share a connection where there is no free one.
   *
   * @default {false}
   */
  overlap?: boolean | undefined;
  /** Folder that the task's relative paths mean. @default the pool's current one */
  folder?: string | null | undefined;
}

/** Something to do with one connection of a pool. */
export type PoolTask<T> = (
  client: FtpClient,
  signal: AbortSignal,
) => Promise<T>;

/**
 * A client that is logged in.
 *
 * @param patience Further attempts after the first; once it is logged in, the
 * options' own number counts.
 */
export async function openClient(
  options: PoolOptions,
  patience: number,
  signal?: AbortSignal,
): Promise<FtpClient> {
  const { user, account, connections: _, ...connect } = options;
  const { password = user === undefined ? undefined : "" } = options;
  const client = await FtpClient.connect({
    ...connect,
    retries: patience,
    ...(signal ? { signal } : {}),
  });
  try {
    await client.login(user, password, { account, signal });
    client.retries = options.retries ?? 0;
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Whether two files have the same bytes, without fetching them: the server
 * hashes its own, where it offers to, and this side the other.
 *
 * @module
 */

import { newHasher } from "../../lib/ftp/hasher.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { within } from "../../lib/net/wait.ts";
import type { FtpClient } from "./client.ts";
import { type Command, shownCommand } from "./command_text.ts";
import type { Turn } from "./control.ts";
import { FtpError } from "./errors.ts";
import {
  type HashAlgorithm,
  hashCommands,
  type HashOffer,
  hashOffers,
  parseHash,
} from "./hash_offer.ts";
import type { LocalFiles } from "./local_files.ts";
import type { CallOptions } from "./options.ts";
import { type FtpSession, isUnknownCommand } from "./session.ts";
import { attempt } from "./targets.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** A hash, and how it was made. */
export interface FileHash {
  /** How it was made. */
  readonly algorithm: HashAlgorithm;
  /** Hexadecimal digits, in small letters. */
  readonly hash: string;
}

/** Options for {@linkcode FtpClient.hash}. */
export interface HashOptions extends CallOptions {
  /** How to hash. @default the strongest that the server offers */
  algorithm?: HashAlgorithm | undefined;
}

/** A server reads the whole file before it answers. */
const PATIENCE_MS = 600_000;
/** A cancelled server that goes on for longer is left. */
const CANCEL_MS = 1000;
const MOST_BEFORE = 100;
const BUFFER = 1 << 19;
const LATE = Symbol("late");

/** What HASH was last told to use; before that, what FEAT said. */
const choices = new WeakMap<FtpSession, string>();

/** {@linkcode FtpClient.hash} with a session. */
export async function hashOf(
  session: FtpSession,
  path: string,
  algorithm: HashAlgorithm | undefined,
  signal: AbortSignal,
): Promise<FileHash | null> {
  const offers = hashOffers(session.features).filter((offer) =>
    algorithm === undefined || offer.algorithm === algorithm
  );
  for (const offer of offers) {
    if (session.unknown.has(offer.verb)) continue;
    const reply = await tried(session, offer, path, signal);
    if (reply === null) continue;
    const hash = parseHash(offer, path, reply);
    return { algorithm: offer.algorithm, hash };
  }
  return null;
}

/** The reply, or `null` when the server does not know what it offered. */
async function tried(
  session: FtpSession,
  offer: HashOffer,
  path: string,
  signal: AbortSignal,
): Promise<Reply | null> {
  let refusal: FtpError | null = null;
  for (const command of hashCommands(offer, path)) {
    session.control.check(command);
    const reply = await session.control.turn(async (turn) => {
      const refused = await choose(session, turn, offer);
      if (refused !== null) return refused;
      await turn.send(command);
      return await finalReply(session, turn, signal);
    }, signal);
    if (reply.code < 300) return reply;
    refusal = new FtpError(shownCommand(command), reply);
    if (refusal.transient) throw refusal;
  }
  if (!isUnknownCommand(refusal) || refusal?.code === 501) throw refusal;
  session.unknown.add(offer.verb);
  return null;
}

/** Tells HASH what to use, unless it does that already; a reply is a no. */
async function choose(
  session: FtpSession,
  turn: Turn,
  { choice, chosen }: HashOffer,
): Promise<Reply | null> {
  if (choice === null) return null;
  const now = choices.get(session);
  if (now === choice || (now === undefined && chosen)) return null;
  const command: Command = { verb: "OPTS", argument: `HASH ${choice}` };
  const reply = await turn.ask(command);
  if (reply.code >= 300) return reply;
  choices.set(session, choice);
  return null;
}

async function finalReply(
  { control, clock }: FtpSession,
  turn: Turn,
  signal: AbortSignal,
): Promise<Reply> {
  const answered = patiently(turn);
  try {
    return await unlessAborted(answered, signal);
  } catch (error) {
    const late = within(answered, CANCEL_MS, LATE, { clock });
    if (await late.catch(() => null) === LATE) control.close();
    throw error;
  }
}

async function patiently(turn: Turn): Promise<Reply> {
  let reply = await turn.reply(PATIENCE_MS);
  for (let left = MOST_BEFORE; reply.code < 200 && left > 0; left--) {
    reply = await turn.reply(PATIENCE_MS);
  }
  return reply;
}

/**
 * Hashes a local file.
 *
 * @throws {LocalError} when it cannot be read.
 *
 * @example
 * ```ts
 * import { localFiles, localHash } from "@wharf/wharf";
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "123456789");
 * console.assert(await localHash(localFiles(), path, "crc32") === "cbf43926");
 * await Deno.remove(path);
 * ```
 */
export async function localHash(
  files: LocalFiles,
  path: string,
  algorithm: HashAlgorithm,
  signal?: AbortSignal,
): Promise<string> {
  const hasher = await newHasher(algorithm);
  const source = await attempt("read", path, files.read(path, 0));
  const buffer = new Uint8Array(BUFFER);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const count = await attempt("read", path, source.read(buffer));
      if (count === null) return hasher.digest();
      hasher.update(buffer.subarray(0, count));
    }
  } finally {
    await source.close();
  }
}

/**
 * Whether a file on the server and a local one have the same bytes: `unknown`
 * when the server does not hash, or not this file.
 *
 * @throws {LocalError} when the local file cannot be read.
 */
export async function compareByHash(
  client: FtpClient,
  path: string,
  files: LocalFiles,
  localPath: string,
  options: CallOptions = {},
): Promise<"same" | "different" | "unknown"> {
  try {
    const there = await client.hash(path, options);
    if (there === null) return "unknown";
    const { algorithm, hash } = there;
    const here = await localHash(files, localPath, algorithm, options.signal);
    return here === hash ? "same" : "different";
  } catch (error) {
    if (error instanceof FtpError && !error.transient) return "unknown";
    throw error;
  }
}

/**
 * Hashes of files: HASH (draft-bryan-ftpext-hash), MD5 (draft-twine-ftpmd5),
 * and the XCRC, XMD5, XSHA… that no document defines.
 *
 * @module
 */

import type { Source } from "../../../lib/bytes.ts";
import {
  type HashAlgorithm,
  type Hasher,
  newHasher,
} from "../../../lib/ftp/hasher.ts";
import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import {
  type NameAndNumbers,
  namesAndNumbers,
} from "../../../lib/ftp/words.ts";
import { FsError } from "../../fs/file_system.ts";
import type { AccountCommand, CommandTable } from "../commands.ts";
import type {
  AccountContext,
  Context,
  FtpPolicy,
  HashName,
  Outcome,
  Session,
  WorkContext,
} from "../session.ts";
import { takeRange } from "./ranges.ts";

/** Names of HASH's algorithms, as FEAT and OPTS HASH write them. */
const ALGORITHMS: Readonly<Record<HashName, HashAlgorithm>> = {
  "SHA-256": "sha256",
  "SHA-512": "sha512",
  "SHA-1": "sha1",
  "MD5": "md5",
  "CRC32": "crc32",
};

/** Bytes that are hashed at a time, so that others get their turn. */
const BLOCK = 1 << 18;

const isOffered = ({ hashLimit }: FtpPolicy) => hashLimit !== 0;

/** Commands that hash files. */
export const hashCommands: CommandTable = {
  HASH: {
    argument: "required",
    help: "HASH <SP> file: print a hash of a file, or of what RANG chose",
    feature: hashFeature,
    when: isOffered,
    run: hashChosen,
  },
  MD5: {
    argument: "required",
    help: "MD5 <SP> file: print the MD5 of a file",
    feature: "MD5",
    when: isOffered,
    async run(context, name) {
      const { path, size } = await fileAt(context, name);
      return hashing(context, {
        ...{ verb: "MD5", algorithm: "md5", path, start: 0, end: size },
        tell: (hash) => reply(251, `${name} ${hash.toUpperCase()}`),
      });
    },
  },
  XCRC: extra("XCRC", "crc32", "CRC-32"),
  XMD5: extra("XMD5", "md5", "MD5"),
  XSHA: extra("XSHA", "sha1", "SHA-1"),
  XSHA1: extra("XSHA1", "sha1", "SHA-1"),
  XSHA256: extra("XSHA256", "sha256", "SHA-256"),
  XSHA512: extra("XSHA512", "sha512", "SHA-512"),
};

/** A row for one of the commands that end in numbers: `"name" start end`. */
function extra(
  verb: string,
  algorithm: HashAlgorithm,
  shown: string,
): AccountCommand {
  return {
    argument: "required",
    help: `${verb} <SP> "file" [start [end]]: print the ${shown} of a file`,
    feature: verb,
    when: isOffered,
    run: (context, argument) =>
      hashPart(context, argument, { verb, algorithm }),
  };
}

/** FEAT's line: all algorithms, with a star behind the one that is chosen. */
function hashFeature({ session }: Context): string {
  const names = Object.keys(ALGORITHMS).map((name) =>
    `${name}${name === session.hash ? "*" : ""}`
  );
  return `HASH ${names.join(";")}`;
}

/** OPTS HASH: tells or chooses the algorithm. */
export function chooseHash(session: Session, argument: string): Reply {
  const wanted = argument.toUpperCase();
  if (wanted !== "" && !(Object.hasOwn(ALGORITHMS, wanted))) {
    return reply(504, "Unsupported algorithm; FEAT lists them.");
  }
  if (wanted !== "") session.hash = wanted as HashName;
  return reply(200, session.hash);
}

async function hashChosen(
  context: AccountContext,
  name: string,
): Promise<Outcome> {
  const { session } = context;
  const { hash: shown } = session;
  const range = takeRange(session);
  const { path, size } = await fileAt(context, name);
  const start = range?.first ?? 0;
  const end = Math.min(size, (range?.last ?? Infinity) + 1);
  if (start > end) return beyond(start, size);
  return hashing(context, {
    ...{ verb: "HASH", algorithm: ALGORITHMS[shown], path, start, end },
    tell: (hash) => reply(213, `${shown} ${start}-${end} ${hash} ${name}`),
  });
}

/** A file to be hashed. */
interface FileFacts {
  readonly path: string;
  readonly size: number;
}

/** What is to be hashed, and how the hash is told. */
interface Job {
  readonly verb: string;
  readonly algorithm: HashAlgorithm;
  readonly path: string;
  /** Position of the first byte. */
  readonly start: number;
  /** Position behind the last byte. */
  readonly end: number;
  tell(hash: string): Reply;
}

const CHANGED = reply(450, "The file has become shorter meanwhile.");

function hashing({ account, policy }: AccountContext, job: Job): Outcome {
  const { verb, algorithm, path, start, end, tell } = job;
  const { hashLimit = Infinity } = policy;
  if (end - start > hashLimit) {
    return reply(550, `At most ${hashLimit} bytes are hashed at a time.`);
  }
  return {
    verb,
    path,
    async work(running) {
      const hasher = await newHasher(algorithm);
      const source = await account.fs.read(path, start);
      try {
        const isWhole = await hashAll(source, end - start, hasher, running);
        return isWhole ? tell(hasher.digest()) : CHANGED;
      } finally {
        await source.close();
      }
    },
  };
}

/** Hashes so many bytes; whether there were as many. */
async function hashAll(
  source: Source,
  length: number,
  hasher: Hasher,
  { signal, count }: WorkContext,
): Promise<boolean> {
  const buffer = new Uint8Array(Math.min(BLOCK, length));
  for (let left = length; left > 0;) {
    signal.throwIfAborted();
    const block = buffer.subarray(0, Math.min(left, buffer.length));
    const read = await source.read(block);
    if (read === null) return false;
    hasher.update(block.subarray(0, read));
    count(read);
    left -= read;
  }
  return true;
}

async function fileAt(
  { account, session }: AccountContext,
  name: string,
): Promise<FileFacts> {
  const path = resolvePath(session.directory, name);
  const { type, size } = await account.fs.stat(path);
  if (type === "directory") throw new FsError("is-directory");
  return { path, size };
}

async function hashPart(
  context: AccountContext,
  argument: string,
  { verb, algorithm }: Pick<Job, "verb" | "algorithm">,
): Promise<Outcome> {
  const found = await firstFile(context, namesAndNumbers(argument));
  if (found === null) return reply(501, `Use ${verb} "file" start end.`);
  const { path, size, numbers: [start = 0, end = size] } = found;
  if (start > end) return reply(501, "The start is behind the end.");
  if (end > size) return beyond(end, size);
  return hashing(context, {
    ...{ verb, algorithm, path, start, end },
    tell: (hash) => reply(250, hash.toUpperCase()),
  });
}

/** The first of several readings of an argument that names a file. */
async function firstFile(
  context: AccountContext,
  readings: readonly NameAndNumbers[],
): Promise<FileFacts & Pick<NameAndNumbers, "numbers"> | null> {
  let failure: unknown = null;
  for (const { name, numbers } of readings) {
    try {
      return { ...await fileAt(context, name), numbers };
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== null) throw failure;
  return null;
}

function beyond(position: number, size: number): Reply {
  return reply(501, `Position ${position} is behind the end, ${size}.`);
}

/**
 * What is fuzzed: a name, real inputs to begin with, and what must hold for
 * every input whatever.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { decodeText } from "../../lib/ftp/charset.ts";
import type { Random } from "../core/random.ts";

/** Something that takes bytes from strangers. Every input is bytes. */
export interface Target {
  /** What it is called: small letters and hyphens. */
  readonly name: string;
  /** What it reads, in a few words. */
  readonly about: string;
  /** Inputs as they are sent in good faith, as UTF-8 or bytes; made once. */
  readonly seeds: () => Seeds | Promise<Seeds>;
  /** What has a meaning in them. @default {[]} */
  readonly tokens?: readonly (string | Bytes)[];
  /** Whether lines are changed as a whole, too. @default {false} */
  readonly isScript?: boolean;
  /** Most bytes of an input. @default {2048} */
  readonly longest?: number;
  /** The short run of the tests tries 240 inputs divided by this. @default {1} */
  readonly cost?: number;
  /** Makes an input from nothing, now and then. @default none */
  readonly generate?: (random: Random) => string | Bytes;
  /**
   * Fails when something does not hold for `input`.
   *
   * @returns what has become of it, in a few words that do not quote it:
   * inputs with a new outcome are changed further.
   */
  readonly check: (input: Bytes) => string | Promise<string>;
}

/** Inputs to begin with. */
export type Seeds = readonly (string | Bytes)[];

/** Longest input of all targets, in bytes. */
export const LONGEST = 65_536;

const encoder = new TextEncoder();

/** Gives back a target with its type. */
export function defineTarget(target: Target): Target {
  return target;
}

/** An input as text, as our readers of lines have it. */
export function textOf(input: Bytes): string {
  return decodeText(input, "utf-8");
}

/** Text as an input. */
export function bytesOf(text: string | Bytes): Bytes {
  return typeof text === "string" ? encoder.encode(text) : text;
}

/** A constructor of errors that are promised to those who call. */
// deno-lint-ignore no-explicit-any -- Errors are made of many things.
export type Documented = new (...args: any[]) => Error;

/**
 * What `read` gives, or the error that it threw, which has to be one of those
 * it is documented to throw and a line that people can read.
 */
export function attempt<T>(
  read: () => T,
  ...documented: readonly Documented[]
): T | Error {
  try {
    return read();
  } catch (error) {
    return told(error, documented);
  }
}

/** The same for what takes its time. */
export async function attemptLater<T>(
  read: () => Promise<T>,
  ...documented: readonly Documented[]
): Promise<T | Error> {
  try {
    return await read();
  } catch (error) {
    return told(error, documented);
  }
}

function told(error: unknown, documented: readonly Documented[]): Error {
  const isKnown = documented.some((known) => error instanceof known);
  if (!isKnown || !(error instanceof Error)) throw error;
  if (!/\bundefined\b|\[object |^$/.test(error.message)) return error;
  throw new Error(`says nothing: ${error.message}`, { cause: error });
}

/** What an error says, without what it quotes: the same for the same cause. */
export function sayingOf({ name, message }: Error): string {
  return `${name} ${message.replace(/["'“`].*/s, "").slice(0, 40)}`;
}

/** The pieces of `input`, cut at places that follow from its bytes. */
export function pieces(input: Bytes): Bytes[] {
  let state = input.length;
  for (const byte of input.subarray(0, 64)) state = state * 31 + byte >>> 0;
  const cut: Bytes[] = [];
  for (let at = 0; at < input.length;) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223 >>> 0;
    const length = state % 4 === 0 ? 1 + (state >>> 8) % 99 : 1 + state % 3;
    cut.push(input.slice(at, at += length));
  }
  return cut;
}

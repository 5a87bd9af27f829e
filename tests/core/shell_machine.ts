/**
 * A machine in memory, for shells that are tested.
 *
 * @module
 */

import type { Machine } from "../../client/ftp/shell/machine.ts";
import type { Bytes, Source } from "../../lib/bytes.ts";
import { bytesOf, joined, textOf } from "./byte_cases.ts";

/** The machine's current folder. */
export const HOME = "/home/ann";

/** A machine in memory. */
export interface FakeMachine extends Machine {
  /** Its text files by path. */
  readonly texts: Map<string, string>;
  /** What was run. */
  readonly ran: string[];
  /** Bytes that went to the standard output. */
  readonly printed: Bytes[];
  /** How its standard output was ended: close and abort, in order. */
  readonly endings: string[];
}

/** Makes a machine with this standard input and these variables. */
export function fakeMachine(
  input: string = "",
  env: Readonly<Record<string, string>> = {},
): FakeMachine {
  const texts = new Map<string, string>();
  const ran: string[] = [];
  const printed: Bytes[] = [];
  const endings: string[] = [];
  return {
    texts,
    ran,
    printed,
    endings,
    env: (name) => env[name],
    readText: (path) => Promise.resolve(texts.get(path) ?? null),
    writeText: (path, text) => {
      texts.set(path, text);
      return Promise.resolve();
    },
    openToOthers: () => Promise.resolve(false),
    openText: (path, append) => {
      texts.set(path, append ? texts.get(path) ?? "" : "");
      const write = (text: string) =>
        void texts.set(path, texts.get(path)! + text);
      const bytes = (bytes: Bytes) => {
        write(textOf(bytes));
        return Promise.resolve(bytes.length);
      };
      return {
        write,
        bytes: () => ({ write: bytes, close: () => {}, abort: () => {} }),
        close: () => {},
      };
    },
    scriptLines: () => linesOf(input),
    input: () => sourceOf(bytesOf(input)),
    output: () => ({
      write: (bytes) => {
        printed.push(bytes.slice());
        return Promise.resolve(bytes.length);
      },
      close: () => void endings.push("close"),
      abort: () => void endings.push("abort"),
    }),
    run: (command) => {
      ran.push(command);
      return Promise.resolve(0);
    },
    umask: () => 0o022,
    folder: () => HOME,
    trustAlso: () => true,
    system: "linux",
  };
}

/** What went to the standard output as bytes. */
export function printedText({ printed }: FakeMachine): string {
  return textOf(joined(printed));
}

async function* linesOf(text: string): AsyncGenerator<string> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  yield* lines;
}

function sourceOf(bytes: Bytes): Source {
  let at = 0;
  return {
    read(buffer) {
      const part = bytes.subarray(at, at += buffer.length);
      buffer.set(part);
      return Promise.resolve(part.length || null);
    },
    close() {},
  };
}

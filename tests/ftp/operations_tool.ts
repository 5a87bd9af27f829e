/**
 * What tests of logs, metrics and hooks need: transfers of many clients at a
 * time, and looks at what the server wrote.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { type Ftpd, SOON, startFtpd, type StartOptions } from "./helpers.ts";
import { type RawControl, readAll } from "./raw_control.ts";

/** Starts `ftpd` on any port of the loopback. */
export function start(
  args: readonly string[],
  options: StartOptions = {},
): Promise<Ftpd> {
  return startFtpd(["--listen", "127.0.0.1:0", ...args], options);
}

/** Waits until `found` finds something; fails after a while. */
export async function until<T>(
  found: () => Promise<T | undefined> | T | undefined,
  what: string,
): Promise<T> {
  const end = performance.now() + SOON;
  while (performance.now() < end) {
    const result = await found();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return fail(`${what} did not happen within ${SOON / 1000} s`);
}

/** The text of a file; empty while it is not there. */
export async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Waits for a file to have so many lines; all of them. */
export function linesOf(path: string, count: number): Promise<string[]> {
  return until(async () => {
    const lines = (await textOf(path)).split("\n").slice(0, -1);
    return lines.length >= count ? lines : undefined;
  }, `line ${count} of ${path}`);
}

/** Where the log says that the metrics are. */
export function metricsUrl(
  log: () => string | Promise<string>,
): Promise<string> {
  return until(async () => {
    const found = /\bmetrics at=(\S+)\n/.exec(await log());
    return found === null ? undefined : `http://${found[1]}`;
  }, "the address of the metrics");
}

/** Fetches a page as text; only with the status that is wanted. */
export async function page(url: string, status = 200): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  assertEquals(response.status, status, text);
  return text;
}

/** The value of a sample; `undefined` when it is not there. */
export function sampleOf(text: string, name: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** Uploads a text; the session goes on. */
export async function store(
  control: RawControl,
  name: string,
  text: string,
): Promise<void> {
  const data = await control.passive();
  await control.say(`STOR ${name}`, 150);
  await writeAll(data, new TextEncoder().encode(text));
  data.close();
  await control.expect(226);
}

/** Downloads a file; how many bytes it has. */
export async function retrieve(
  control: RawControl,
  name: string,
): Promise<number> {
  using data = await control.passive();
  await control.say(`RETR ${name}`, 150);
  const { length } = await readAll(data);
  await control.expect(226);
  return length;
}

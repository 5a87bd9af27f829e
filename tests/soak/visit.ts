/**
 * A client who comes, does something and goes: what every kind of visit needs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Random } from "../core/random.ts";
import { code, RawControl, soon } from "../ftp/helpers.ts";
import { ACCOUNT, type Scene, sha256Of } from "./scene.ts";

/** One kind of visit. */
export interface Visit {
  /** What it is called in tables. */
  readonly name: string;
  /** How often it is made, compared with others. */
  readonly weight: number;
  /** Comes, does it and goes; rejects when the server did wrong. */
  run(scene: Scene, random: Random): Promise<void>;
}

/** The server ended a connection that it had not greeted. */
export class CutOff extends Error {}

/** Connects and takes the greeting. */
export async function come({ port }: Scene): Promise<RawControl> {
  const at = { hostname: "127.0.0.1", port, greeting: false };
  const control = await RawControl.open(at);
  // A reset is an empty reply, too.
  const greeting = await control.reply();
  if (greeting.startsWith("220 ")) return control;
  control.close();
  throw greeting === "" ? new CutOff("no greeting") : new Error(greeting);
}

/** The same, logged in, binary. */
export async function comeIn(scene: Scene): Promise<RawControl> {
  const control = await come(scene);
  try {
    await control.login(ACCOUNT.user, ACCOUNT.password);
    return control;
  } catch (error) {
    control.close();
    throw error;
  }
}

/** Everything that comes until the end. */
export async function readBytes(
  conn: Pick<Deno.Conn, "read">,
): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (;;) {
    const buffer = new Uint8Array(65_536);
    const count = await soon(conn.read(buffer), "data");
    if (count === null) return joined(parts);
    parts.push(buffer.subarray(0, count));
  }
}

/** All of these, one behind the other. */
export function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a command sends over a passive data connection. */
export async function fetchBytes(
  control: RawControl,
  line: string,
): Promise<Bytes> {
  using data = await control.passive();
  await control.say(line, 150);
  const bytes = await readBytes(data);
  await control.expect(226);
  return bytes;
}

/** Sends bytes to a command. */
export async function sendBytes(
  control: RawControl,
  line: string,
  bytes: Bytes,
): Promise<void> {
  using data = await control.passive();
  await control.say(line, 150);
  await soon(writeAll(data, bytes), line);
  data.close();
  await control.expect(226);
}

/** Fails when the bytes are others. */
export async function assertSame(bytes: Bytes, wanted: Bytes): Promise<void> {
  assertEquals(bytes.length, wanted.length, "bytes");
  assertEquals(await sha256Of(bytes), await sha256Of(wanted), "their hash");
}

/** Fails unless a command is answered with one of these codes. */
export async function sayOneOf(
  control: RawControl,
  line: string,
  ...wanted: number[]
): Promise<number> {
  const reply = await control.say(line);
  assertEquals(wanted.includes(code(reply)), true, `"${line}": "${reply}"`);
  return code(reply);
}

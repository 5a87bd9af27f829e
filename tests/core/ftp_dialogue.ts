/**
 * Dialogues between a client and the server, as plain strings.
 *
 * | line | meaning |
 * |---|---|
 * | `226 Transfer` | the server's next reply begins so; lines are joined by LF |
 * | `211 … bytes` | the server's next reply has this code, and this text in it |
 * | `> text` | the client sends this over the data connection, and ends it |
 * | `>> text` | the client sends this over the data connection |
 * | `< text` | exactly this comes over the data connection, which then ends |
 * | `(…)` | something happens: see {@linkcode ACTIONS} |
 * | anything else | the client sends this command line |
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type FtpClient,
  startAlice,
  type StartOptions,
  startSession,
} from "./ftp_harness.ts";

/** What can happen besides sending text. */
const ACTIONS: Record<string, (client: FtpClient) => void | Promise<void>> = {
  /** The server ends the session, without another word. */
  "(closed)": async (client) => {
    assertEquals(await client.reply(), null);
    await client.ended;
    assert(client.control.isClosed);
  },
  "(client ends)": (client) => client.control.end(),
  "(client resets)": (client) => client.control.reset(),
  "(client connects)": (client) => client.ports.at(-1)!.connect(),
  "(TLS)": (client) => client.startTls(),
  "(TLS ends)": (client) => client.endTls(),
  "(data TLS)": (client) => client.startDataTls(),
  "(data TLS resumed)": (client) => client.startDataTls({ resumed: true }),
  "(data ends)": (client) => client.data.end(),
  "(data resets)": (client) => client.data.reset(),
  "(data taken)": (client) => client.data.unblock(),
  "(server stops)": (client) => client.stopping.abort(),
};

/**
 * Speaks the lines of a dialogue, one after the other. At the end the client
 * leaves, and nothing more may come.
 */
export async function dialogue(
  lines: readonly string[],
  options: StartOptions = {},
): Promise<FtpClient> {
  return await speak(await startSession(options), lines);
}

/** The same, after alice has logged in and has chosen TYPE I. */
export async function asAlice(
  lines: readonly string[],
  options: StartOptions = {},
): Promise<FtpClient> {
  return await speak(await startAlice(options), lines);
}

/** Speaks lines in a session that runs. */
export async function speak(
  client: FtpClient,
  lines: readonly string[],
): Promise<FtpClient> {
  for (const [at, line] of lines.entries()) {
    await step(client, line, `line ${at + 1}, ${JSON.stringify(line)}`);
  }
  await client.finish();
  return client;
}

async function step(
  client: FtpClient,
  line: string,
  where: string,
): Promise<void> {
  if (/^\d{3}( |-|$)/.test(line)) return await expectReply(client, line, where);
  if (line.startsWith("(")) {
    const action = ACTIONS[line];
    assert(action !== undefined, where);
    return await action(client);
  }
  if (line.startsWith(">> ")) return client.sendData(line.slice(3));
  if (line.startsWith("> ")) {
    client.sendData(line.slice(2));
    return client.endData();
  }
  if (line.startsWith("< ")) {
    return assertEquals(await client.takeData(), line.slice(2), where);
  }
  client.command(line);
}

async function expectReply(
  client: FtpClient,
  expected: string,
  where: string,
): Promise<void> {
  const reply = await client.reply() ?? "(closed)";
  const [begin = "", part = ""] = expected.split(" … ");
  assertEquals(reply.slice(0, begin.length), begin, `${where}: ${reply}`);
  assertStringIncludes(reply, part, where);
}

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../server/ftp/commands.ts";
import { bytesOf } from "./byte_cases.ts";
import { type FtpClient, startAlice, startSession } from "./ftp_harness.ts";
import { type Random, randomOf } from "./random.ts";

const VERBS = [...COMMANDS.keys(), "FOO", "", "EPSV", "EPSV", "RETR"];
const ARGUMENTS = [
  ...["", " ", "a", "a b", "sub", "/", "..", "../..//x", "none/none", "*", "["],
  ...["-la", "-a sub", "0", "1", "99999999999999999999", "-1", "I", "A", "F"],
  ...["ALL", "1", "2", "alice", "secret", "anonymous", "UTF8 ON", "MLST size;"],
  ...["127,0,0,1,8,73", "|1|127.0.0.1|2121|", "|||", "20240101000000 a"],
  ...["TLS", "TLS", "SSL", "P", "P", "C"],
  ...["HELP", "UMASK 022", "UMASK", "CHMOD 600 a", "UTIME x", "\0", "\r"],
  ...["\xff", "ä😀", "'; --", "%s%n", "n".repeat(300), "n".repeat(5000)],
];

/** A line that means something, or nothing at all. */
function randomLine(random: Random): string {
  const verb = random.pick(VERBS);
  if (random.below(4) === 0) return verb;
  return `${verb} ${random.pick(ARGUMENTS)}`;
}

function isFinal(reply: string): boolean {
  return /^[2-5]/.test(reply);
}

/** Gives every new data port something to read, and then an end. */
function feedPorts(client: FtpClient, fed: number): number {
  for (const { conn } of client.ports.slice(fed)) {
    conn.send("some\ndata\r\n");
    conn.end();
  }
  return client.ports.length;
}

/** Replies to one command: the last one is final. */
async function repliesTo(client: FtpClient, line: string): Promise<string[]> {
  const wasSecured = client.isSecured;
  const replies: string[] = [];
  client.command(line);
  for (;;) {
    const reply = await client.reply();
    if (reply === null) return [...replies, "(closed)"];
    replies.push(reply);
    if (!isFinal(reply)) continue;
    await follow(client, reply, wasSecured);
    return replies;
  }
}

/** Lets TLS begin or end where the server's reply says that it does. */
async function follow(
  client: FtpClient,
  reply: string,
  wasSecured: boolean,
): Promise<void> {
  if (reply.startsWith("234")) client.startTls();
  const isOver = /^220|reverts to plain text/.test(reply);
  if (isOver && wasSecured) await client.endTls();
}

const FILES = { "/a": "abc", "/a b": "x\ny\n", "/sub/c": "", "/.d": "" };

for (let seed = 1; seed <= 30; seed++) {
  Deno.test(`any command gets one final reply (seed ${seed})`, async () => {
    const random = randomOf(seed);
    const start = seed % 3 === 0 ? startSession : startAlice;
    const client = await start({ files: FILES, tls: {} });
    const said: string[] = [];
    let fed = 0;
    for (let at = 0; at < 60 && !said.at(-1)?.includes("(closed)"); at++) {
      const line = randomLine(random);
      const replies = await repliesTo(client, line);
      fed = feedPorts(client, fed);
      said.push(`${line.slice(0, 60)} => ${replies.join(" | ").slice(0, 80)}`);
      const story = said.slice(-10).join("\n");
      const codes = replies.map((reply) => reply.slice(0, 3));
      if (codes.includes("(cl")) break;
      assert(codes.length === 1 || codes[0] === "150", story);
      assert(codes.length <= 2, story);
      assert(!replies.join().includes("internal error"), story);
    }
    await client.finish();
  });

  Deno.test(`commands in one go get as many final replies (seed ${seed})`, async () => {
    const random = randomOf(seed + 1000);
    const client = await startAlice({ files: FILES });
    const lines: string[] = [];
    while (lines.length < 120) {
      const line = randomLine(random);
      // What may end the session, and what asks for data that nobody sends.
      if (!/^(QUIT|REIN|STOR|STOU|APPE|PASS)/.test(line)) lines.push(line);
      if (lines.length % 20 === 0) lines.push("NOOP");
    }
    const bytes = bytesOf(lines.map((line) => `${line}\r\n`).join(""));
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + random.below(400);
      client.control.send(bytes.slice(at, end));
      at = end;
    }
    let finals = 0;
    while (finals < lines.length) {
      const reply = await client.reply();
      assert(reply !== null, `the end after ${finals} replies`);
      assert(!reply.includes("internal error"), reply);
      if (isFinal(reply)) finals++;
    }
    assertEquals(await client.ask("NOOP"), "200 NOOP command successful.");
    await client.finish();
  });
}

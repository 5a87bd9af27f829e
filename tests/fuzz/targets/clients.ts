/**
 * Our client and a server that answers whatever it likes: it always ends, with
 * a result or an error that is documented, and leaves nothing open.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { FtpClient } from "../../../client/ftp/client.ts";
import {
  DamagedError,
  FtpError,
  IncompleteError,
  LocalError,
  NetworkError,
  ProtocolError,
} from "../../../client/ftp/errors.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { manualClock } from "../../../lib/clock.ts";
import { visible } from "../../../lib/visible.ts";
import { Disk } from "../../core/client_harness.ts";
import { SERVER } from "../../core/client_peer.ts";
import type { Random } from "../../core/random.ts";
import { linesOf } from "../mutate.ts";
import {
  attemptLater,
  defineTarget,
  sayingOf,
  type Target,
} from "../target.ts";
import { RandomServer } from "./random_server.ts";

const DOCUMENTED = [
  FtpError,
  NetworkError,
  ProtocolError,
  IncompleteError,
  LocalError,
  DamagedError,
];

/** What is done with a client; the first byte of a script chooses. */
const DEEDS: Readonly<Record<string, (client: FtpClient) => Promise<unknown>>> =
  {
    l: (client) => listed(client, "/pub"),
    g: (client) => client.download("/a", "a"),
    r: (client) => client.download("/a", "a", { resume: true }),
    b: (client) => client.downloadBytes("/a", { maxBytes: 5000 }),
    p: (client) => client.upload("old", "/a"),
    s: (client) => client.stat("/pub/a"),
    h: (client) => client.hash("/a"),
    t: (client) =>
      client.removeDirectory("/pub", { recursive: true, maxDepth: 3 }),
    m: (client) => client.makeDirectory("/x/y", { parents: true }),
    w: async (client) => [
      await client.workingDirectory(),
      await client.size("/a"),
      await client.modified("/a"),
    ],
  };

async function listed(client: FtpClient, path: string): Promise<number> {
  let count = 0;
  for await (const { path: name, type } of client.list(path)) {
    assert(typeof name === "string" && typeof type === "string");
    count++;
  }
  return count;
}

/** A whole visit: connect, log in, do it, leave. */
async function visit(
  server: RandomServer,
  deed: string,
): Promise<string> {
  const disk = new Disk();
  disk.files.set("old", "0123456789".repeat(50));
  if (deed === "r") disk.files.set("a", "part");
  const clock = manualClock();
  const over = async () => {
    const client = await FtpClient.connect({
      ...SERVER,
      network: server.network,
      clock,
      files: disk,
    });
    try {
      await client.login("alice", "S3CRET");
      const done = await DEEDS[deed]!(client);
      return `${deed} ${done === null ? "nothing" : typeof done}`;
    } finally {
      await client.close();
    }
  };
  let isDone = false;
  const ended = attemptLater(over, ...DOCUMENTED).finally(() => isDone = true);
  ended.catch(() => {});
  await waitFor(server, clock.advance, () => isDone);
  const outcome = await ended;
  await server.settle();
  assertEquals(clock.sleeping, 0, "sleepers left");
  for (const [at, conn] of server.conns.entries()) {
    assert(conn.isClosed, `connection ${at} left open`);
  }
  assert(server.listening.every(({ open }) => !open), "left listening");
  for (const [path, text] of disk.files) {
    assert(["a", "old"].includes(path) || /^a?\.|\.part|a/.test(path), path);
    assert(text.length <= 70_000);
  }
  if (!(outcome instanceof Error)) return outcome;
  assert(!outcome.message.includes("S3CRET"), outcome.message);
  assertEquals(visible(outcome.message), outcome.message);
  return `${deed} ${sayingOf(outcome)}`;
}

/** Time goes on when nothing else does: at some time everybody gives up. */
async function waitFor(
  server: RandomServer,
  advance: (ms: number) => Promise<void>,
  isDone: () => boolean,
): Promise<void> {
  for (let turns = 0; !isDone(); turns++) {
    await server.settle();
    if (isDone()) return;
    assert(turns < 300, "the client does not end");
    if (turns > 150) server.hangUp();
    await advance(30_000);
  }
}

async function play(input: Bytes): Promise<string> {
  const [first, ...lines] = linesOf(input).slice(0, 200)
    .map((line) => line.at(-1) === 10 ? line.slice(0, -1) : line);
  const deeds = Object.keys(DEEDS);
  const letter = String.fromCharCode(first?.[0] ?? 0);
  const deed = letter in DEEDS
    ? letter
    : deeds[(first?.[0] ?? 0) % deeds.length]!;
  return await visit(new RandomServer(lines), deed);
}

const START = "220 Ready\n331 Password\n230 In\n";
const FEAT =
  "211-Features:\n SIZE\n MDTM\n REST STREAM\n MLST Type*;Size*;\n EPSV\n UTF8\n211 End\n";
const WITH_FEAT = `${START}${FEAT}200 Done\n`;
const TYPE = "200 I\n";
const FACTS = "213 4\n213 20240101000000\n";
const EPSV = "229 Extended (|||40000|)\n";

const REPLIES: readonly string[] = [
  ...["200 OK\n", "150 Here\n", "226 Done\n", "226-a\n226 b\n", "421 Bye\n"],
  ...[
    "425 No\n",
    "426 Cut\n",
    "450 Busy\n",
    "500 What\n",
    "502 No\n",
    "530 In?\n",
  ],
  ...["550 No such file\n", "553 No\n", "213 10\n", "213 20240101000000\n"],
  ...['257 "/" is\n', "350 Go on\n", EPSV, "227 (192,0,2,1,156,64)\n", FEAT],
  ...[
    "250-x\n Type=file;Size=4; a\n250 End\n",
    "D some data\n",
    "d x\n",
    "e \n",
  ],
  ...[
    "x \n",
    "E \n",
    "X \n",
    "N \n",
    "nonsense\n",
    "999 x\n",
    "150 (4 bytes)\n",
  ],
  ...["D -rw-r--r-- 1 a b 4 Jan 1 2000 f\n", "D type=dir;size=0; ..\n", "b \n"],
];

function someScript(random: Random): string {
  const deed = random.pick(Object.keys(DEEDS));
  let script = `${deed}\n${random.below(3) === 0 ? START : WITH_FEAT}`;
  for (let left = random.below(14); left > 0; left--) {
    script += random.pick(REPLIES);
  }
  return script;
}

/** Clients. */
export const CLIENT_TARGETS: readonly Target[] = [
  defineTarget({
    name: "client",
    about: "our client with a server that answers anything: it always ends",
    seeds: () => [
      `l\n${WITH_FEAT}${TYPE}${EPSV}150 Here\nD Type=file;Size=3; a\n226 Done\n221 Bye\n`,
      `g\n${WITH_FEAT}${TYPE}${FACTS}${EPSV}150 Here\nD data\n226 Done\n221 Bye\n`,
      `r\n${WITH_FEAT}${TYPE}213 9\n${EPSV}350 Go\n150 Here\nD ially\n226 Done\n221 Bye\n`,
      `p\n${WITH_FEAT}${TYPE}${EPSV}150 Go\nW \n226 Done\n213 500\n221 Bye\n`,
      `b\n${START}500 What\n200 I\n213 4\n${EPSV}150 (4 bytes)\nD data\n226 Done\n221 Bye\n`,
      `w\n${WITH_FEAT}257 "/a ""b""" is\n200 I\n213 5\n213 20240101000000\n221 Bye\n`,
      `s\n${WITH_FEAT}250-x\n Type=file;Size=4; /pub/a\n250 End\n221 Bye\n`,
      `h\n${START}211-\n HASH SHA-256*;MD5\n XCRC\n211 End\n213 SHA-256 0-4 ${
        "a".repeat(64)
      } a\n221 Bye\n`,
      `t\n${WITH_FEAT}550 No\n${TYPE}${EPSV}150 Here\nD Type=dir;Size=0; x\n226 Done\n${EPSV}150 Here\nD \n226 Done\n250 Gone\n250 Gone\n221 Bye\n`,
      "g\n421 Full\n",
      `m\n${WITH_FEAT}550 No\n257 "/x" made\n257 "/x/y" made\n221 Bye\n`,
    ],
    generate: someScript,
    tokens: [...REPLIES, "\n", "-", "\r", "\x1b[2J", "|||", "\xff"],
    isScript: true,
    longest: 4000,
    cost: 4,
    check: play,
  }),
];

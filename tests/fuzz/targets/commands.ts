/**
 * Command lines and replies: the two halves of a control connection.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  commandBytes,
  commandOf,
  shownCommand,
} from "../../../client/ftp/command_text.ts";
import { hashOffers, parseHash } from "../../../client/ftp/hash_offer.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { parseCommandLine } from "../../../lib/ftp/command_line.ts";
import { parseListArgument } from "../../../lib/ftp/list_options.ts";
import {
  parseExtendedPassive,
  parseFeatures,
  parseModified,
  parsePassive,
  parsePathname,
  parseSize,
  parseSizeHint,
  parseUniqueName,
} from "../../../lib/ftp/replies.ts";
import { formatReply, type Reply } from "../../../lib/ftp/reply.ts";
import { ProtocolError, ReplyReader } from "../../../lib/ftp/reply_reader.ts";
import { formatTime } from "../../../lib/ftp/time.ts";
import { namesAndNumbers, splitWords } from "../../../lib/ftp/words.ts";
import { LineFloodError, LineReader } from "../../../lib/lines.ts";
import { visible } from "../../../lib/visible.ts";
import { sourceOf } from "../../core/byte_cases.ts";
import {
  attempt,
  attemptLater,
  bytesOf,
  defineTarget,
  pieces,
  type Target,
  textOf,
} from "../target.ts";

const LIMITS = { maxLine: 300, maxReply: 1000 };
const LINE_LIMITS = { maxLength: 300, maxSkipped: 400 };

/** Telnet: IP, Synch, negotiation, an escaped 255. */
const TELNET: readonly Bytes[] = [
  Uint8Array.of(0xff, 0xf4, 0xff, 0xf2),
  Uint8Array.of(0xff, 0xfb, 1),
  Uint8Array.of(0xff, 0xff),
  Uint8Array.of(0xf2),
];

const COMMAND_SEEDS: readonly string[] = [
  "USER alice\r\nPASS s3cret word\r\n",
  "retr  two spaces \r\nSTOR ä😀.txt\r\n",
  "PORT 127,0,0,1,8,73\r\nEPRT |2|::1|2121|\r\n",
  "SITE CHMOD 600 a b\r\nOPTS MLST size;modify;\r\n",
  'LIST -la "*"\nMFMT 20240229123456 x\r\nABOR\r\n',
  'RANG 0 9\r\nSITE COPY "a b" c\r\n',
];

/** Every line of a stream, and whether it had too long a line. */
async function linesIn(parts: readonly Bytes[]): Promise<string[]> {
  const lines = new LineReader(sourceOf(parts), LINE_LIMITS);
  const found: string[] = [];
  const flood = await attemptLater(async () => {
    for (let line; (line = await lines.next()) !== null;) {
      assert(line.bytes.length <= LINE_LIMITS.maxLength);
      found.push(line.tooLong ? "(too long)" : wordsOf(line.bytes));
    }
  }, LineFloodError);
  return flood instanceof Error ? [...found, "(flood)"] : found;
}

/** What a server makes of a line. */
function wordsOf(line: Bytes): string {
  const { verb, argument, problem } = parseCommandLine(line);
  assert(/^([A-Z][A-Z0-9]{0,11})?$/.test(verb), verb);
  assert(!/[\0\r\n]/.test(argument) && argument.isWellFormed());
  assert(problem === undefined || argument === "");
  assert(argument.length <= line.length);
  if (problem === undefined && verb !== "" && !line.includes(0xff)) {
    const again = parseCommandLine(bytesOf(`${verb} ${argument}`));
    assertEquals({ verb, argument }, {
      verb: again.verb,
      argument: again.argument,
    });
  }
  checkArgument(argument);
  return `${verb} ${argument} ${problem ?? ""}`;
}

/** What commands make of their arguments. */
function checkArgument(argument: string): void {
  const { name } = parseListArgument(argument);
  assert(argument.endsWith(name));
  for (const { text } of splitWords(argument) ?? []) {
    assert(text.length <= argument.length);
  }
  for (const { name, numbers } of namesAndNumbers(argument)) {
    assert(
      name.length <= argument.length && numbers.every(Number.isSafeInteger),
    );
  }
}

/** The replies of a stream. */
async function repliesIn(
  parts: readonly Bytes[],
): Promise<(Reply | "end" | "broken")[]> {
  const reader = new ReplyReader(sourceOf(parts), LIMITS);
  const found: (Reply | "end" | "broken")[] = [];
  for (;;) {
    const next = await attemptLater(() => reader.next(), ProtocolError);
    if (next instanceof Error) {
      assertEquals(visible(next.message), next.message);
      return [...found, "broken"];
    }
    if (next === null) return [...found, "end"];
    found.push(next);
  }
}

/** Every reader of replies, on one of them. */
async function checkReply(reply: Reply): Promise<void> {
  const { code, lines } = reply;
  assert(code >= 100 && code <= 599 && lines.length > 0);
  assert(lines.every((line) => !/\n/.test(line)));
  const size = lines.reduce((sum, line) => sum + line.length + 2, 0);
  assert(size <= LIMITS.maxReply + 2 + LIMITS.maxLine, `${size} bytes`);
  for (const line of lines) checkText(line);
  for (const [name, value] of parseFeatures(reply)) {
    assert(name !== "" && name === name.trim() && value === value.trim());
  }
  for (const offer of hashOffers(parseFeatures(reply))) {
    const hash = attempt(() => parseHash(offer, "/a", reply), ProtocolError);
    assert(hash instanceof Error || /^[0-9a-f]+$/.test(hash));
  }
  // What our server would send is one reply to our client.
  const wide = { maxLine: 9999, maxReply: 99_999 };
  const again = new ReplyReader(sourceOf([formatReply(reply)]), wide);
  const read = await again.next();
  assertEquals([read?.code, read?.lines.length], [code, lines.length]);
  assertEquals(await again.next(), null);
}

/** Every reader of a reply's text. */
function checkText(text: string): void {
  const passive = parsePassive(text);
  assert(passive === null || isPort(passive.port) && passive.port > 0);
  assert(passive === null || /^\d+(\.\d+){3}$/.test(passive.hostname));
  const extended = parseExtendedPassive(text);
  assert(extended === null || isPort(extended) && extended > 0);
  const path = parsePathname(text);
  assert(path === null || path !== "" && path.length <= text.length);
  for (const size of [parseSize(text), parseSizeHint(text)]) {
    assert(size === null || Number.isSafeInteger(size) && size >= 0);
  }
  const time = parseModified(text);
  assert(time === null || /^\d{14}$/.test(formatTime(time)));
  const name = parseUniqueName(text);
  assert(name === null || name !== "" && name.length <= text.length);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

/** Command lines and replies. */
export const COMMAND_TARGETS: readonly Target[] = [
  defineTarget({
    name: "command-line",
    about: "lines that a server reads, with Telnet's commands in them",
    seeds: () => COMMAND_SEEDS,
    tokens: [...TELNET, "\r\n", "\r", "\n", " ", "\0", '"', "-la ", "é", "😀"],
    longest: 1200,
    async check(input) {
      const lines = await linesIn([input]);
      assertEquals(await linesIn(pieces(input)), lines, "cut elsewhere");
      return lines.map((line) => line.replace(/ .*/s, "")).join();
    },
  }),
  defineTarget({
    name: "reply",
    about: "replies that a client reads, and what it finds in them",
    seeds: () => [
      "220-Hello\r\n331 ?\r\n 220 there\r\n220 Ready\r\n230 In\r\n",
      "227 Entering Passive Mode (192,0,2,1,156,64).\r\n",
      '229 Extended (|||40000|)\r\n257 "/a ""b""" is current\r\n',
      "213 1024\r\n213 20240229123456.789\r\n150 Opening for a (12 bytes).\r\n",
      "211-Features:\r\n SIZE\r\n MLST Type*;Size*;\r\n HASH SHA-1*;MD5\r\n211 End\r\n",
      "213 SHA-1 0-5 da39a3ee5e6b4b0d3255bfef95601890afd80709 a\r\n",
      "250-Listing\r\n Type=file;Size=3;Modify=20240101000000; /a\r\n250 End\r\n",
      "150 FILE: ftpd.1234\r\n226 Transfer complete (unique file name:a.1).\r\n",
      "250 XCRC 1a2b3c\r\n421 Bye\r\n",
    ],
    tokens: [
      "\r\n",
      "220-",
      "220 ",
      "(",
      ")",
      "|||",
      '"',
      '""',
      "FILE: ",
      "bytes",
    ],
    longest: 1600,
    async check(input) {
      const found = await repliesIn([input]);
      assertEquals(await repliesIn(pieces(input)), found, "cut elsewhere");
      for (const reply of found) {
        if (typeof reply === "object") await checkReply(reply);
      }
      return found.map((one) => typeof one === "object" ? one.code : one)
        .join();
    },
  }),
  defineTarget({
    name: "reply-text",
    about: "addresses, folders, sizes and times in the text of replies",
    seeds: () => [
      "Entering Passive Mode (10,0,0,1,8,73).",
      "=10,0,0,1,8,73",
      "Extended (|||2121|)",
      '"/a ""b""" is current',
      "Modify=19700101000001; a.txt",
      "20240229123456.123456789",
      "Opening BINARY mode for a (12 bytes).",
      "FILE NAME: a b",
    ],
    tokens: [",", "(", ")", "|", '"', "Modify=", "FILE: ", " bytes)"],
    longest: 20_000,
    check(input) {
      const text = textOf(input);
      checkText(text);
      return [
        ...[parsePassive, parseExtendedPassive, parsePathname, parseSize],
        ...[parseModified, parseSizeHint, parseUniqueName],
      ].map((parse) => parse(text) === null ? "-" : "x").join("");
    },
  }),
  defineTarget({
    name: "typed-command",
    about: "commands that are typed at a client: one line goes out, or none",
    seeds:
      () => ["site chmod 600 a", "PASS s3cret", "quote retr a\tb", "ACCT x"],
    tokens: ["\r\n", "\0", "PASS ", "SITE ", "é"],
    longest: 6000,
    check(input) {
      const command = commandOf(textOf(input));
      const shown = shownCommand(command);
      assert(!/^(PASS|ACCT) (?!\*{4}$)./.test(shown), shown);
      let outcome = "";
      for (const charset of ["utf-8", "latin1"] as const) {
        const bytes = attempt(() => commandBytes(command, charset), TypeError);
        outcome += bytes instanceof Error ? bytes.message.slice(-20) : " sent";
        if (bytes instanceof Error) continue;
        assertEquals(bytes.indexOf(10), bytes.length - 1);
        assert(bytes.length <= 4098 && !bytes.includes(0));
      }
      return outcome;
    },
  }),
];

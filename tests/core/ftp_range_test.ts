import { asAlice } from "./ftp_dialogue.ts";
import { contentOf } from "./ftp_harness.ts";
import { assertEquals } from "@std/assert";

const FILES = { "/a": "0123456789", "/b": "keep" };
const OPEN = ["EPSV", "229"];

const REPLIES: readonly [command: string, reply: string][] = [
  ["RANG 0 4", "350 Range is 5 bytes from 0."],
  ["RANG 3 3", "350 Range is 1 bytes from 3."],
  ["RANG 1 0", "350 No range any more."],
  ["RANG 5 4", "501 The start is behind the end."],
  ["RANG 0 9007199254740991", "350 Range is 9007199254740992 bytes from 0."],
  ["RANG 0 9007199254740992", "501 Invalid parameter."],
  ["RANG 5", "501 Invalid parameter."],
  ["RANG 1 2 3", "501 Invalid parameter."],
  ["RANG -1 5", "501 Invalid parameter."],
  ["RANG +1 5", "501 Invalid parameter."],
  ["RANG 0x1 5", "501 Invalid parameter."],
  ["RANG 1  5", "501 Invalid parameter."],
];

for (const [command, reply] of REPLIES) {
  Deno.test(`${command} is answered with ${reply}`, async () => {
    await asAlice([command, reply]);
  });
}

Deno.test("RANG and RETR send these bytes, once", async () => {
  await asAlice([
    ...["RANG 2 5", "350", ...OPEN, "RETR a", "150", "226", "< 2345"],
    ...[...OPEN, "RETR a", "150", "226", "< 0123456789"],
    ...["RANG 8 99", "350", ...OPEN, "RETR a", "150", "226", "< 89"],
    ...["RANG 10 99", "350", ...OPEN, "RETR a", "150", "226", "< "],
    ...["RANG 11 99", "350", ...OPEN, "RETR a", "554", "RETR a", "150"],
    ...["226", "< 0123456789"],
  ], { files: FILES });
});

Deno.test("of RANG and REST the last one counts", async () => {
  await asAlice([
    ...["RANG 0 3", "350", "REST 8", "350", ...OPEN, "RETR a", "150", "226"],
    ...["< 89", "REST 8", "350", "RANG 0 3", "350", ...OPEN, "RETR a", "150"],
    ...["226", "< 0123", "REST 8", "350", "RANG 1 0", "350", ...OPEN],
    ...["RETR a", "150", "226", "< 0123456789"],
  ], { files: FILES });
});

Deno.test("RANG is not for uploads, which forget it", async () => {
  const { fs } = await asAlice([
    ...["RANG 0 3", "350", ...OPEN, "STOR b", "450 Can't STOR while RANG"],
    ...["RANG 0 3", "350", "APPE b", "450", "RANG 0 3", "350", "STOU b", "450"],
    ...["STOR c", "150", "> new", "226"],
  ], { files: FILES });
  assertEquals(await contentOf(fs, "/b"), "keep");
  assertEquals(await contentOf(fs, "/c"), "new");
});

Deno.test("a listing forgets RANG", async () => {
  await asAlice([
    ...["RANG 0 0", "350", ...OPEN, "NLST", "150", "226", "< a\r\nb\r\n"],
    ...[...OPEN, "RETR b", "150", "226", "< keep"],
  ], { files: FILES });
});

Deno.test("RANG has no meaning in ASCII", async () => {
  await asAlice([
    ...["TYPE A", "200", "RANG 0 1", "551 Ranges are not allowed in ASCII"],
    ...["RANG 1 0", "350", "TYPE I", "200", "RANG 0 1", "350"],
  ]);
});

Deno.test("REIN forgets RANG, MODE Z, OPTS HASH and SITE IDLE", async () => {
  const AGAIN = ["USER alice", "331", "PASS secret", "230", "TYPE I", "200"];
  await asAlice([
    ...["RANG 0 1", "350", "MODE Z", "200", "OPTS HASH MD5", "200 MD5"],
    ...["OPTS MODE Z LEVEL 1", "200", "SITE IDLE 40", "200", "REIN", "220"],
    ...[...AGAIN, "OPTS HASH", "200 SHA-256", "STAT", "211 … MODE: Stream"],
    ...["SITE IDLE", "200 Idle time-out is 90 seconds, at most 90."],
    ...[...OPEN, "RETR a", "150", "226", "< 0123456789"],
  ], { files: FILES, policy: { idleTimeout: 90_000 } });
});

Deno.test("AUTH forgets RANG, MODE Z and OPTS HASH", async () => {
  await asAlice([
    ...["RANG 0 1", "350", "MODE Z", "200", "OPTS HASH MD5", "200 MD5"],
    ...["SITE CPFR a", "350", "AUTH TLS", "234", "(TLS)"],
    ...["USER alice", "331", "PASS secret", "230", "TYPE I", "200"],
    ...["OPTS HASH", "200 SHA-256", "STAT", "211 … MODE: Stream"],
    ...["SITE CPTO c", "503"],
    ...[...OPEN, "RETR a", "150", "226", "< 0123456789"],
  ], { files: FILES, tls: {} });
});

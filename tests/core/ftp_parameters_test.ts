import { assertEquals } from "@std/assert";
import { asAlice } from "./ftp_dialogue.ts";

const REPLIES: readonly [command: string, reply: string][] = [
  ["TYPE A", "200 Type set to: ASCII."],
  ["TYPE a", "200 Type set to: ASCII."],
  ["TYPE A N", "200 Type set to: ASCII."],
  ["TYPE I", "200 Type set to: Binary."],
  ["TYPE L 8", "200 Type set to: Binary."],
  ["TYPE L8", "200 Type set to: Binary."],
  ["TYPE L 7", "504 Unsupported type."],
  ["TYPE E", "504 Unsupported type."],
  ["TYPE A T", "504 Unsupported type."],
  ["TYPE x", "504 Unsupported type."],
  ["MODE S", "200 MODE set to S."],
  ["MODE s", "200 MODE set to S."],
  ["MODE B", "504 Unimplemented MODE type."],
  ["MODE C", "504 Unimplemented MODE type."],
  ["MODE X", "501 Unrecognized MODE type."],
  ["MODE BC", "501 Unrecognized MODE type."],
  ["STRU F", "200 STRU set to F."],
  ["STRU R", "504 Unimplemented STRU type."],
  ["STRU P", "504 Unimplemented STRU type."],
  ["STRU x", "501 Unrecognized STRU type."],
  ["REST 0", "350 Restarting at position 0."],
  ["REST 007", "350 Restarting at position 7."],
  ["REST 9007199254740991", "350 Restarting at position 9007199254740991."],
  ["REST 9007199254740992", "501 Invalid parameter."],
  ["REST 99999999999999999999", "501 Invalid parameter."],
  ["REST -1", "501 Invalid parameter."],
  ["REST +1", "501 Invalid parameter."],
  ["REST 1.5", "501 Invalid parameter."],
  ["REST 1e3", "501 Invalid parameter."],
  ["REST 0x10", "501 Invalid parameter."],
  ["REST x", "501 Invalid parameter."],
  ["REST  1", "501 Invalid parameter."],
  ["REST", "501 Syntax error: command needs an argument."],
  ["ALLO 100", "202 No storage allocation necessary."],
  ["ALLO 100 R 10", "202 No storage allocation necessary."],
  ["ALLO x", "501 Invalid parameter."],
  ["OPTS UTF8 ON", "200 OK, UTF8 is always on."],
  ["OPTS utf8 on", "200 OK, UTF8 is always on."],
  ["OPTS UTF-8", "200 OK, UTF8 is always on."],
  ["OPTS UTF8 OFF", "501 Invalid argument."],
  ["OPTS UTF8 NLST", "501 Invalid argument."],
  ["OPTS FOO SHA-1", '501 Unsupported command "FOO".'],
  ["OPTS none", '501 Unsupported command "NONE".'],
  ["CLNT somebody 1.0", "200 Noted."],
  ["NOOP", "200 NOOP command successful."],
  ["NOOP really", "200 NOOP command successful."],
  ["SYST", "215 UNIX Type: L8"],
  ["SITE", "501 Syntax error: command needs an argument."],
  ["SITE FOO", '500 SITE command "FOO" not understood.'],
  ["SITE HELP", "214-The following SITE commands are recognized:\n SITE CHMOD"],
  ["SITE help me", "214"],
  ["SITE CHMOD 640 a", "200 SITE CHMOD successful."],
  ["SITE chmod 0640 a", "200 SITE CHMOD successful."],
  ["SITE CHMOD 4777 a", "200 SITE CHMOD successful."],
  ["SITE CHMOD 648 a", "501 Invalid SITE CHMOD format."],
  ["SITE CHMOD 640", "501 Invalid SITE CHMOD format."],
  ["SITE CHMOD u+x a", "501 Invalid SITE CHMOD format."],
  ["SITE CHMOD", "501 Invalid SITE CHMOD format."],
  ["SITE CHMOD 640 none", "550 No such file or directory."],
  ["SITE UMASK", "200 The server's own UMASK is in force."],
  ["SITE UMASK 22", "200 UMASK set to 022."],
  ["SITE UMASK 0077", "200 UMASK set to 077."],
  ["SITE UMASK 7777", "501 Invalid SITE UMASK format."],
  ["SITE UMASK 8", "501 Invalid SITE UMASK format."],
  ["SITE UTIME 20240101000000 a", "200 SITE UTIME successful."],
  ["SITE UTIME 202401010000 a", "200 SITE UTIME successful."],
  [
    "SITE UTIME a b 20240101000000 20240102000000 20240103000000 UTC",
    "200 SITE UTIME successful.",
  ],
  ["SITE UTIME 20240230000000 a", "501 Invalid time format."],
  ["SITE UTIME a", "501 Invalid SITE UTIME format."],
  ["SITE UTIME", "501 Invalid SITE UTIME format."],
  ["SITE UTIME 20240101000000 none", "550 No such file or directory."],
];

for (const [command, reply] of REPLIES) {
  Deno.test(`${command} is answered with ${reply.slice(0, 40)}`, async () => {
    await asAlice([command, reply], { files: { "/a": "abc", "/a b": "" } });
  });
}

Deno.test("REST has no meaning in ASCII, but for the beginning", async () => {
  await asAlice([
    ...["TYPE A", "200", "REST 0", "350"],
    ...["REST 1", "501 Resuming transfers not allowed in ASCII mode."],
  ]);
});

Deno.test("SITE CHMOD and SITE UTIME do what they say", async () => {
  const { fs } = await asAlice([
    ...["SITE CHMOD 4640 a b", "200", "SITE UTIME 202402290102 a b", "200"],
    "SITE UTIME /c d 20200101000000 20210203040506 20200101000000 UTC",
    "200",
  ], { files: { "/a b": "", "/c d": "" } });
  const { mode, modified } = await fs.stat("/a b");
  assertEquals(mode, 0o640);
  assertEquals(modified.toISOString(), "2024-02-29T01:02:00.000Z");
  const other = await fs.stat("/c d");
  assertEquals(other.modified.toISOString(), "2021-02-03T04:05:06.000Z");
});

Deno.test("STAT tells how the session stands", async () => {
  await asAlice([
    "STAT",
    "211-FTP server status:\n" +
    " Connected from 192.0.2.1 to 192.0.2.1\n" +
    " Logged in as alice\n" +
    " TYPE: Binary; STRUcture: File; MODE: Stream\n" +
    " Data connection closed\n" +
    "211 End of status.",
    ...["EPSV", "229", "STAT", "211 … Data port chosen"],
  ]);
});

Deno.test("CLNT is logged, whatever it says", async () => {
  const { log } = await asAlice(["CLNT a\x1b[2Jb", "200"]);
  assertEquals(
    log.find(({ event }) => event === "client")?.client,
    "a\x1b[2Jb",
  );
});

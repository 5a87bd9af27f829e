import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../server/ftp/commands.ts";
import { dialogue, speak } from "./ftp_dialogue.ts";
import { type FtpClient, startAlice } from "./ftp_harness.ts";

const FILES = { "/a": "abc", "/sub": null };

/** A session with a download that does not move until the client takes it. */
async function startDownload(): Promise<FtpClient> {
  const hosts = [{ names: ["one.test"] }];
  const client = await startAlice({
    files: FILES,
    tls: {},
    policy: { hosts },
  });
  await client.ask("EPSV");
  client.data.block();
  await client.ask("RETR a");
  return client;
}

/** What each command that waits says after the transfer. */
const AFTERWARDS: Record<string, [line: string, ...replies: string[]]> = {
  PASS: ["PASS x", "503"],
  ACCT: ["ACCT x", "202"],
  TYPE: ["TYPE I", "200"],
  MODE: ["MODE S", "200"],
  STRU: ["STRU F", "200"],
  REST: ["REST 1", "350"],
  ALLO: ["ALLO 1", "202"],
  OPTS: ["OPTS UTF8 ON", "200"],
  CLNT: ["CLNT x", "200"],
  CSID: ["CSID Name=x;", "200"],
  LANG: ["LANG en", "200"],
  RANG: ["RANG 0 1", "350"],
  PASV: ["PASV", "227"],
  EPSV: ["EPSV", "229"],
  PORT: ["PORT 192,0,2,1,8,73", "200"],
  EPRT: ["EPRT |1|192.0.2.1|2121|", "200"],
  RETR: ["RETR a", "425"],
  STOR: ["STOR a", "425"],
  APPE: ["APPE a", "425"],
  STOU: ["STOU", "425"],
  LIST: ["LIST", "425"],
  NLST: ["NLST", "425"],
  MLSD: ["MLSD", "425"],
  MLST: ["MLST", "250"],
  CWD: ["CWD sub", "250"],
  XCWD: ["XCWD sub", "250"],
  CDUP: ["CDUP", "250"],
  XCUP: ["XCUP", "250"],
  PWD: ["PWD", "257"],
  XPWD: ["XPWD", "257"],
  MKD: ["MKD new", "257"],
  XMKD: ["XMKD new", "257"],
  RMD: ["RMD sub", "250"],
  XRMD: ["XRMD sub", "250"],
  DELE: ["DELE a", "250"],
  RNFR: ["RNFR a", "350"],
  RNTO: ["RNTO b", "503"],
  SIZE: ["SIZE a", "213"],
  MDTM: ["MDTM a", "213"],
  MFMT: ["MFMT 20240101000000 a", "213"],
  MFCT: ["MFCT 20240101000000 a", "213"],
  MFF: ["MFF modify=20240101000000; a", "213"],
  HASH: ["HASH a", "213"],
  MD5: ["MD5 a", "251"],
  XCRC: ["XCRC a", "250 352441C2"],
  XMD5: ["XMD5 a", "250"],
  XSHA: ["XSHA a", "250"],
  XSHA1: ["XSHA1 a", "250"],
  XSHA256: ["XSHA256 a", "250"],
  XSHA512: ["XSHA512 a", "250"],
  AVBL: ["AVBL", "550"],
  HOST: ["HOST one.test", "503"],
  DSIZ: ["DSIZ", "213 3"],
  COMB: ["COMB b a", "250"],
  SYST: ["SYST", "215"],
  HELP: ["HELP", "214"],
  FEAT: ["FEAT", "211"],
  SITE: ["SITE HELP", "214"],
  AUTH: ["AUTH X", "504"],
  PBSZ: ["PBSZ 0", "503"],
  PROT: ["PROT P", "503"],
  CCC: ["CCC", "533"],
};

/** What the others say at once. */
const AT_ONCE: Record<string, [line: string, ...replies: string[]]> = {
  USER: ["USER bob", "503 User already authenticated."],
  REIN: ["REIN", "220"],
  QUIT: ["QUIT", "221"],
  NOOP: ["NOOP", "200"],
  STAT: ["STAT", "211 … Transferring: RETR /a"],
};

for (const [verb, { duringTransfer }] of COMMANDS) {
  if (verb === "ABOR") continue; // It has a file of its own.
  const when = duringTransfer ? "is answered at once" : "waits for its end";

  Deno.test(`${verb} during a transfer ${when}`, async () => {
    const client = await startDownload();
    const table = duringTransfer ? AT_ONCE : AFTERWARDS;
    const row = table[verb];
    assert(row !== undefined, `add ${verb} to the table above`);
    const end = ["(data taken)", "226 Transfer complete.", "< abc"];
    await speak(client, [
      row[0],
      ...(duringTransfer ? [...row.slice(1), ...end] : []),
      ...(duringTransfer ? [] : [...end.slice(0, 2), ...row.slice(1)]),
      ...(verb === "QUIT" ? ["(closed)"] : []),
    ]);
  });
}

Deno.test("commands during a transfer keep their order, also those answered at once", async () => {
  const client = await startDownload();
  await speak(client, [
    ...["NOOP", "200", "SIZE a", "NOOP", "STAT", "PWD", "(data taken)"],
    ...["226", "213 3", "200", "211 … Data connection closed", "257"],
  ]);
});

Deno.test("STAT during a transfer tells how far it is", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR b");
  client.data.send("12345");
  let said = "";
  // The bytes are on their way: they arrive some replies later at the most.
  for (let at = 0; at < 100 && !said.includes("so far: 5"); at++) {
    said = await client.ask("STAT");
  }
  await speak(client, [
    ...["STAT", "211 … Transferring: STOR /b\n Total bytes so far: 5"],
    ...["STAT /", '213 … Status of "/":'],
    ...["> 67", "226", "STAT", "211 … Data connection closed"],
  ]);
});

Deno.test("QUIT during an upload lets it end, and closes then", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR b");
  await speak(client, [
    ...[">> 12", "QUIT", "221 Goodbye.", "> 34", "226", "(closed)"],
  ]);
  assertEquals((await client.fs.stat("/b")).size, 4);
});

Deno.test("QUIT that is refused when its client has left ends the session", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  assertEquals(await client.ask("STOR a"), "150 Ready to receive a.");
  client.command("PWD");
  client.command("QUIT now");
  client.control.end();
  client.data.send("12");
  client.data.end();
  assertEquals(await client.reply(), "226 Transfer complete.");
  assertMatch(await client.reply() ?? "", /^257/);
  assertMatch(await client.reply() ?? "", /^501/);
  await client.finish();
});

Deno.test("QUIT behind a waiting command waits with it", async () => {
  const client = await startDownload();
  await speak(client, [
    ...["SIZE a", "QUIT", "(data taken)", "226", "213 3", "221", "(closed)"],
  ]);
});

Deno.test("REIN during a transfer logs out, and the transfer goes on", async () => {
  const client = await startDownload();
  await speak(client, [
    ...["REIN", "220", "STAT", "211 … Waiting for username"],
    ...["STAT /", "530", "USER bob", "331", "(data taken)", "226", "< abc"],
    ...["PWD", "530", "PASS hidden", "230"],
  ]);
});

Deno.test("PASS after REIN during a transfer waits for the transfer", async () => {
  const client = await startDownload();
  await speak(client, [
    ...["REIN", "220", "USER bob", "331", "PASS hidden"],
    ...["(data taken)", "226", "230"],
  ]);
});

Deno.test("any number of commands behind a transfer is answered, in order", async () => {
  const client = await startDownload();
  const sizes = Array.from({ length: 200 }, (_, at) => `MKD ${at}`);
  client.control.send(sizes.map((line) => `${line}\r\n`).join(""));
  await speak(client, [
    "(data taken)",
    "226",
    ...sizes.map((line) => `257 "/${line.slice(4)}"`),
  ]);
});

Deno.test("unknown commands wait for the transfer too", async () => {
  const client = await startDownload();
  await speak(client, [
    ...["FOO", "PORT", "NOOP x y", "(data taken)", "226", "500", "501", "200"],
  ]);
});

Deno.test("transfers follow each other when they were asked for in one go", async () => {
  await dialogue([
    "USER alice",
    "331",
    "PASS secret",
    "230",
    ...["EPSV", "RETR a", "EPSV", "RETR a", "EPSV", "NLST"],
    ...["229", "150", "226", "229", "150", "226", "229", "150", "226"],
    "< a\r\nsub\r\n",
  ], { files: FILES });
});

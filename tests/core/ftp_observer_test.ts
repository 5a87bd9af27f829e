import { assert, assertEquals } from "@std/assert";
import type {
  Observer,
  SessionObserver,
} from "../../server/ftp/operations/observer.ts";
import { Telemetry } from "../../server/ftp/operations/telemetry.ts";
import { speak } from "./ftp_dialogue.ts";
import { startAlice, startSession } from "./ftp_harness.ts";

/** An observer that writes down what it is told. */
function notes(watchesChanges = false) {
  const told: string[] = [];
  const note = (...words: unknown[]) => void told.push(words.join(" "));
  const session: SessionObserver = {
    secured: (facts) => note("secured", facts?.protocol),
    loggedIn: (account) => note("in", account),
    loginFailed: (user) => note("failed", user),
    loggedOut: () => note("out"),
    banned: () => note("banned"),
    command: (verb) => note(">", verb),
    replied: (code, took) => note("<", code, took === null ? "-" : "timed"),
    began: ({ transfer }) => note("began", transfer.verb, transfer.path),
    ended: ({ direction, outcome, bytes, reason, account }) =>
      note("ended", direction, outcome, bytes, account, reason ?? ""),
    changed: ({ change, path, to }) => note(change, path, to ?? ""),
    kicked: () => note("kicked"),
    left: () => note("left"),
  };
  const observer: Observer = {
    session: ({ id, address }) => (note("session", id, address), session),
    refused: () => {},
    watchesChanges,
  };
  return { told, observer };
}

Deno.test("an observer is told of logins, commands and transfers, in order", async () => {
  const { told, observer } = notes();
  const client = await startSession({ observer, files: { "/a": "abc" } });
  await speak(client, [
    ...["USER alice", "331", "PASS wrong", "530", "USER alice", "331"],
    ...["PASS secret", "230", "TYPE I", "200", "EPSV", "229"],
    ...["RETR a", "150", "226", "REIN", "220"],
  ]);
  await client.finish();
  assertEquals(told, [
    ...["session 1 192.0.2.1", "> USER", "< 331 timed"],
    ...["> PASS", "failed alice", "< 530 -"],
    ...["> USER", "< 331 timed", "> PASS", "in alice", "< 230 timed"],
    ...["> TYPE", "< 200 timed", "> EPSV", "< 229 timed", "> RETR"],
    ...["began RETR /a", "ended download complete 3 alice ", "< 226 -"],
    ...["> REIN", "out", "< 220 timed", "left"],
  ]);
});

Deno.test("a transfer is complete, aborted or failed, with the reason", async () => {
  const { told, observer } = notes();
  const client = await startAlice({ observer, capacity: 8 });
  await speak(client, [
    ...["EPSV", "229", "STOR a", "150", "> abc", "226"],
    ...["EPSV", "229", "STOR b", "150", ">> 12", "ABOR", "426", "226"],
    ...["EPSV", "229", "STOR c", "150", "> 123456789", "452"],
    ...["EPSV", "229", "LIST", "150", "226"],
  ]);
  await client.finish();
  const ends = told.filter((line) => line.startsWith("ended"))
    .map((line) => line.replace(/\d+ alice/, "N alice"));
  assertEquals(ends, [
    "ended upload complete N alice ",
    "ended upload aborted N alice Transfer aborted.",
    "ended upload failed N alice Insufficient storage space.",
    "ended listing complete N alice ",
  ]);
});

Deno.test("changes are told when somebody wants to know them", async () => {
  const { told, observer } = notes(true);
  const client = await startAlice({ observer, files: { "/a": "x", "/b": "" } });
  await speak(client, [
    ...["MKD d", "257", "RNFR a", "350", "RNTO d/a", "250"],
    ...["DELE b", "250", "DELE b", "550", "DELE d/a", "250", "RMD d", "250"],
  ]);
  await client.finish();
  const changes = told.filter((line) => /^(mkdir|rmdir|rename|del)/.test(line));
  assertEquals(changes, [
    ...["mkdir /d ", "rename /a /d/a", "delete /b ", "delete /d/a "],
    "rmdir /d ",
  ]);
});

Deno.test("a session that is kicked hears it, and its transfer is aborted", async () => {
  const { told, observer } = notes();
  const kick = new AbortController();
  const client = await startAlice({ observer, kicked: kick.signal });
  await client.ask("EPSV");
  await client.ask("STOR a");
  client.sendData("123");
  await new Promise((resolve) => setTimeout(resolve, 0));
  client.command("RETR a");
  kick.abort();
  await speak(client, [
    "426 Disconnected by the administrator.",
    "421 Disconnected by the administrator.",
    "(closed)",
  ]);
  await client.ended;
  assertEquals(client.end?.reason, "kicked");
  assertEquals(client.files.uploads, ["abort /a"]);
  assert(told.includes("kicked"));
  assert(told.some((line) => line.startsWith("ended upload aborted ")));
});

Deno.test("a session that does nothing is kicked at once", async () => {
  const kick = new AbortController();
  const client = await startSession({ kicked: kick.signal });
  kick.abort();
  await speak(client, ["421 Disconnected by the administrator.", "(closed)"]);
  await client.ended;
});

Deno.test("a session over its time ends with 421, after its transfer", async () => {
  const client = await startAlice({ limits: { sessionTimeout: 50 } });
  await client.ask("EPSV");
  await client.ask("STOR a");
  client.sendData("123");
  // While it runs nothing is said; whoever comes later has been told by then.
  const late = await startSession({ limits: { sessionTimeout: 60 } });
  await speak(late, ["421 The session has lasted long enough.", "(closed)"]);
  await late.ended;
  client.endData();
  await speak(client, ["226", "421 The session has lasted", "(closed)"]);
  await client.ended;
  assertEquals(client.end?.reason, "session-timeout");
  assertEquals(client.files.uploads, ["close /a"]);
});

Deno.test("serveSession() says how a session was", async () => {
  const client = await startAlice({ files: { "/a": "12345" } });
  await speak(client, [
    ...["EPSV", "229", "RETR a", "150", "226", "EPSV", "229", "STOR b", "150"],
    ...["> abc", "226", "QUIT", "221", "(closed)"],
  ]);
  await client.ended;
  assertEquals(client.end, {
    reason: "quit",
    account: "alice",
    transfers: 2,
    sent: 5,
    received: 3,
    tls: undefined,
  });
});

Deno.test("passwords never reach the log or an observer", async () => {
  const happened: unknown[] = [];
  const telemetry = new Telemetry({
    onHappening: (...what) => happened.push(what),
  });
  const client = await startSession({ observer: telemetry });
  const secret = "s3cr3t-Pa55";
  await speak(client, [
    ...[`PASS ${secret}`, "503", "USER alice", "331", `PASS ${secret}`, "530"],
    ...[`PASSS ${secret}`, "500", `pass${secret}`, "500", `ACCT ${secret}`],
    ...["530", `SITE PSWD ${secret}`, "500", `${secret}`, "500"],
    ...[`USER alice:${secret}`, "331", "PASS x", "530"],
    ...["USER alice", "331", `\tPASS ${secret}`, "500", "USER alice", "331"],
    ...["PASS secret", "230"],
  ]);
  const seen = JSON.stringify([telemetry.views(), happened]);
  await client.finish();
  assertEquals(seen.includes(secret), false);
  assertEquals(JSON.stringify(client.log).includes(secret), false);
  assert(JSON.stringify(happened).includes("alice"));
});

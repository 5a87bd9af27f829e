import { assertEquals } from "@std/assert";
import type { Account, Admittance } from "../../server/ftp/accounts.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { dialogue } from "./ftp_dialogue.ts";
import { startSession, TODAY } from "./ftp_harness.ts";

const LOG_IN = ["USER alice", "331", "PASS secret"] as const;
const fs = memoryFileSystem({ "/in": null, "/file": "abc" });

function alice(more: Partial<Account> = {}): Account {
  return { name: "alice", fs, write: true, ...more };
}

/** A policy that lets in, or not, whoever asks. */
function admitting(admittance: Admittance) {
  return { policy: { authenticate: () => admittance } };
}

Deno.test("PASS says an account's greeting, however many lines it has", async () => {
  const greeting = "Hello Alice,\n2 new files\n\nEnjoy.\n";
  await dialogue([
    ...LOG_IN,
    "230-Hello Alice,\n 2 new files\n\nEnjoy.\n230 Login successful.",
  ], admitting(alice({ greeting })));
});

Deno.test("PASS says nothing more where an account's greeting is empty", async () => {
  for (const greeting of ["", "\n"]) {
    await dialogue(
      [...LOG_IN, "230 Login successful."],
      admitting(alice({ greeting })),
    );
  }
});

Deno.test("sessions start in the account's folder", async () => {
  await dialogue([
    ...[...LOG_IN, "230", "PWD", '257 "/in"'],
    ...["REIN", "220", ...LOG_IN, "230", "PWD", '257 "/in"'],
  ], admitting(alice({ start: "/in" })));
});

Deno.test("sessions start at the root when the account's folder is not there", async () => {
  for (const start of ["/gone", "/file"]) {
    const { log } = await dialogue([
      ...[...LOG_IN, "230", "PWD", '257 "/"'],
    ], admitting(alice({ start })));
    const told = log.filter(({ event }) => event === "no-start-folder");
    assertEquals(told.map(({ user, path }) => [user, path]), [
      ["alice", start],
    ]);
  }
});

Deno.test("a denial with a reply is told as it is, and is no failed login", async () => {
  const reply = { code: 421, lines: ["Not now."], close: true };
  const { log, slept } = await dialogue([
    ...[...LOG_IN, "421 Not now.", "(closed)"],
  ], admitting({ reason: "no database", reply }));
  assertEquals(slept, []);
  assertEquals(log.filter(({ event }) => event === "login-failed"), []);
  const [told] = log.filter(({ event }) => event === "login-refused");
  assertEquals([told?.user, told?.reason], ["alice", "no database"]);
});

Deno.test("a denial without a reply looks like a wrong password, and is told to the log alone", async () => {
  const { log, slept } = await dialogue([
    ...[...LOG_IN, "530 Authentication failed."],
  ], admitting({ reason: "expired" }));
  assertEquals(slept, [1000]);
  const [told] = log.filter(({ event }) => event === "login-failed");
  assertEquals([told?.attempt, told?.reason], [1, "expired"]);
});

Deno.test("the time that a failure takes is counted from the command on", async () => {
  let now = TODAY;
  for (const [takes, left] of [[300, 700], [1000, 0], [5000, 0], [-50, 1000]]) {
    const authenticate = () => {
      now += takes!;
      return null;
    };
    const { slept } = await dialogue([...LOG_IN, "530"], {
      policy: { authenticate, now: () => now },
    });
    assertEquals(slept, [left], `${takes} ms`);
  }
});

/** A gate that notes what it hears, and answers so to failures. */
function gate(penalty: { delay: number; bannedFor: number }) {
  const heard: string[] = [];
  return {
    heard,
    failed(address: string, user: string) {
      heard.push(`failed ${address} ${user}`);
      return Promise.resolve(penalty);
    },
    succeeded: (address: string, user: string) =>
      void heard.push(`succeeded ${address} ${user}`),
  };
}

Deno.test("the gate hears of logins and failures, and says what they cost", async () => {
  const door = gate({ delay: 3500, bannedFor: 0 });
  const { slept } = await dialogue([
    ...["USER alice", "331", "PASS guess", "530 Authentication failed."],
    ...[...LOG_IN, "230"],
  ], { policy: { gate: door } });
  assertEquals(slept, [3500]);
  assertEquals(door.heard, [
    "failed 192.0.2.1 alice",
    "succeeded 192.0.2.1 alice",
  ]);
});

Deno.test("a failure that bans ends the session", async () => {
  await dialogue([
    ...["USER alice", "331", "PASS guess"],
    ...["421 Too many failed logins, try again later.", "(closed)"],
  ], { policy: { gate: gate({ delay: 0, bannedFor: 60_000 }) } });
});

/** An account that counts how often it is given back. */
function counted(more: Partial<Account> = {}) {
  let released = 0;
  const account = alice({ ...more, release: () => void released++ });
  return { account, released: () => released };
}

Deno.test("an account is given back when the session ends", async () => {
  for (const last of [["QUIT", "221", "(closed)"], ["(client resets)"]]) {
    const { account, released } = counted();
    const client = await startSession(admitting(account));
    await client.logIn();
    assertEquals(released(), 0);
    if (last[0] === "QUIT") await client.ask("QUIT");
    else client.control.reset();
    await client.ended;
    assertEquals(released(), 1, last[0]);
  }
});

Deno.test("an account is given back at REIN and AUTH, and not again", async () => {
  const { account, released } = counted();
  const client = await startSession({ ...admitting(account), tls: {} });
  await client.logIn();
  await client.ask("REIN");
  assertEquals(released(), 1);
  await client.logIn();
  await client.ask("AUTH TLS");
  assertEquals(released(), 2);
  client.startTls();
  assertEquals(await client.ask("NOOP"), "200 NOOP command successful.");
  await client.finish();
  assertEquals(released(), 2);
});

Deno.test("an account is given back when its client has gone before it was there", async () => {
  const { account, released } = counted();
  const answer = Promise.withResolvers<Account>();
  const asked = Promise.withResolvers<void>();
  const client = await startSession({
    policy: {
      authenticate() {
        asked.resolve();
        return answer.promise;
      },
    },
  });
  client.command("USER alice");
  await client.reply();
  client.command("PASS secret");
  await asked.promise;
  client.control.reset();
  answer.resolve(account);
  await client.ended;
  assertEquals(released(), 1);
});

Deno.test("an account that must use TLS is given back when it does not", async () => {
  const { account, released } = counted({ tls: "required" });
  await dialogue([
    ...[...LOG_IN, "550 SSL/TLS required on the control channel."],
  ], { ...admitting(account), tls: {} });
  assertEquals(released(), 1);
});

Deno.test("authenticate() is told where and how somebody comes", async () => {
  const told: unknown[] = [];
  const authenticate = (credentials: object) => {
    told.push(credentials);
    return null;
  };
  await dialogue([
    ...LOG_IN,
    "530",
    "AUTH TLS",
    "234",
    "(TLS)",
    ...LOG_IN,
    "530",
  ], {
    policy: { authenticate },
    tls: {},
  });
  const common = { user: "alice", password: "secret", remote: "192.0.2.1" };
  assertEquals(told, [
    { ...common, host: undefined, tls: false },
    { ...common, host: undefined, tls: true },
  ]);
});

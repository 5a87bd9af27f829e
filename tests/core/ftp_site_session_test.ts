import { assertEquals } from "@std/assert";
import type { SessionView } from "../../server/ftp/operations/observer.ts";
import { asAlice, dialogue } from "./ftp_dialogue.ts";
import { startAlice, TODAY } from "./ftp_harness.ts";

const IDLE: readonly [argument: string, reply: string][] = [
  ["", "200 Idle time-out is 300 seconds, at most 300."],
  [" 60", "200 Idle time-out is 60 seconds now."],
  [" 300", "200 Idle time-out is 300 seconds now."],
  [" 301", "501 Idle time-outs are 30 to 300 seconds."],
  [" 29", "501 Idle time-outs are 30 to 300 seconds."],
  [" 0", "501 Idle time-outs are 30 to 300 seconds."],
  [" -1", "501 Idle time-outs are 30 to 300 seconds."],
  [" x", "501 Idle time-outs are 30 to 300 seconds."],
];

for (const [argument, reply] of IDLE) {
  Deno.test(`SITE IDLE${argument} is answered with ${reply}`, async () => {
    await asAlice([`SITE IDLE${argument}`, reply], {
      policy: { idleTimeout: 300_000 },
    });
  });
}

Deno.test("SITE IDLE is bounded by a server that waits for less", async () => {
  await asAlice([
    ...["SITE IDLE 5", "200", "SITE IDLE 6", "501 Idle time-outs are 5 to 5 s"],
  ], { policy: { idleTimeout: 5000 } });
  await asAlice(["SITE IDLE 60", "502 SITE IDLE is not offered."]);
});

Deno.test("SITE IDLE makes the session's time-out shorter", async () => {
  const began = performance.now();
  await asAlice([
    ...["SITE IDLE 1", "200", "421 Control connection timed out."],
  ], { policy: { idleTimeout: 1000 }, limits: { idleTimeout: 60_000 } });
  const waited = performance.now() - began;
  assertEquals(waited > 900 && waited < 30_000, true, `${waited} ms`);
});

function view(id: number, facts: Partial<SessionView>): SessionView {
  return {
    id,
    address: "192.0.2.1",
    account: "alice",
    since: TODAY - 61_500,
    idle: 0,
    command: "NOOP",
    tls: null,
    transfer: null,
    ...facts,
  };
}

const SESSIONS = [
  view(1, {}),
  view(2, {
    transfer: {
      verb: "RETR",
      path: "/big",
      direction: "download",
      bytes: 1234,
      rate: 99.6,
      duration: 1,
    },
  }),
  view(3, { address: "192.0.2.9" }),
  view(4, { account: "bob" }),
  view(5, { account: null, command: "" }),
];

Deno.test("SITE WHO tells of the account's own sessions", async () => {
  await asAlice([
    "SITE WHO",
    "200-Sessions:\n 1 alice 192.0.2.1 61s NOOP\n" +
    " 2 alice 192.0.2.1 61s RETR /big (1234 bytes, 100 a second)\n" +
    "200 2 sessions.",
  ], { who: () => SESSIONS });
  await dialogue(["SITE WHO", "530"], { who: () => SESSIONS });
});

Deno.test("SITE WHO tells an administrator of all sessions, with an end", async () => {
  const admin = { name: "alice", write: true, profile: { admin: true } };
  const options = {
    policy: {
      authenticate: () => Promise.resolve({ ...admin, fs: client0.fs }),
    },
  };
  const client0 = await startAlice();
  await client0.finish();
  await asAlice(
    ["SITE WHO", "200 … 3 alice 192.0.2.9 61s NOOP\n 4 bob", "SITE WHO"]
      .concat("200 …  5 - 192.0.2.1 61s\n200 5 sessions."),
    { ...options, who: () => Promise.resolve(SESSIONS) },
  );
  const many = Array.from({ length: 501 }, (_, at) => view(at, {}));
  await asAlice(
    ["SITE WHO", "200 … \n200 The first 500 of 501 sessions."],
    { ...options, who: () => many },
  );
});

Deno.test("SITE WHO shows paths of others as text that no terminal obeys", async () => {
  const [, busy] = SESSIONS;
  const transfer = { ...busy!.transfer!, path: "/\x1b[2J\u202e\x9b1m" };
  await asAlice(
    ["SITE WHO", "200 … RETR /\\x1b[2J\\u202e\\x9b1m (1234 bytes, "],
    { who: () => [{ ...busy!, transfer }] },
  );
});

Deno.test("SITE WHO without anybody who could tell is not offered", async () => {
  await asAlice(["SITE WHO", "502 SITE WHO is not offered."]);
});

Deno.test("SITE QUOTA tells what is used, and what may be", async () => {
  const quota = (usage: object | null) => ({
    wrap: (fs: import("../../server/fs/file_system.ts").FileSystem) => ({
      ...fs,
      usage: () =>
        Promise.resolve(usage && { bytes: 1500, files: 3, ...usage }),
    }),
  });
  await asAlice(["SITE QUOTA", "200 There is no quota."], quota(null));
  await asAlice([
    "SITE QUOTA",
    "200-Quota:\n Bytes: 1500 of 2 KiB\n Files: 3\n200 End of quota.",
  ], quota({ maxBytes: 2048 }));
  await asAlice([
    "SITE QUOTA",
    "200-Quota:\n Bytes: 1500\n Files: 3 of 10\n200 End of quota.",
  ], quota({ maxFiles: 10 }));
});

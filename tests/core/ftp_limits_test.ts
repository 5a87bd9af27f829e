import { assert, assertEquals, assertLess } from "@std/assert";
import { MAX_COMMAND_LINE } from "../../server/ftp/control_channel.ts";
import { asAlice, dialogue, speak } from "./ftp_dialogue.ts";
import { contentOf, startAlice, startSession } from "./ftp_harness.ts";

const IDLE = "421 Control connection timed out.";
const STOPPING = "421 Server is shutting down.";

Deno.test("a line of 4096 bytes is a command, a longer one is not", async () => {
  const longest = `NOOP ${"x".repeat(MAX_COMMAND_LINE - 5)}`;
  await dialogue([
    ...[longest, "200", `${longest}x`, "500 Command line too long."],
    ...["NOOP", "200", "x".repeat(100_000), "500", "NOOP", "200"],
  ]);
});

Deno.test("bytes without end close the connection", async () => {
  const client = await startSession();
  const block = "x".repeat(65_536);
  for (let at = 0; at < 20; at++) client.control.send(block);
  assertEquals(
    await client.reply(),
    "421 Too many bytes without an end of line.",
  );
  await client.ended;
  assert(client.control.isClosed);
});

Deno.test("bytes without end stop a transfer too", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR a");
  for (let at = 0; at < 20; at++) client.control.send("x".repeat(65_536));
  await speak(client, ["421 Too many bytes", "426", "(closed)"]);
  assertEquals(client.files.uploads, ["abort /a"]);
});

Deno.test("a hundred unknown commands in a row close the connection", async () => {
  const client = await startSession();
  const some = Array.from({ length: 99 }, () => ["FOO", "500"]).flat();
  await speak(client, [
    ...[...some, "NOOP", "200", ...some],
    ...["FOO", "421 Too many unknown commands.", "(closed)"],
  ]);
});

Deno.test("commands sent in one go are answered in order, in few writes", async () => {
  const client = await startAlice({ files: { "/a": "" } });
  const writes = client.control.received.length;
  const lines: string[] = [];
  for (let at = 0; at < 500; at++) lines.push("NOOP", "PWD", "MDTM a", "FOO");
  client.control.send(lines.map((line) => `${line}\r\n`).join(""));
  for (let at = 0; at < 500; at++) {
    for (const code of ["200", "257", "213", "500"]) {
      assertEquals((await client.reply())?.slice(0, 3), code);
    }
  }
  assertLess(client.control.received.length - writes, 200);
  await client.finish();
});

Deno.test("commands are understood one byte at a time, with bare LF, or in halves", async () => {
  const client = await startSession();
  for (const letter of "NOOP\r\n") client.control.send(letter);
  client.control.send("NO");
  client.control.send("OP\nNO");
  client.control.send("OP\r");
  client.control.send("\n");
  for (let at = 0; at < 3; at++) {
    assertEquals(await client.reply(), "200 NOOP command successful.");
  }
  await client.finish();
});

Deno.test("replies arrive whole where a write takes only some bytes", async () => {
  await asAlice(["FEAT", "211", "HELP", "214", "NOOP", "200"], {
    mostPerWrite: 3,
  });
});

Deno.test("5,000 commands in one go get as many replies", async () => {
  const client = await startSession();
  client.control.send("NOOP\r\n".repeat(5_000) + "QUIT\r\n");
  await client.ended;
  const replies = client.control.text.split("\r\n").slice(1, -1);
  assertEquals(replies.length, 5_001);
  assertEquals(new Set(replies).size, 2);
});

Deno.test("a client that sends nothing is sent away", async () => {
  await dialogue([IDLE, "(closed)"], { limits: { loginTimeout: 5 } });
  await asAlice([IDLE, "(closed)"], { limits: { idleTimeout: 200 } });
});

Deno.test("commands don't make the time to log in longer", async () => {
  const client = await startSession({ limits: { loginTimeout: 30 } });
  const patience = performance.now() + 10_000;
  let last = "";
  do last = await client.ask("NOOP"); while (
    last.startsWith("200") && performance.now() < patience
  );
  assertEquals(last, IDLE);
  await client.ended;
});

Deno.test("REIN starts the time to log in anew", async () => {
  const began = performance.now();
  await asAlice(["REIN", "220", IDLE, "(closed)"], {
    limits: { loginTimeout: 300 },
  });
  assertLess(performance.now() - began, 10_000, "that was the idle time");
});

Deno.test("a session is not idle while a transfer runs", async () => {
  const client = await startAlice({ limits: { idleTimeout: 200 } });
  await client.ask("EPSV");
  await client.ask("STOR a");
  // Time must pass; the test holds however much more it is.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await speak(client, ["> x", "226", IDLE, "(closed)"]);
});

Deno.test("a client that never reads is dropped when its time is up", async () => {
  const client = await startSession({ limits: { loginTimeout: 20 } });
  client.control.block();
  client.control.send("HELP\r\n".repeat(1000));
  await client.ended;
  assert(client.control.isClosed);
});

Deno.test("a server that stops says so to an idle client", async () => {
  await dialogue(["(server stops)", STOPPING, "(closed)"]);
  await asAlice(["NOOP", "200", "(server stops)", STOPPING, "(closed)"]);
});

Deno.test("a server that has stopped before greets and says so", async () => {
  await dialogue([STOPPING, "(closed)"], { stopping: AbortSignal.abort() });
});

Deno.test("a server that stops lets transfers end", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", ">> ab", "(server stops)"],
    ...["NOOP", "200", "SIZE a", "> cd", "226", "213 4", STOPPING, "(closed)"],
  ]);
  assertEquals(await contentOf(fs, "/a"), "abcd");
});

Deno.test("a client may leave at any time", async () => {
  const stages: string[][] = [
    [],
    ["USER alice", "331"],
    ["USER alice", "331", "PASS wrong", "530"],
    ["USER alice", "331", "PASS secret", "230"],
    ["USER alice", "331", "PASS secret", "230", "EPSV", "229"],
    ["USER alice", "331", "PASS secret", "230", "RNFR a", "350"],
    ["USER alice", "331", "PASS secret", "230", "REST 0", "350"],
  ];
  for (const lines of stages) {
    const options = { files: { "/a": "abc" } };
    await dialogue([...lines, "(client ends)", "(closed)"], options);
    await dialogue([...lines, "(client resets)", "(closed)"], options);
  }
});

Deno.test("a client may say everything and end its half", async () => {
  const client = await startSession({ files: { "/a": "abc" } });
  client.control.send(
    "USER alice\r\nPASS secret\r\nTYPE I\r\nSIZE a\r\nQUIT\r\n",
  );
  client.control.end();
  await speak(client, ["331", "230", "200", "213 3", "221", "(closed)"]);
});

Deno.test("half a command is none", async () => {
  const client = await startSession();
  client.control.send("NOOP\r\nQUI");
  client.control.end();
  await speak(client, ["200", "(closed)"]);
});

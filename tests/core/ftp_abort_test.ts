import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { contentOf, namesIn, startAlice } from "./ftp_harness.ts";

const ABORTED = "426 Transfer aborted.";
const DONE = "226 ABOR command successful.";

Deno.test("ABOR has nothing to do when nothing runs", async () => {
  await asAlice(["ABOR", "225 No transfer to abort."]);
});

Deno.test("ABOR gives up a data port that was not used", async () => {
  const { ports } = await asAlice([
    ...["EPSV", "229", "ABOR"],
    "225 ABOR command successful; data channel closed.",
    ...["ABOR", "225 No transfer to abort.", "RETR a", "425"],
  ], { files: { "/a": "abc" } });
  assertEquals(ports.map(({ closed }) => closed), [true]);
});

Deno.test("ABOR stops a download that the client does not take", async () => {
  const client = await startAlice({ files: { "/a": "x".repeat(200_000) } });
  await client.ask("EPSV");
  client.data.block();
  await speak(client, [
    ...["RETR a", "150", "ABOR", ABORTED, DONE],
    ...["ABOR", "225 No transfer to abort."],
    ...["EPSV", "229", "SIZE a", "213 200000"],
  ]);
  assert(client.data !== client.ports[0]!.conn);
  assertEquals(client.ports[0]!.conn.text, "");
});

Deno.test("ABOR stops an upload, which leaves no trace", async () => {
  const { fs, files } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", ">> new", "ABOR", ABORTED, DONE],
    ...["EPSV", "229", "STOR b", "150", ">> new", "ABOR", ABORTED, DONE],
    ...["EPSV", "229", "STOU c", "150", ">> new", "ABOR", ABORTED, DONE],
  ], { files: { "/a": "old" } });
  assertEquals(await namesIn(fs, "/"), ["a"]);
  assertEquals(await contentOf(fs, "/a"), "old");
  assertEquals(files.uploads.map((end) => end.slice(0, 5)), [
    "abort",
    "abort",
    "abort",
  ]);
});

Deno.test("ABOR stops a transfer whose data connection never came", async () => {
  const lines = ["150", "ABOR", ABORTED, DONE, "NOOP", "200"];
  const { fs } = await asAlice([
    ...["EPSV", "229", "RETR a", ...lines],
    ...["EPSV", "229", "STOR b", ...lines],
    ...["EPSV", "229", "LIST", ...lines],
  ], { files: { "/a": "abc" }, connects: false });
  assertEquals(await namesIn(fs, "/"), ["a"]);
});

Deno.test("ABOR stops a listing", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 2000 }, (_, at) => [`/file${at}`, ""]),
  );
  for (const verb of ["LIST", "NLST", "MLSD"]) {
    const client = await startAlice({ files });
    await client.ask("EPSV");
    client.data.block();
    await speak(client, [verb, "150", "ABOR", ABORTED, DONE]);
  }
});

Deno.test("ABOR that comes after the end finds nothing to stop", async () => {
  await asAlice([
    ...["EPSV", "229", "RETR a", "150", "226 Transfer complete.", "< abc"],
    ...["ABOR", "225 No transfer to abort."],
  ], { files: { "/a": "abc" } });
});

Deno.test("ABOR acts at once, and is answered in its turn", async () => {
  const client = await startAlice({ files: { "/a": "abc" } });
  await client.ask("EPSV");
  client.data.block();
  await speak(client, [
    ...["RETR a", "150"],
    ...["SIZE a", "ABOR", "PWD", ABORTED, "213 3", DONE, "257"],
  ]);
});

Deno.test("ABOR stops only what runs when it comes", async () => {
  const client = await startAlice({ files: { "/a": "abc" } });
  await client.ask("EPSV");
  client.data.block();
  await speak(client, [
    ...["RETR a", "150", "ABOR", "EPSV", "RETR a"],
    ...[ABORTED, DONE, "229", "150", "226 Transfer complete.", "< abc"],
  ]);
});

Deno.test("ABOR that comes with the end of an upload undoes it, or comes too late", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR a");
  client.data.send("all of it");
  client.data.end();
  client.command("ABOR");
  const [first, second] = [await client.reply(), await client.reply()];
  const names = await namesIn(client.fs, "/");
  assertEquals(second, DONE);
  assertEquals(names, first === ABORTED ? [] : ["a"], first!);
  await client.finish();
});

const SYNCHS: Record<string, number[]> = {
  "IP": [255, 244],
  "IP and Synch": [255, 244, 255, 242],
  "IP and a Synch without its urgent byte": [255, 244, 255],
  "Synch": [255, 242],
  "IP twice": [255, 244, 255, 244],
};

for (const [name, prefix] of Object.entries(SYNCHS)) {
  Deno.test(`ABOR is understood behind Telnet ${name}`, async () => {
    const line = new Uint8Array([
      ...prefix,
      ...new TextEncoder().encode("ABOR\r\n"),
    ]);
    for (const cut of [line.length, prefix.length, 1]) {
      const client = await startAlice();
      await client.ask("EPSV");
      await client.ask("STOR a");
      const parts: Bytes[] = [line.slice(0, cut), line.slice(cut)];
      parts.forEach((part) => client.control.send(part));
      await speak(client, [ABORTED, DONE, "ABOR", "225"]);
    }
  });
}

Deno.test("ABOR is known behind what is left of Telnet's IP and Synch", async () => {
  // Clients differ in which byte they send urgently; that one never arrives.
  for (const rest of [[0xff, 0xf4, 0xf2], [0xff, 0xf4, 0xff], [0xff]]) {
    const client = await startAlice({ files: { "/a": "x".repeat(200_000) } });
    await client.ask("EPSV");
    client.data.block();
    await client.ask("RETR a");
    const line = [...rest, ...new TextEncoder().encode("ABOR\r\n")];
    client.control.send(new Uint8Array(line));
    await speak(client, [ABORTED, DONE]);
  }
});

Deno.test("ABOR whose LF was urgent ends at its CR", async () => {
  const client = await startAlice({ files: { "/a": "x".repeat(200_000) } });
  await client.ask("EPSV");
  client.data.block();
  await client.ask("RETR a");
  client.control.send("ABOR\r");
  await speak(client, [ABORTED, DONE, "NOOP", "200"]);
});

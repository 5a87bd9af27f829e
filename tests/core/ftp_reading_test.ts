import { assertEquals } from "@std/assert";
import { speak } from "./ftp_dialogue.ts";
import { type FtpClient, startAlice } from "./ftp_harness.ts";

async function startDownload(): Promise<FtpClient> {
  const client = await startAlice({ files: { "/a": "abc" } });
  await client.ask("EPSV");
  client.data.block();
  await client.ask("RETR a");
  return client;
}

Deno.test("QUIT during a transfer is the last command that counts", async () => {
  const client = await startDownload();
  client.control.send("QUIT\r\nDELE a\r\nABOR\r\nNOOP\r\n");
  await speak(client, ["221", "(data taken)", "226", "< abc", "(closed)"]);
  assertEquals((await client.fs.stat("/a")).size, 3);
});

Deno.test("replies go out although more commands wait than are read ahead", async () => {
  const client = await startDownload();
  client.control.send("NOOP\r\n" + "PWD\r\n".repeat(49));
  await speak(client, [
    ...["200", "(data taken)", "226"],
    ...Array.from({ length: 49 }, () => "257"),
  ]);
});

Deno.test("a client that never reads is dropped after its transfer too", async () => {
  const client = await startAlice({
    files: { "/a": "abc" },
    limits: { idleTimeout: 200 },
  });
  await client.ask("EPSV");
  client.data.block();
  await client.ask("RETR a");
  client.control.block();
  client.control.send("NOOP\r\n".repeat(10));
  await new Promise((resolve) => setTimeout(resolve, 5));
  client.data.unblock();
  const late = new Promise<"late">((resolve) => {
    const timer = setTimeout(() => resolve("late"), 2000);
    client.ended.finally(() => clearTimeout(timer));
  });
  const first = await Promise.race([client.ended.then(() => "dropped"), late]);
  client.control.reset();
  await client.ended;
  assertEquals(first, "dropped");
});

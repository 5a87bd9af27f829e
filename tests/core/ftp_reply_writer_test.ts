import { assertEquals, assertRejects } from "@std/assert";
import { lastReply, reply } from "../../lib/ftp/reply.ts";
import { ConnectionLost, ReplyWriter } from "../../server/ftp/reply_writer.ts";
import { MemoryConn } from "./ftp_memory_conn.ts";

Deno.test("ReplyWriter.flush() writes what waits in one go", async () => {
  const conn = new MemoryConn();
  const writer = new ReplyWriter(conn.server);
  writer.add(reply(200, "One."));
  writer.add(reply(211, "Two:", "lines."));
  assertEquals(writer.waiting, 32);
  assertEquals(conn.received.length, 0);
  await writer.flush();
  assertEquals(conn.received.length, 1);
  assertEquals(conn.text, "200 One.\r\n211-Two:\r\n211 lines.\r\n");
  assertEquals(writer.waiting, 0);
});

Deno.test("ReplyWriter.flush() writes nothing when nothing waits", async () => {
  const conn = new MemoryConn();
  await new ReplyWriter(conn.server).flush();
  assertEquals(conn.received.length, 0);
});

Deno.test("ReplyWriter.flush() writes all, however little each write takes", async () => {
  const conn = new MemoryConn();
  conn.mostPerWrite = 1;
  const writer = new ReplyWriter(conn.server);
  writer.add(lastReply(221, "Goodbye."));
  await writer.flush();
  assertEquals(conn.text, "221 Goodbye.\r\n");
});

Deno.test("ReplyWriter.busy tells whether the client takes its replies", async () => {
  const conn = new MemoryConn();
  const writer = new ReplyWriter(conn.server);
  conn.block();
  writer.add(reply(200, "One."));
  const flushed = writer.flush();
  assertEquals(writer.busy, true);
  writer.add(reply(200, "Two."));
  conn.unblock();
  await flushed;
  assertEquals(writer.busy, false);
  assertEquals(conn.text, "200 One.\r\n");
  await writer.flush();
  assertEquals(conn.text, "200 One.\r\n200 Two.\r\n");
});

Deno.test("ReplyWriter.flush() throws ConnectionLost when the client is gone", async () => {
  for (const lose of ["reset", "close"]) {
    const conn = new MemoryConn();
    const writer = new ReplyWriter(conn.server);
    conn.block();
    writer.add(reply(200, "One."));
    const flushed = writer.flush();
    if (lose === "reset") conn.reset();
    else conn.server.close();
    await assertRejects(() => flushed, ConnectionLost);
    assertEquals(writer.busy, false);
  }
});

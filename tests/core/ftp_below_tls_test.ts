import { assertEquals, assertRejects } from "@std/assert";
import { BelowTls } from "../../server/ftp/tls/below_tls.ts";
import { joined } from "./byte_cases.ts";
import { MemoryConn } from "./ftp_memory_conn.ts";

const HELLO = new Uint8Array([22, 3, 3, 0, 1, 1]);
const FINISHED = new Uint8Array([23, 3, 3, 0, 1, 2]);
const TICKET = new Uint8Array([23, 3, 3, 0, 1, 3]);
const GOODBYE = new Uint8Array([23, 3, 3, 0, 1, 4]);

/** Both ends, and a client that says `parts`. */
function setUp(isUpload: boolean) {
  const conn = new MemoryConn();
  const below = new BelowTls(conn.server);
  if (isUpload) below.holdBack();
  const hear = async (part: Uint8Array<ArrayBuffer>) => {
    conn.send(part);
    await below.read(new Uint8Array(100));
  };
  return { conn, below, hear };
}

Deno.test("BelowTls holds back what follows the handshake of an upload", async () => {
  const { conn, below, hear } = setUp(true);
  await hear(HELLO);
  await below.write(HELLO);
  // Cut in two, the server's part is still the handshake.
  await below.write(FINISHED);
  await hear(FINISHED);
  assertEquals(await below.write(TICKET), TICKET.length);
  assertEquals(await below.write(HELLO), HELLO.length);
  assertEquals(conn.bytes, joined([HELLO, FINISHED]));
  await below.release();
  assertEquals(conn.bytes, joined([HELLO, FINISHED, TICKET, HELLO]));
  await hear(FINISHED);
  await below.write(GOODBYE);
  assertEquals(conn.received.at(-1), GOODBYE);
});

Deno.test("BelowTls holds back nothing of TLS 1.2, or of a second hello", async () => {
  const { conn, below, hear } = setUp(true);
  await hear(HELLO);
  await below.write(HELLO);
  await hear(HELLO);
  await below.write(HELLO);
  await below.write(FINISHED);
  assertEquals(conn.received.length, 3);
});

Deno.test("BelowTls holds back nothing of a download", async () => {
  const { conn, below, hear } = setUp(false);
  await hear(HELLO);
  await below.write(HELLO);
  await hear(FINISHED);
  await below.write(TICKET);
  assertEquals(conn.bytes, joined([HELLO, TICKET]));
});

Deno.test("BelowTls.release() writes in order, however little each write takes", async () => {
  const { conn, below, hear } = setUp(true);
  await hear(HELLO);
  await below.write(HELLO);
  await hear(FINISHED);
  await below.write(TICKET);
  conn.mostPerWrite = 2;
  const released = below.release();
  await below.write(GOODBYE);
  await released;
  assertEquals(conn.bytes, joined([HELLO, TICKET, GOODBYE]));
});

Deno.test("BelowTls.written() rejects as the last write did", async () => {
  const { conn, below } = setUp(false);
  await below.write(HELLO);
  await below.written();
  conn.breakWrites();
  const writing = below.write(GOODBYE);
  await assertRejects(() => below.written(), Error, "Broken pipe");
  await writing.catch(() => {});
  below.close();
  assertEquals(conn.isClosed, true);
});

import { assertEquals } from "@std/assert";
import { closeQuietly } from "../../lib/net/close.ts";
import { streamOf } from "../../lib/net/stream.ts";

/** What counts its closes, and takes only one, as the runtime's connections. */
function closable() {
  const conn = {
    closes: 0,
    close() {
      conn.closes++;
      if (conn.closes > 1) throw new Deno.errors.BadResource("closed");
    },
  };
  return conn;
}

Deno.test("closeQuietly() closes once, because an error costs more than a log-in's reply", () => {
  const [one, other] = [closable(), closable()];
  closeQuietly(one);
  closeQuietly(one);
  closeQuietly(other);
  assertEquals([one.closes, other.closes], [1, 1]);
});

Deno.test("closeQuietly() is quiet about what somebody else has closed", () => {
  const conn = closable();
  conn.close();
  closeQuietly(conn);
  assertEquals(conn.closes, 2);
});

Deno.test("closeQuietly() leaves alone what a stream has closed", () => {
  const conn = closable();
  streamOf(conn as unknown as Deno.Conn).close();
  closeQuietly(conn);
  assertEquals(conn.closes, 1);
});

import { assertEquals } from "@std/assert";
import { presenceWait } from "../../server/ftp/presence.ts";
import { Mailbox } from "../../lib/mailbox.ts";

Deno.test("presenceWait() costs little, however long an upload took", () => {
  const slow = (duration: number) => presenceWait(1, duration);
  const fast = (duration: number) => presenceWait(1e15, duration);
  assertEquals([0, 5, 6, 40, 200, 1e9].map(slow), [0, 0, 1.5, 10, 50, 50]);
  assertEquals([0, 5, 6, 400, 1e9].map(fast), [0, 0, 0.06, 4, 100]);
});

Deno.test("Mailbox keeps values in order, before and while it is waited at", async () => {
  const mailbox = new Mailbox<number>();
  mailbox.put(1);
  mailbox.put(2);
  assertEquals([await mailbox.take(), await mailbox.take()], [1, 2]);
  const third = mailbox.take();
  mailbox.put(3);
  assertEquals(await third, 3);
});

import { assert, assertEquals } from "@std/assert";
import { presenceWait } from "../../server/ftp/presence.ts";
import { Mailbox } from "../../lib/mailbox.ts";

Deno.test("presenceWait() costs little, however long an upload took", () => {
  assertEquals([0, 5].map(presenceWait), [0, 0]);
  assertEquals([6, 40, 1000].map(presenceWait), [1.5, 10, 10]);
  assertEquals([5_000, 10_000, 1e9].map(presenceWait), [50, 100, 100]);
  for (let duration = 5; duration < 20_000; duration++) {
    assert(presenceWait(duration) <= duration / 4);
  }
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

/**
 * Classes S11 (slow-loris on data connections) and S16 (more than is allowed, by
 * what inflates) of docs/security.md.
 */
import { assertEquals, assertLess } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import {
  residentKilobytes,
  soon,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";
import { expectOutcome } from "./session.ts";
import { many } from "./scale.ts";

const ANY = ["--listen", "127.0.0.1:0", "--write"];
const MEBIBYTE = 1 << 20;

/** So many zeros, as MODE Z sends them. */
async function bomb(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(MEBIBYTE);
  let left = bytes;
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(block);
      left -= block.length;
      if (left <= 0) controller.close();
    },
  });
  const deflated = zeros.pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

Deno.test("Attack S16 decompression bombs: what inflates without end stops at the limit, in little memory", async () => {
  await using folders = await tempFolders({ a: "hello" });
  const limit = ["--max-file-size", "4M"];
  await using ftpd = await startFtpd([...ANY, ...limit, folders.pub]);
  const small = await bomb(many(64, 4096) * MEBIBYTE);
  using control = await ftpd.login();
  using other = await ftpd.login();
  await control.say("MODE Z", 200);
  const before = await residentKilobytes(ftpd.pid);
  for (let round = 0; round < 3; round++) {
    using data = await control.passive();
    await control.say("STOR bomb", 150);
    const sending = writeAll(data, small).catch(() => {}); // It may be cut.
    await other.say("NOOP", 200);
    await control.expect(552);
    await soon(sending, "the end of sending");
  }
  const after = await residentKilobytes(ftpd.pid);
  if (before !== null) assertLess(after! - before, 50_000, "kB more");
  await control.say("SIZE bomb", 550);
  assertEquals(await expectOutcome(other, "NLST", 226), "a\r\n");
});

Deno.test("Attack S11 slow-loris: uploads that come byte by byte hold up nobody, and are complete or nothing", async () => {
  await using folders = await tempFolders({ a: "hello" });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  const slow = await Promise.all(
    Array.from({ length: 30 }, async (_, at) => {
      const control = await ftpd.login();
      const data = await control.passive();
      await control.say(`STOR slow${at}`, 150);
      return { control, data };
    }),
  );
  using other = await ftpd.login();
  for (let byte = 0; byte < 20; byte++) {
    const some = new Uint8Array([65 + byte]);
    await Promise.all(slow.map(({ data }) => writeAll(data, some)));
    assertEquals(await expectOutcome(other, "RETR a", 226), "hello");
  }
  assertEquals(await expectOutcome(other, "NLST", 226), "a\r\n");
  for (const [at, { control, data }] of slow.entries()) {
    // Half of them end their file; the others go without a word.
    if (at % 2 === 0) data.close();
    if (at % 2 === 0) await control.expect(226);
    else control.close();
    if (at % 2 !== 0) data.close();
  }
  const whole = "ABCDEFGHIJKLMNOPQRST";
  assertEquals(await expectOutcome(other, "RETR slow0", 226), whole);
  for (const { control } of slow) control.close();
});

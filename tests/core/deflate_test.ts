import { assert } from "@std/assert";
import { deflateSync } from "node:zlib";
import type { Bytes } from "../../lib/bytes.ts";
import { deflating, inflating } from "../../lib/ftp/deflate.ts";

/** Far more than can be done in a moment. */
const MUCH = 128 << 20;

/** Whether somebody else has had a turn. */
function others(): { had: boolean } {
  const turn = { had: false };
  setTimeout(() => turn.had = true, 1);
  return turn;
}

Deno.test("deflating() what becomes small gives others their turn", async () => {
  const turn = others();
  let left = MUCH;
  const source = await deflating({
    read(buffer) {
      if (turn.had || left <= 0) return Promise.resolve(null);
      left -= buffer.fill(0).length;
      return Promise.resolve(buffer.length);
    },
    close: () => {},
  }, 6);
  while (await source.read(new Uint8Array(1 << 16)) !== null);
  await source.close();
  assert(turn.had, "nobody else had a turn");
});

Deno.test("inflating() what becomes large gives others their turn", async () => {
  const bytes: Bytes = Uint8Array.from(deflateSync(new Uint8Array(MUCH)));
  const turn = others();
  const sink = await inflating({
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
    abort: () => {},
  });
  for (let at = 0; at < bytes.length && !turn.had;) {
    at += await sink.write(bytes.subarray(at));
  }
  const { had } = turn;
  await sink.abort();
  assert(had, "nobody else had a turn");
});

/** So many messages a second. */
import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { paceOf } from "../../client/spew/pace.ts";

Deno.test("paceOf() spaces turns evenly, and does not add up delays", async () => {
  const clock = manualClock();
  const turn = paceOf(4, clock);
  const times: number[] = [];
  const run = (async () => {
    for (let i = 0; i < 6; i++) {
      await turn();
      times.push(clock.now());
      // The third one takes its time.
      if (i === 2) await clock.sleep(300);
    }
  })();
  await clock.advance(5000);
  await run;
  assertEquals(times, [0, 250, 500, 800, 1000, 1250]);
});

Deno.test("paceOf() waits for nothing at 0", async () => {
  const clock = manualClock();
  const turn = paceOf(0, clock);
  for (let i = 0; i < 1000; i++) await turn();
  assertEquals([clock.now(), clock.sleeping], [0, 0]);
});

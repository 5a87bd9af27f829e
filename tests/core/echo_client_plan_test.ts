/** What a session of probes remembers. */
import { assert, assertEquals } from "@std/assert";
import type { PingOptions } from "../../client/echo/ping_options.ts";
import { sessionPlan } from "../../client/echo/plan.ts";
import { sizesOf } from "../../client/echo/sizes.ts";
import { manualClock } from "../../lib/clock.ts";
import { scriptedChannel } from "./echo_client_harness.ts";

function capacityOf(options: PingOptions): number {
  const channel = scriptedChannel(manualClock(), () => []);
  return sessionPlan(options, sizesOf(56), { channel, index: 0 }).capacity;
}

Deno.test("a session remembers a power of two of probes", () => {
  for (const connections of [1, 2, 3, 7, 100, 1000]) {
    for (const window of [1, 33, 1000]) {
      const capacity = capacityOf({ interval: 0, window, connections });
      assertEquals(Math.log2(capacity) % 1, 0, `${capacity}`);
    }
  }
});

Deno.test("sessions remember at least four times what is under way", () => {
  assertEquals(capacityOf({}), 65_536);
  assert(capacityOf({ interval: 0.1, timeout: 5000 }) >= 4 * 50_000);
  assert(capacityOf({ interval: 0, window: 500, connections: 100 }) >= 4 * 500);
});

Deno.test("sessions remember no more in all for being many, or patient", () => {
  const heavy = { interval: 0.01, timeout: 60_000 };
  for (const connections of [1, 2, 10, 200, 1000]) {
    for (const options of [heavy, { interval: 0, window: 100_000 }, {}]) {
      const all = connections * capacityOf({ ...options, connections });
      assert(all <= 2 ** 21, `${connections} times: ${all}`);
    }
  }
});

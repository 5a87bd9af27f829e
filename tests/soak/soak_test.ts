import { assert, assertEquals } from "@std/assert";
import { FTPD } from "../ftp/helpers.ts";
import { timesOf } from "./report.ts";
import { soak } from "./run.ts";
import type { Sample } from "./samples.ts";
import { verdictOf } from "./verdict.ts";

Deno.test({
  name: "soak() finds nothing left of some seconds of everything at once",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const seen: Sample[] = [];
    const soaked = await soak({
      minutes: 5 / 60,
      seed: 3,
      every: 1,
      clients: 8,
      pause: 50,
      reloadEvery: 1,
      many: 100,
      largest: 400_000,
      idleTimeout: 3,
      onSample: (sample) => seen.push(sample),
    });
    const bad = verdictOf(soaked).filter(({ isGood }) => !isGood);
    assertEquals(bad, [], soaked.visits.wrong.slice(0, 5).join("\n"));
    assertEquals(soaked.samples, seen);
    assert(soaked.reloads > 0, "no reload");
    const isBinary = FTPD.length === 1;
    assert(
      isBinary || soaked.heaps.every(({ kept }) => kept > 1_000_000),
      "no heap was seen",
    );
    assertEquals(soaked.heaps.length > 0, !isBinary);
    assert(timesOf(soaked) > 8, "hardly anybody came");
    assert(seen.every(({ pss }) => pss > 1000), "no memory was seen");
  },
});

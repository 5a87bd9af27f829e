import { assertEquals } from "@std/assert";
import { prometheusText } from "../../server/ftp/operations/prometheus.ts";
import { healthPage } from "../../server/ftp/operations/pages.ts";

Deno.test("prometheusText() escapes what labels and helps may not hold", () => {
  const text = prometheusText([{
    ...{ name: "x", help: "back\\slash\nline", type: "gauge" },
    samples: [{ labels: { a: 'q"b\\c\nd' }, value: 0.5 }],
  }]);
  assertEquals(
    text,
    "# HELP x back\\\\slash\\nline\n# TYPE x gauge\n" +
      'x{a="q\\"b\\\\c\\nd"} 0.5\n',
  );
});

Deno.test("prometheusText() makes buckets that hold all below them", () => {
  const text = prometheusText([{
    ...{ name: "s", help: "h", type: "histogram" },
    histogram: { counts: [2, 0, 1], sum: 7.25 },
    bounds: [0.5, 1],
  }]);
  assertEquals(text.split("\n").slice(2), [
    ...['s_bucket{le="0.5"} 2', 's_bucket{le="1"} 2', 's_bucket{le="+Inf"} 3'],
    ...["s_sum 7.25", "s_count 3", ""],
  ]);
});

Deno.test("prometheusText() leaves out what has no sample", () => {
  const samples: never[] = [];
  assertEquals(
    prometheusText([{ name: "x", help: "h", type: "counter", samples }]),
    "",
  );
});

Deno.test("healthPage() is 503 for who drains, and for who does not answer", () => {
  const status = (draining: boolean, isWell: boolean) =>
    healthPage({ draining, workers: 1 }, { isWell, version: "1" }).status;
  assertEquals([status(false, true), status(false, false)], [200, 503]);
  assertEquals([status(true, true), status(true, false)], [503, 503]);
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { graphOf, niceAbove } from "./graph.ts";
import { jsonOf, pageOf } from "./report.ts";
import { lookIn, type Sample } from "./samples.ts";
import { valuesOf } from "./scrape.ts";
import { growthOf, keptPerVisit, type Soaked, verdictOf } from "./verdict.ts";

const BEFORE: Sample = {
  at: 0,
  pss: 50_000,
  rss: 60_000,
  descriptors: 39,
  threads: 9,
  sessions: 0,
  processor: 0.5,
};

const HEAP = { at: 600, visits: 1000, kept: 4_000_000 };

/** Half an hour with a sample every ten seconds. */
function soaked(
  pss: (seconds: number) => number,
  more: Partial<Soaked> = {},
): Soaked {
  return {
    seed: 1,
    minutes: 30,
    server: "ftpd 1.0",
    tls: true,
    samples: Array.from({ length: 180 }, (_, i) => {
      const at = 10 * (i + 1);
      return { ...BEFORE, at, pss: pss(at), sessions: 5, descriptors: 50 };
    }),
    heaps: [HEAP, { ...HEAP, at: 1800, visits: 3000 }],
    before: BEFORE,
    after: { ...BEFORE, at: 1810 },
    visits: { done: new Map([["log in", 100]]), wrong: [], cut: 0 },
    reloads: 60,
    generations: 20,
    mistakes: [],
    ...more,
  };
}

/** A heap that is swept every two minutes. */
const sawtooth = (at: number) => 100_000 + (at % 120) * 200;

function missed(of: Soaked): string[] {
  return verdictOf(of).filter(({ isGood }) => !isGood).map(({ found }) =>
    found
  );
}

Deno.test("growthOf() sees what is added, and no saw-tooth or beginning", () => {
  assertAlmostEquals(growthOf(soaked(sawtooth)), 0, 0.005);
  const leak = soaked((at) => sawtooth(at) + 20 * at);
  assertAlmostEquals(growthOf(leak), 12 / 130, 0.01);
  const warm = soaked((at) => Math.min(at, 600) * 500);
  assertEquals(growthOf(warm), 0);
});

Deno.test("keptPerVisit() is what is kept since a third of the visits", () => {
  const heap = (visits: number, kept: number) => ({ at: 0, visits, kept });
  assertEquals(keptPerVisit([]), null);
  assertEquals(keptPerVisit([heap(10, 5)]), null);
  const warm = [heap(100, 10), heap(300, 5000), heap(900, 5600)];
  assertEquals(keptPerVisit(warm), 1);
});

Deno.test("verdictOf() misses nothing that stays behind", () => {
  const visits = { done: new Map(), wrong: ["RETR: other bytes"], cut: 0 };
  const after = { ...BEFORE, at: 1810 };
  assertEquals(missed(soaked(sawtooth)), []);
  assertEquals(missed(soaked((at) => sawtooth(at) + 20 * at)).length, 1);
  const full = { at: 1810, visits: 3000, kept: 4_200_000 };
  assertEquals(missed(soaked(sawtooth, { heaps: [HEAP, full] })), ["100"]);
  assertEquals(missed(soaked(sawtooth, { visits })), ["1"]);
  assertEquals(missed(soaked(sawtooth, { mistakes: ["ERROR"] })), ["1"]);
  for (const left of ["descriptors", "threads", "sessions"] as const) {
    const more = { after: { ...after, [left]: after[left] + 1 } };
    assertEquals(missed(soaked(sawtooth, more)), [`${after[left] + 1}`]);
  }
  const old = { server: "ftpd 1.0 (deno 2.7.11)", generations: 20 };
  const left = { ...after, descriptors: BEFORE.descriptors + 40 };
  assertEquals(missed(soaked(sawtooth, { ...old, after: left })), []);
  assertEquals(missed(soaked(sawtooth, { after: left })), ["79"]);
  const cut = { done: new Map(), wrong: [], cut: 21 };
  assertEquals(missed(soaked(sawtooth, { visits: cut })), ["21"]);
});

Deno.test("lookIn() sums up processes", () => {
  const stat = `S 1 ${Array(9).fill("0").join(" ")} 150 50 0 0`;
  const one = `fds 3\nthreads 2\nstat ${stat}\nRss:   20 kB\nPss:   10 kB\n`;
  assertEquals(lookIn(one + one), {
    pss: 20,
    rss: 40,
    descriptors: 6,
    threads: 4,
    processor: 4,
  });
});

Deno.test("valuesOf() reads what has no labels", () => {
  const page = '# TYPE a gauge\na 3\nb{x="y"} 4\nc_total 1.5e3\r\n';
  assertEquals([...valuesOf(page)], [["a", 3], ["c_total", 1500]]);
});

Deno.test("graphOf() draws each sample in its panels", () => {
  const svg = graphOf(soaked(sawtooth));
  const lines = [...svg.matchAll(/points="([^"]*)"/g)];
  assertEquals(
    lines.map(([, points]) => points!.split(" ").length),
    [180, 2, 180, 180, 180],
  );
  for (const [, points] of lines) {
    const places = points!.split(" ").map((point) => point.split(","));
    assert(places.every(([x, y]) => Number(x) <= 800 && Number(y) >= 0));
  }
  assertEquals([0, 1, 3, 50, 51].map(niceAbove), [1, 1, 5, 50, 100]);
});

Deno.test("pageOf() and jsonOf() tell the verdict and the numbers", () => {
  const all = soaked(sawtooth, { mistakes: ["ERROR"] });
  const page = pageOf(all, "soak.svg");
  assert(page.includes("| no mistake in the log | 1 | **missed** |"));
  assert(page.includes("](soak.svg)"));
  const json = JSON.parse(jsonOf(all));
  assertEquals(json.samples.length, 180);
  assertEquals(json.samples[0][json.columns.indexOf("pss")], sawtooth(10));
  assertEquals(json.visits.done, { "log in": 100 });
});

/** docs/operations.md says what the code logs, counts and tells. */
import { assert, assertEquals } from "@std/assert";
import { newCounters } from "../../server/ftp/operations/counters.ts";
import {
  metricsOf,
  type ServerState,
} from "../../server/ftp/operations/metrics.ts";
import { HOOK_EVENTS } from "../../server/ftp/settings_parts.ts";
import { codes, read, ROOT, rowsOf } from "./documents.ts";

const PAGE = "docs/operations.md";

/** A server of which every metric has a sample. */
const STATE: ServerState = {
  survey: {
    sessions: [],
    counters: {
      ...newCounters(),
      refusals: { "too-many": 1 },
      secured: { "1.3": 1 },
      replies: { "200": 1 },
    },
    dataPorts: 0,
    workers: [{ name: "1", sessions: 0, lag: 0, heap: 0 }],
  },
  ...{ version: "1", runtime: "2", started: 0, memory: 1, workers: 1 },
  ...{ deaths: 0, draining: false, reloads: { ok: 0, failed: 0 } },
  ...{ banned: 0, certificateEnd: 1, linesLost: 0 },
  hooks: [{ delivered: 0, failed: 0, dropped: 0, tries: 0, waiting: 0 }],
};

Deno.test("docs/operations.md has a row for every metric, and no other", () => {
  const rows = rowsOf(PAGE, "## Metrics")
    .map(([name, type, labels, help]) => [codes(name)[0], type, labels, help]);
  const metrics = metricsOf(STATE).map((family) => [
    ...[family.name, family.type, labelsOf(family), family.help],
  ]);
  assertEquals(rows, metrics);
});

function labelsOf(family: ReturnType<typeof metricsOf>[number]): string {
  if (family.type === "histogram") return "";
  const names = family.samples.flatMap(({ labels }) =>
    Object.keys(labels ?? {})
  );
  return [...new Set(names)].join(", ");
}

/** Where sessions, workers and the warden are. */
const SOURCES = ["server/ftp/", "server/warden/", "server/ftpd.ts"];
/** How an event is told: on a log, or by the function that knows both ways. */
const TOLD = [
  /\b[lL]og\??\.(?:info|warn|error)\(\s*"([a-z-]+)"/g,
  /\btell\("([a-z-]+)"/g,
  /\blog\.warn\(to === "tls" \? "([a-z-]+)"/g,
  /\blog\.warn\(to === "tls" \? "[a-z-]+" : "([a-z-]+)"/g,
  /=== "work" \? "(work)" : "transfer"/g,
  /=== "work" \? "work" : "(transfer)"/g,
];

Deno.test("docs/operations.md has a row for every event, and no other", () => {
  const rows = rowsOf(PAGE, "### Every event").map(([name]) => codes(name)[0]!);
  const events = new Set<string>();
  for (const path of SOURCES.flatMap(filesIn)) {
    const text = read(path);
    for (const pattern of TOLD) {
      for (const [, event] of text.matchAll(pattern)) events.add(event!);
    }
  }
  assert(events.size > 30);
  assertEquals(rows.toSorted(), [...events].sort());
});

function filesIn(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return [...Deno.readDirSync(new URL(path, ROOT))].flatMap((entry) => {
    const inside = `${path}${entry.name}`;
    if (entry.isDirectory) return filesIn(`${inside}/`);
    return inside.endsWith(".ts") ? [inside] : [];
  });
}

Deno.test("docs/operations.md has a row for every event of hooks", () => {
  const rows = rowsOf(PAGE, "## Hooks").map(([name]) => codes(name)[0]!);
  assertEquals(rows, [...HOOK_EVENTS]);
});

import { assertEquals } from "@std/assert";
import type { Finding } from "../../client/lookup/finding.ts";
import { createReport, type Report } from "../../client/lookup/report.ts";
import type { Stream } from "../../lib/cli.ts";

/** A report, and what it printed. */
interface Watched {
  report: Report;
  out: string[];
  err: string[];
}

function watch(json = false): Watched {
  const out: string[] = [];
  const err: string[] = [];
  const stream: Stream = {
    writeSync(bytes) {
      out.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  };
  const options = { json, out: stream, err: (text: string) => err.push(text) };
  return { report: createReport(options), out, err };
}

function found(options: Partial<Finding> = {}): Finding {
  return { record: {}, lines: [], code: 0, ...options };
}

Deno.test("createReport() prints lines for people and an object for programs", () => {
  const finding = found({
    record: { name: "\u009b1m" },
    lines: ["a  1", "b  2"],
  });
  const [people, programs] = [watch(), watch(true)];
  for (const { report } of [people, programs]) report.tell(finding);
  assertEquals(people.out, ["a  1\nb  2\n"]);
  assertEquals(programs.out, ['{"name":"\\u009b1m"}\n']);
});

Deno.test("createReport() tells a remark once", () => {
  const { report, err } = watch();
  for (const remark of ["odd", "odder", "odd"]) {
    report.tell(found({ remarks: [remark] }));
  }
  assertEquals(err, ["lookup: odd\n", "lookup: odder\n"]);
});

Deno.test("createReport() does not keep every remark of an endless input", () => {
  const { report, err } = watch();
  for (let round = 0; round < 3; round++) {
    report.tell(found({ remarks: ["the first one"] }));
    for (let at = 0; at < 2000; at++) {
      report.tell(found({ remarks: [`number ${at}`] }));
    }
  }
  const count = (text: string) =>
    err.filter((line) => line === `lookup: ${text}\n`).length;
  assertEquals([count("the first one"), count("number 1999")], [1, 3]);
});

Deno.test("createReport() ends with the code of the first failure", () => {
  const { report } = watch();
  assertEquals(report.code(), 0);
  for (const code of [0, 3, 1, 0]) report.tell(found({ code }));
  assertEquals(report.code(), 3);
});

Deno.test("createReport() says that nobody reads any more", () => {
  const out: Stream = {
    writeSync() {
      throw new Deno.errors.BrokenPipe();
    },
  };
  const report = createReport({ out });
  assertEquals(watch().report.tell(found({ lines: ["a"] })), true);
  assertEquals(report.tell(found({ lines: ["a"] })), false);
});

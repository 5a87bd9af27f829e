import { assertEquals } from "@std/assert";
import { answerOutput, keptAnswer } from "../../client/upper/output.ts";
import { checkedLine, reportJson } from "../../client/upper/report.ts";
import { WrongAnswer } from "../../client/upper/wrong_answer.ts";
import { bytesOf, everySplit, memorySink, textOf } from "./byte_cases.ts";

const REPORT = {
  target: { transport: "unix", path: "/run/upper.sock" },
  sent: 3,
  received: 3,
  milliseconds: 1.23456,
  check: null,
} as const;

/** What reaches the sink of pieces. */
async function printed(
  pieces: readonly Uint8Array<ArrayBuffer>[],
  options: Parameters<typeof answerOutput>[1],
): Promise<number[]> {
  const sink = memorySink(3);
  const output = answerOutput(sink, options);
  for (const piece of pieces) await output.write(piece);
  await output.end();
  return sink.bytes;
}

Deno.test("answerOutput() writes bytes to a pipe as they are", async () => {
  const bytes = Uint8Array.of(0x41, 0x1b, 0xff, 0x0d, 0x0a, 0xc3);
  const output = await printed([bytes], {
    isTerminal: false,
    wholeLine: false,
  });
  assertEquals(output, Array.from(bytes));
});

Deno.test("answerOutput() shows a terminal what it would obey, however it is cut", async () => {
  const bytes = bytesOf("Ä\t\x1b[2J\r\nB\rC\n");
  for (const pieces of everySplit(bytes)) {
    const output = await printed(pieces, {
      isTerminal: true,
      wholeLine: false,
    });
    assertEquals(textOf(Uint8Array.from(output)), "Ä\t\\x1b[2J\nB\\rC\n");
  }
});

Deno.test("answerOutput() shows a terminal what is cut off at the end", async () => {
  const pieces = [Uint8Array.of(0x41, 0x0d), Uint8Array.of(0xc3)];
  const output = await printed(pieces, { isTerminal: true, wholeLine: true });
  assertEquals(textOf(Uint8Array.from(output)), "A\\r\ufffd\n");
  const cr = await printed([bytesOf("A\r")], {
    isTerminal: true,
    wholeLine: false,
  });
  assertEquals(textOf(Uint8Array.from(cr)), "A\\r");
});

Deno.test("answerOutput() ends a line only when it has none and should", async () => {
  const end = async (text: string, wholeLine: boolean) =>
    textOf(Uint8Array.from(
      await printed([bytesOf(text)], { isTerminal: false, wholeLine }),
    ));
  assertEquals(await end("A", true), "A\n");
  assertEquals(await end("A\n", true), "A\n");
  assertEquals(await end("A", false), "A");
  assertEquals(await end("", true), "");
});

Deno.test("keptAnswer() keeps text up to 64 KiB and nothing else", async () => {
  const keep = async (...pieces: Uint8Array<ArrayBuffer>[]) => {
    const kept = keptAnswer();
    for (const piece of pieces) await kept.write(piece);
    await kept.end();
    return kept.text;
  };
  assertEquals(await keep(bytesOf("A"), bytesOf("B")), "AB");
  assertEquals(await keep(Uint8Array.of(0xff)), null);
  const most = bytesOf("A".repeat(65_536));
  assertEquals((await keep(most))?.length, 65_536);
  assertEquals(await keep(most, bytesOf("A")), null);
  assertEquals(await keep(bytesOf("A"), most), null);
});

Deno.test("reportJson() tells what was asked and what came back", () => {
  assertEquals(
    reportJson(REPORT, "A\u202eB"),
    '{"server":"/run/upper.sock (unix)","sent":3,"received":3,' +
      '"milliseconds":1.235,"answer":"A\\u202eB"}\n',
  );
  assertEquals("answer" in JSON.parse(reportJson(REPORT, null)), false);
});

Deno.test("reportJson() tells what a check found", () => {
  const wrong = new WrongAnswer({ offset: 1, expected: 65, got: null });
  const right = reportJson(
    { ...REPORT, check: { wrong: null, unjudged: 2 } },
    null,
  );
  assertEquals(JSON.parse(right).check, { right: true, unjudged: 2 });
  const bad = reportJson({ ...REPORT, check: { wrong, unjudged: 0 } }, null);
  assertEquals(JSON.parse(bad).check, {
    right: false,
    unjudged: 0,
    offset: 1,
    expected: 65,
    got: null,
  });
});

Deno.test("checkedLine() says how much was right, and what was not compared", () => {
  const line = (received: number, unjudged: number) =>
    checkedLine({ ...REPORT, received, check: { wrong: null, unjudged } });
  assertEquals(line(1, 0), "1 byte in 1.2 ms, all right");
  assertEquals(
    line(9, 2),
    "9 bytes in 1.2 ms, all right; " +
      "2 characters, unknown to this Unicode, were not compared",
  );
});

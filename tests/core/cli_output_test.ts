import { assertEquals, assertThrows } from "@std/assert";
import { type Stream, streamError, writeText } from "../../lib/cli.ts";

/** A stream that answers each call with the next of `answers`. */
function scripted(...answers: (number | Error)[]): Stream & { seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    writeSync(bytes: Uint8Array): number {
      const answer = answers.shift() ?? bytes.length;
      if (answer instanceof Error) throw answer;
      seen.push(new TextDecoder().decode(bytes.subarray(0, answer)));
      return answer;
    },
  };
}

Deno.test("writeText() writes in one call when the stream takes all", () => {
  const stream = scripted();
  writeText(stream, "one line\n", 0);
  assertEquals(stream.seen, ["one line\n"]);
});

Deno.test("writeText() goes on where the stream stopped", () => {
  const stream = scripted(2, 3);
  writeText(stream, "one line\n", 0);
  assertEquals(stream.seen, ["on", "e l", "ine\n"]);
});

Deno.test("writeText() is quiet when the reader has gone", () => {
  const stream = scripted(2, new Deno.errors.BrokenPipe("gone"));
  writeText(stream, "one line\n", 0);
  assertEquals(stream.seen, ["on"]);
});

Deno.test("writeText() waits for a full stream", () => {
  const full = new Deno.errors.WouldBlock("full");
  const stream = scripted(full, 4, full, full);
  writeText(stream, "one line\n", 1000);
  assertEquals(stream.seen, ["one ", "line\n"]);
});

Deno.test("writeText() gives up a stream that stays full", () => {
  const full = new Deno.errors.WouldBlock("full");
  const stream = {
    writeSync: () => {
      throw full;
    },
  };
  assertThrows(
    () => writeText(stream, "text", 10),
    Deno.errors.WouldBlock,
  );
});

Deno.test("writeText() throws what it cannot mend", () => {
  const stream = scripted(new Error("No space left on device"));
  assertThrows(() => writeText(stream, "text", 1000), Error, "No space left");
});

Deno.test("streamError() says what could not be done, and why", () => {
  for (
    const [said, why] of [
      ["No space left on device (os error 28)", "no space left on device"],
      ["EOF", "EOF"],
    ] as const
  ) {
    const cause = new Error(said);
    const error = streamError("cannot write to standard output", cause);
    assertEquals(error.message, `cannot write to standard output: ${why}`);
    assertEquals(error.cause, cause);
  }
});

Deno.test("streamError() leaves a reader that has gone to whoever cares", () => {
  const gone = new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
  assertEquals(streamError("cannot write", gone), gone);
});

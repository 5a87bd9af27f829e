import { assertEquals, assertThrows } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { elfImageSize } from "../../tools/fallback_runtime.ts";

/** An ELF header whose section header table is at `offset`. */
function header(offset: bigint, rowSize: number, rows: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, offset, true);
  view.setUint16(0x3a, rowSize, true);
  view.setUint16(0x3c, rows, true);
  return bytes;
}

Deno.test("elfImageSize() is the end of the section header table", () => {
  assertEquals(elfImageSize(header(97_000_000n, 64, 38)), 97_002_432);
});

Deno.test("elfImageSize() reads the header from inside a larger buffer", () => {
  const bytes = new Uint8Array(100);
  bytes.set(header(256n, 64, 3), 10);
  assertEquals(elfImageSize(bytes.subarray(10, 74)), 448);
});

Deno.test("elfImageSize() throws when it is no 64-bit ELF header", () => {
  const short = header(256n, 64, 3).subarray(0, 63);
  const narrow = header(256n, 64, 3);
  narrow[4] = 1;
  for (const bytes of [short, narrow, new Uint8Array(64)]) {
    assertThrows(() => elfImageSize(bytes), ToolError, "no 64-bit ELF");
  }
});

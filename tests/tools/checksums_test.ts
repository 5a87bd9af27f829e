import { assertEquals } from "@std/assert";
import { mergeSums, sha256OfFile } from "../../tools/checksums.ts";

Deno.test("sha256OfFile() hashes a file of several blocks", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "a".repeat(1_000_000));
    assertEquals(
      await sha256OfFile(path), // The long test vector of FIPS 180-2.
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("mergeSums() starts a file, sorted by name", () => {
  assertEquals(mergeSums("", { b: "2", a: "1" }, () => true), "1  a\n2  b\n");
});

Deno.test("mergeSums() replaces known names and keeps the others", () => {
  const text = "1  a\n2 *b c\n";
  assertEquals(mergeSums(text, { a: "9" }, () => true), "9  a\n2  b c\n");
});

Deno.test("mergeSums() drops names that are gone, and garbage", () => {
  const text = "1  a\n2  gone\nhello\n";
  assertEquals(mergeSums(text, {}, (name) => name !== "gone"), "1  a\n");
});

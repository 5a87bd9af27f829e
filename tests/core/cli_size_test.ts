import { assertEquals } from "@std/assert";
import { formatSize, parseSize } from "../../lib/cli/size.ts";

Deno.test("parseSize() reads sizes with and without units", () => {
  const cases: Record<string, number | null> = {
    "1": 1,
    "1024": 1024,
    "1k": 1024,
    "1.5K": 1536,
    "500M": 500 * 2 ** 20,
    "1G": 2 ** 30,
    "1GiB": 2 ** 30,
    "2T": 2 ** 41,
    "0": null,
    "0.5": null,
    "-1": null,
    "1e3": null,
    "1KB": null,
    "G": null,
    "": null,
    "9999999T": null,
    "99999999999999999": null,
  };
  for (const [text, bytes] of Object.entries(cases)) {
    assertEquals(parseSize(text), bytes, text);
  }
});

Deno.test("formatSize() writes exactly what parseSize() reads", () => {
  for (const text of ["1 byte", "1001 bytes", "1 KiB", "1536 KiB", "1 GiB"]) {
    const size = parseSize(text.replace(/ (bytes?)?/, ""));
    assertEquals(formatSize(size!), text);
  }
  assertEquals(formatSize(0), "0 bytes");
});

import { assert, assertFalse } from "@std/assert";
import { runtimeIsAtLeast } from "../../lib/runtime.ts";

Deno.test("runtimeIsAtLeast() compares numbers, not texts", () => {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  assert(runtimeIsAtLeast(`${major}.${minor}`));
  assert(runtimeIsAtLeast(`${major}.0`));
  assert(runtimeIsAtLeast(`${major - 1}.99`));
  assertFalse(runtimeIsAtLeast(`${major}.${minor + 1}`));
  assertFalse(runtimeIsAtLeast(`${major + 1}.0`));
  assertFalse(runtimeIsAtLeast(`${major * 10}.0`));
});

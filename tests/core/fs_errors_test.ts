import { assertEquals } from "@std/assert";
import { errorCode, fsError } from "../../server/fs/errors.ts";

Deno.test({
  name:
    "fsError() knows a file that is too long by its number, and no other by a name",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const told = new Error("File too large (os error 27)");
    assertEquals(fsError(told).kind, "too-large");
    const named = Object.assign(
      new Error("No such file (os error 2): '(os error 27)'"),
      { code: "ENOENT" },
    );
    assertEquals(fsError(named).kind, "not-found");
    assertEquals(errorCode(new Error("Text file busy (os error 26)")), "Error");
  },
});

import { assertEquals } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { fsError } from "../../server/fs/errors.ts";
import { FsError } from "../../server/fs/file_system.ts";
import { errorReply } from "../../server/ftp/commands.ts";

/** The code of the reply to an error, and the line that the log gets. */
function told(error: unknown): [code: number, line: string] {
  let line = "";
  const log = createLog({
    format: "text",
    write: (text) => line = text.replace(/^\S+ /, "").trimEnd(),
  });
  const { signal } = new AbortController();
  return [errorReply(error, "STOR", { log, signal }).code, line];
}

function failed(code: string): Error {
  return fsError(Object.assign(new Error(`${code}: open '/srv/a'`), { code }));
}

Deno.test("errorReply() tells the log where the system said no, and the client nothing more", () => {
  assertEquals(told(failed("EACCES")), [
    550,
    "WARN system-refused verb=STOR reason=\"Error: EACCES: open '/srv/a'\"",
  ]);
  assertEquals(told(failed("EIO")), [
    451,
    "ERROR file-system-error verb=STOR reason=\"Error: EIO: open '/srv/a'\"",
  ]);
});

Deno.test("errorReply() keeps the log quiet about what accounts may not do", () => {
  assertEquals(told(new FsError("permission")), [550, ""]);
  assertEquals(told(new FsError("over-quota")), [552, ""]);
  assertEquals(told(failed("ENOENT")), [550, ""]);
});

import { assertEquals, assertMatch } from "@std/assert";
import type { TransferEnd } from "../../server/ftp/operations/observer.ts";
import { xferlogLine } from "../../server/ftp/operations/xferlog.ts";

const CLIENT = { address: "2001:db8::7", isAnonymous: true };
const NOW = new Date(2026, 0, 31, 23, 59, 1);

function lineOf(end: Partial<TransferEnd>, path = "/f"): string {
  const transfer = { verb: "STOR", path } as TransferEnd["transfer"];
  return xferlogLine(
    {
      transfer,
      direction: "upload",
      outcome: "complete",
      bytes: 10,
      duration: 400,
      ascii: false,
      account: "anonymous",
      ...end,
    },
    CLIENT,
    NOW,
  );
}

Deno.test("xferlogLine() is what wu-ftpd wrote, field by field", () => {
  assertEquals(
    lineOf({ ascii: true, duration: 61_500 }),
    "Sat Jan 31 23:59:01 2026 62 2001:db8::7 10 /f a _ i a anonymous ftp 0 * c\n",
  );
});

Deno.test("xferlogLine() tells what is not complete", () => {
  assertMatch(lineOf({ outcome: "aborted" }), / i\n$/);
  assertMatch(lineOf({ outcome: "failed" }), / i\n$/);
});

Deno.test("xferlogLine() counts a second at least", () => {
  assertMatch(lineOf({ duration: 0 }), / 2026 1 /);
});

Deno.test("xferlogLine() has one word for a name, whatever is in it", () => {
  const odd = "/a b\tc\r\nd\x00\x1b[2J\u202eé\u00a0ü 日本";
  const line = lineOf({ account: "eve\nroot x" }, odd);
  assertEquals(line.split("\n").length, 2);
  assertEquals(line.trim().split(/\s+/).length, 18);
  assertMatch(line, / \/a_b_c__d__\[2J_é_ü_日本 b _ i a eve_root_x ftp /);
});

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { IncompleteError } from "../../client/ftp/errors.ts";
import { partPath } from "../../client/ftp/part_name.ts";
import { bytesOf } from "./byte_cases.ts";
import { play } from "./client_harness.ts";

Deno.test("partPath() leaves room for its endings, in any folder", () => {
  for (const name of ["a", "x".repeat(242), "x".repeat(243), "ü".repeat(127)]) {
    for (const folder of ["", "/", "a/b/", "C:\\a\\"]) {
      const path = partPath(folder + name);
      assert(path.startsWith(folder) && path.endsWith(".part"));
      const own = path.slice(folder.length);
      assert(!/[/\\]/.test(own));
      assert(bytesOf(`${own}.map.new`).length <= 255, own);
    }
  }
});

Deno.test("partPath() tells long names apart that begin alike", () => {
  const long = "x".repeat(250);
  assertNotEquals(partPath(`${long}a`), partPath(`${long}b`));
  assertEquals(partPath(`${long}a`), partPath(`${long}a`));
});

for (const keepPart of [true, false]) {
  Deno.test(`FtpClient.download() keeps what came: ${keepPart}`, () =>
    play({
      SIZE: "213 9",
      RETR: (_, peer) => peer.sends("hello"),
    }, async ({ client, disk }) => {
      const downloaded = client.download("a", "a", { keepPart });
      await assertRejects(() => downloaded, IncompleteError);
      assertEquals([...disk.files.keys()], keepPart ? ["a.part"] : []);
    }));
}

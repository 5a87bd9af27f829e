import { assert, assertEquals, assertFalse } from "@std/assert";
import { isHashList } from "../../server/ftp/config/accounts_file.ts";
import { isVirtualPath, readMoment } from "../../server/ftp/config/forms.ts";
import { readEvents, readRates } from "../../server/ftp/options/forms.ts";

Deno.test("readMoment() reads dates and times, and nothing else", () => {
  const moments: readonly (readonly [string, number | undefined])[] = [
    ["2030-01-01", Date.UTC(2030, 0, 1)],
    ["2030-01-01T12:00:00", Date.UTC(2030, 0, 1, 12)],
    ["2030-01-01 12:00:00Z", Date.UTC(2030, 0, 1, 12)],
    ["2030-01-01t12:00:00.250z", Date.UTC(2030, 0, 1, 12, 0, 0, 250)],
    ["2030-01-01T12:00:00.123456789Z", Date.UTC(2030, 0, 1, 12, 0, 0, 123)],
    ["2030-01-01T12:00:00-02:30", Date.UTC(2030, 0, 1, 14, 30)],
    ...["2030-02-30", "2030-13-01", "12:00:00", "2030-01-01T25:00:00Z", "x", ""]
      .map((text) => [text, undefined] as const),
  ];
  for (const [text, moment] of moments) {
    assertEquals(readMoment(text), moment, text);
  }
});

Deno.test("isHashList() tells lists of hashes from TOML", () => {
  for (const text of ["a:b", "\ufeffa:b\n", "# x\n\n a:$apr1$", "a b:c"]) {
    assert(isHashList(text), text);
  }
  for (
    const text of ["", "# only", "[account.a]", 'account."a:b".root = "/"']
  ) assert(!isHashList(text), text);
});

Deno.test("isVirtualPath() takes paths from the root on, without detours", () => {
  for (const path of ["/", "/a", "/a/", "/a b/ä", "/.hidden", "/..."]) {
    assert(isVirtualPath(path), path);
  }
  for (
    const path of [
      "",
      "a",
      "//",
      "/a//b",
      "/.",
      "/a/..",
      "/../a",
      "/a\n",
      "/\0",
    ]
  ) assertFalse(isVirtualPath(path), path);
});

Deno.test("readRates() takes one size for both ways, or one for each", () => {
  assertEquals(readRates("1K"), { down: 1024, up: 1024 });
  assertEquals(readRates("up=2K, down=1K"), { up: 2048, down: 1024 });
  assertEquals(readRates("down=5"), { down: 5 });
  for (
    const text of ["", "0", "up=", "up=1,up=2", "side=1", "1K,2K", "up=1;"]
  ) {
    assertEquals(readRates(text), undefined, text);
  }
});

Deno.test("readEvents() takes each event once", () => {
  assertEquals(readEvents(["ban", "upload"]), ["upload", "ban"]);
  assertEquals(readEvents([]), undefined);
  assertEquals(readEvents(["ban", "ban"]), undefined);
  assertEquals(readEvents(["nap"]), undefined);
});

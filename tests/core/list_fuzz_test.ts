import { assertEquals } from "@std/assert";
import { parseFacts } from "../../lib/ftp/facts_parser.ts";
import { createListParser } from "../../lib/ftp/list_parser.ts";
import { checkEntry } from "../fuzz/targets/listings.ts";

const LONG = 8192;

/** What makes a careless regular expression try everything. */
const FILLERS: readonly string[] = [
  ..." \t0a-:;/.,=[(<+?Jé月\u0301",
  ...["1 ", "a ", "0:", "1/", "1-", "a;1 ", "; ", "=;", ";1", " -> ", "[ ]"],
  ...["Jan 1 ", "1 Jan ", "1 1 ", "1, ", "9,999", "<DIR> ", "2004-01-01 "],
  ...["a=b;", "type=os.unix=slink:", "\t \t", "月1", "1月", " [", "] ", "..."],
];

const STARTS: readonly string[] = [
  ...["", "-rw-r--r-- ", "drwxr-xr-x 1 a b 9 ", "d [RWCEAFMS] ", "+i1,"],
  ...["lrwxrwxrwx 1 a b 9 Jan  1  2000 ", "01-02-03 04:05PM ", "A.B;1 "],
  ...["type=os.unix=slink:/", "type=file;", "1 2 3 ", "A 01.01 2004/06/22 "],
  ...["-C--E-----FTP ", "01-02-03 04:05PM <JUNCTION> ", "0100644 1 2 3 4 "],
];

for (const start of STARTS) {
  const name = JSON.stringify(start);
  Deno.test(`list parser ends on 8 KiB of anything behind ${name}`, () => {
    for (const filler of FILLERS) {
      const line = (start + filler.repeat(LONG)).slice(0, LONG);
      for (const text of [line, `${line} x`, `${line}\u0000`, `${line};`]) {
        const parser = createListParser();
        const entry = parser.parse(text) ?? parser.flush();
        if (entry !== null) checkEntry(entry, text);
        parseFacts(text);
      }
    }
  });
}

Deno.test("list parser remembers no more than one line", () => {
  const parser = createListParser();
  const counts = Array.from(
    { length: 1000 },
    (_, at) => parser.parse(`LONG-NAME-${at}.TXT;1`) === null ? 0 : 1,
  );
  assertEquals(counts.reduce<number>((sum, count) => sum + count, 0), 999);
  assertEquals(parser.flush()?.name, "LONG-NAME-999.TXT");
  assertEquals(parser.flush(), null);
});

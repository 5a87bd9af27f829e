import { assert, assertEquals } from "@std/assert";
import {
  parseExtendedPassive,
  parseFeatures,
  parseModified,
  parsePassive,
  parsePathname,
  parseSize,
  parseSizeHint,
  parseUniqueName,
} from "../../lib/ftp/replies.ts";
import { reply } from "../../lib/ftp/reply.ts";
import { randomOf } from "./random.ts";

type Table<T> = readonly [text: string, value: T | null][];

function testTable<T>(
  name: string,
  parse: (text: string) => T | null,
  table: Table<T>,
): void {
  for (const [text, value] of table) {
    Deno.test(`${name}() reads ${JSON.stringify(text)}`, () => {
      assertEquals(parse(text), value);
    });
  }
  Deno.test(`${name}() never throws`, () => {
    for (let seed = 0; seed < 3000; seed++) {
      const random = randomOf(seed);
      const chars = [...random.pick(table)[0]];
      for (let flips = 0; flips < 3; flips++) {
        chars[random.below(chars.length + 1)] = random.pick(
          [...'(),|" 0919-;=.\0\u{1f600}\n'],
        );
      }
      parse(chars.join(""));
    }
  });
}

testTable("parsePassive", parsePassive, [
  ["Entering Passive Mode (10,0,0,1,8,73).", {
    hostname: "10.0.0.1",
    port: 2121,
  }],
  ["Entering Passive Mode 10,0,0,1,8,73", { hostname: "10.0.0.1", port: 2121 }],
  ["=10,0,0,1,8,73", { hostname: "10.0.0.1", port: 2121 }],
  ["Passive (10, 0, 0, 1, 8, 73)", { hostname: "10.0.0.1", port: 2121 }],
  ["(0,0,0,0,255,255)", { hostname: "0.0.0.0", port: 65535 }],
  ["(10,0,0,1,0,0)", null],
  ["(10,0,0,256,8,73)", null],
  ["(10,0,0,1,8,256)", null],
  ["(10,0,0,1,8)", null],
  ["(10,0,0,1,8,73,1)", null],
  ["(1000,0,0,1,8,73)", null],
  ["(-1,0,0,1,8,73)", null],
  ["", null],
]);

testTable("parseExtendedPassive", parseExtendedPassive, [
  ["Entering Extended Passive Mode (|||2121|)", 2121],
  ["Entering Extended Passive Mode (!!!65535!).", 65535],
  ["(|||0|)", null],
  ["(|||65536|)", null],
  ["(|||-1|)", null],
  ["(|||99999999999|)", null],
  ["(||10.0.0.1|2121|)", null],
  ["(|1|10.0.0.1|2121|)", null],
  ["(||!2121|)", null],
  ["|||2121|", null],
  ["", null],
]);

testTable("parsePathname", parsePathname, [
  ['"/" is the current directory', "/"],
  ['"/a b" is', "/a b"],
  ['"/say ""hi""" is', '/say "hi"'],
  ['Current folder is "/pub".', "/pub"],
  ['"C:\\ftp"', "C:\\ftp"],
  ["/pub is current", "/pub"],
  ['"', null],
  ['""', null],
  ['"/a', null],
  ['"/a""', null],
  ["nothing", null],
  ["", null],
]);

testTable("parseSize", parseSize, [
  ["0", 0],
  ["1024", 1024],
  [" 12 ", 12],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", null],
  ["99999999999999999999", null],
  ["-1", null],
  ["1e3", null],
  ["1.5", null],
  ["0x10", null],
  ["12 bytes", null],
  ["", null],
]);

testTable("parseSizeHint", parseSizeHint, [
  ["Opening BINARY mode data connection for a.txt (12 bytes).", 12],
  ["Opening data connection for a (1 bytes).txt (345 bytes)", 345],
  ["Opening (1 byte)", 1],
  ["(9999999999999999 bytes)", null],
  ["(-5 bytes)", null],
  ["(12 bytes) and more", null],
  ["123.4 kbytes to download", null],
  ["", null],
]);

testTable("parseUniqueName", parseUniqueName, [
  ["Transfer complete (unique file name:)", null],
  ["FILE: ftpd.1", "ftpd.1"],
  ["FILE: a b ", "a b"],
  ["Opening BINARY mode data connection. FILE:x", "x"],
  ["Transfer complete (unique file name:a.1).", "a.1"],
  ["FILE NAME:  two  spaces  ", " two  spaces"],
  ["Transfer complete", null],
  ["FILE:", null],
  ["FILE: ", null],
]);

const time = (text: string) => parseModified(text)?.toISOString() ?? null;
testTable("parseModified", time, [
  ["20240229123456", "2024-02-29T12:34:56.000Z"],
  [" 20240229123456.5 ", "2024-02-29T12:34:56.500Z"],
  ["20240229123456 +0000", "2024-02-29T12:34:56.000Z"],
  ["Modify=20240229123456; /a", "2024-02-29T12:34:56.000Z"],
  ["20230229123456", null],
  ["202402291234567", null],
  ["191040229123456", null],
  ["-20240229123456", null],
  ["", null],
]);

Deno.test("parseFeatures() reads names and their rest", () => {
  const said = reply(
    211,
    "Features:",
    " mdtm",
    "REST STREAM",
    " MLST Type*;Size*;",
    "",
    "End",
  );
  assertEquals([...parseFeatures(said)], [
    ["MDTM", ""],
    ["REST", "STREAM"],
    ["MLST", "Type*;Size*;"],
  ]);
});

Deno.test("parseFeatures() finds none in one line", () => {
  assertEquals(parseFeatures(reply(211, "No features.")).size, 0);
});

Deno.test("parsers of replies take time in proportion to the text", () => {
  const long = 65_000;
  const texts = ['"'.repeat(long), "(".repeat(long), "1,".repeat(long / 2)];
  texts.push(
    "(|||".repeat(long / 4),
    "FILE ".repeat(long / 5),
    " ".repeat(long),
  );
  texts.push(`"${'""'.repeat(long / 2)}`, "1, ".repeat(long / 3));
  const began = performance.now();
  for (const text of texts) {
    parsePassive(text);
    parseExtendedPassive(text);
    parsePathname(text);
    parseSize(text);
    parseSizeHint(text);
    parseUniqueName(text);
    parseModified(text);
  }
  // Quadratic time would be minutes.
  assert(performance.now() - began < 20_000);
});

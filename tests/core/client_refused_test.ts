import { assertEquals, assertThrows } from "@std/assert";
import {
  FtpError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import { nullIfNotTold, nullIfRefused } from "../../client/ftp/refused.ts";

const OPEN = { closed: null };
const REFUSED = new FtpError("MDTM a", { code: 550, lines: ["No."] });
const BUSY = new FtpError("MDTM a", { code: 450, lines: ["Later."] });
const NONSENSE = new ProtocolError("no time");
const LOST = new NetworkError("closed", "gone");

Deno.test("nullIfRefused() takes a no for good, and nothing else", () => {
  assertEquals(nullIfRefused(REFUSED), null);
  for (const error of [BUSY, NONSENSE, LOST]) {
    assertThrows(() => nullIfRefused(error), Error, error.message);
  }
});

Deno.test("nullIfNotTold() takes nonsense, too, unless it cost the connection", () => {
  assertEquals(nullIfNotTold(OPEN)(REFUSED), null);
  assertEquals(nullIfNotTold(OPEN)(NONSENSE), null);
  for (const error of [BUSY, LOST]) {
    assertThrows(() => nullIfNotTold(OPEN)(error), Error, error.message);
  }
  const broken = { closed: NONSENSE };
  assertThrows(() => nullIfNotTold(broken)(NONSENSE), ProtocolError);
});

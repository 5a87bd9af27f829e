import { assertEquals } from "@std/assert";
import { createListParser } from "../../lib/ftp/list_parser.ts";
import { epochInstant, timeOfDay, yearOf } from "../../lib/ftp/list/date.ts";
import { dayInNumbers, dayWithName } from "../../lib/ftp/list/day.ts";
import { monthOf } from "../../lib/ftp/list/months.ts";
import { humanSize, sizeOf } from "../../lib/ftp/list/size.ts";
import { testLines } from "./list_cases.ts";

/** Dates between a size and a name, and what they mean on 2025-06-15. */
const DATES: readonly [date: string, modified: string | null][] = [
  ["Mar 12 04:05", "2025-03-12T04:05"],
  ["Mar  2 4:05", "2025-03-02T04:05"],
  ["Jun 16 11:59", "2025-06-16T11:59"],
  ["Jun 16 12:01", "2024-06-16T12:01"],
  ["Dec 31 23:59", "2024-12-31T23:59"],
  ["Feb 29 00:00", "2024-02-29"],
  ["Mar 12  1997", "1997-03-12"],
  ["Mar 12 1997", "1997-03-12"],
  ["Mar 12, 1997 04:05", "1997-03-12T04:05"],
  ["Mar 12 1997 04:05", "1997-03-12T04:05"],
  ["Mar 12 04:05:06 1997", "1997-03-12T04:05:06"],
  ["Mar 12 04:05:06", "2025-03-12T04:05:06"],
  ["Mar 12 04:05PM", "2025-03-12T16:05"],
  ["12 Mar 04:05", "2025-03-12T04:05"],
  ["12 Mar  1997", "1997-03-12"],
  ["12 Mar 1997 04:05", "1997-03-12T04:05"],
  ["12. März 04:05", "2025-03-12T04:05"],
  ["2.   Okt.  2003", "2003-10-02"],
  ["12.Mär 1997", "1997-03-12"],
  ["1997-03-12", "1997-03-12"],
  ["1997-03-12 04:05", "1997-03-12T04:05"],
  ["1997-03-12T04:05", "1997-03-12T04:05"],
  ["1997-03-12 04:05:06", "1997-03-12T04:05:06"],
  ["1997-03-12 04:05:06.123456789 +0200", "1997-03-12T02:05:06"],
  ["1997-03-12 04:05:06.000000000 -0330", "1997-03-12T07:35:06"],
  ["1997/03/12 04:05", "1997-03-12T04:05"],
  ["1997.03.12", "1997-03-12"],
  ["24-04-2003 17:12", "2003-04-24T17:12"],
  ["24.04.2003 17:12", "2003-04-24T17:12"],
  ["04/24/2003 17:12", "2003-04-24T17:12"],
  ["05.04.2003", "2003-04-05"],
  ["12-Mar-1997 04:05", "1997-03-12T04:05"],
  ["12-Mar-1997", "1997-03-12"],
  ["1997-Mar-12 04:05", "1997-03-12T04:05"],
  ["03-12 04:05", "2025-03-12T04:05"],
  ["03-12 1997", "1997-03-12"],
  ["23-12 1997", "1997-12-23"],
  ["12.3. 04:05", "2025-03-12T04:05"],
  ["12. 3. 04:05", "2025-03-12T04:05"],
  ["3 12 04:05", "2025-03-12T04:05"],
  ["3 12 1997", "1997-03-12"],
  ["3月 12 04:05", "2025-03-12T04:05"],
  ["3月12日 04:05", "2025-03-12T04:05"],
  ["3월 12일 1997", "1997-03-12"],
  ["1997年 3月 12日", "1997-03-12"],
  ["1997年3月12日 04:05", "1997-03-12T04:05"],
  ["1997   3\u00ed 12", "1997-03-12"],
  ["3\ufffd 12 04:05", "2025-03-12T04:05"],
  ["Mar 12日 1997", "1997-03-12"],
  // A month of a language we do not know.
  ["фывап 12 04:05", null],
];

testLines(
  "a date",
  DATES.map(([date, modified]) =>
    [`-rw-r--r-- 1 a b 4711 ${date} a name`, {
      name: "a name",
      size: 4711,
      owner: "a",
      group: "b",
      modified,
    }] as const
  ),
);

/** January to December, as `ls` prints them. */
const LANGUAGES: Record<string, string> = {
  Basque: "urt ots mar api mai eka uzt abu ira urr aza abe",
  Bulgarian: "яну фев мар апр май юни юли авг сеп окт ное дек",
  Catalan: "gen feb mar abr mai jun jul ago set oct nov des",
  Czech: "led úno bře dub kvě čen čec srp zář říj lis pro",
  Danish: "jan feb mar apr maj jun jul aug sep okt nov dec",
  Dutch: "jan feb mrt apr mei jun jul aug sep okt nov dec",
  English: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
  Estonian: "jaan veebr märts apr mai juuni juuli aug sept okt nov dets",
  Finnish:
    "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
  French: "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
  German: "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
  Greek: "Ιαν Φεβ Μαρ Απρ Μάι Ιούν Ιούλ Αύγ Σεπ Οκτ Νοέ Δεκ",
  Hungarian: "jan febr márc ápr máj jún júl aug szept okt nov dec",
  Icelandic: "jan feb mar apr maí jún júl ágú sep okt nóv des",
  Indonesian: "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
  Italian: "gen feb mar apr mag giu lug ago set ott nov dic",
  Latvian: "janv. febr. marts apr. maijs jūn. jūl. aug. sept. okt. nov. dec.",
  Lithuanian: "sau vas kov bal geg bir lie rgp rgs spa lap grd",
  Norwegian: "jan feb mars april mai juni juli aug sep okt nov des",
  Polish: "sty lut mar kwi maj cze lip sie wrz paź lis gru",
  Portuguese: "jan fev mar abr mai jun jul ago set out nov dez",
  Romanian: "ian feb mar apr mai iun iul aug sep oct noi dec",
  Russian: "янв фев мар апр мая июн июл авг сен окт ноя дек",
  Serbian: "јан феб мар апр мај јун јул авг сеп окт нов дец",
  Slovak: "jan feb mar apr máj jún júl aug sep okt nov dec",
  Slovenian: "jan feb mar apr maj jun jul avg sep okt nov dec",
  Spanish: "ene feb mar abr may jun jul ago sep oct nov dic",
  Swedish: "jan feb mar apr maj jun jul aug sep okt nov dec",
  Turkish: "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
  Ukrainian: "січ лют бер кві тра чер лип сер вер жов лис гру",
  Vietnamese: "Th01 Th02 Th03 Th04 Th05 Th06 Th07 Th08 Th09 Th10 Th11 Th12",
  Thai: "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
};

for (const [language, names] of Object.entries(LANGUAGES)) {
  Deno.test(`list parser reads months in ${language}`, () => {
    const parser = createListParser();
    for (const [at, name] of names.split(" ").entries()) {
      const line = `-rw-r--r-- 1 a b 9 ${name} 12 2003 x`;
      assertEquals(parser.parse(line)?.modified?.getUTCMonth(), at, name);
      const turned = `-rw-r--r-- 1 a b 9 12 ${name}  2003 x`;
      assertEquals(parser.parse(turned)?.modified?.getUTCMonth(), at, name);
    }
  });
}

Deno.test("monthOf() lets the longest beginning decide", () => {
  const names = ["jui", "juin", "JUI", "Juli", "juillet", "marras", "marec"];
  assertEquals(names.map(monthOf), [7, 6, 7, 7, 7, 11, 3]);
  assertEquals(["", "x", "total", "foo"].map(monthOf), [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("list parser takes a missing year from the clock", () => {
  const clocks: [now: string, line: string, year: number][] = [
    ["2024-12-31T12:00Z", "Jan  1 11:00", 2025],
    ["2024-12-31T12:00Z", "Jan  2 11:00", 2024],
    ["2025-01-01T00:00Z", "Dec 31 23:59", 2024],
    ["2023-03-01T00:00Z", "Feb 29 10:00", 2020],
    ["2104-02-28T00:00Z", "Feb 29 10:00", 2096],
    ["1970-01-01T00:00Z", "Mar 12 10:00", 1969],
  ];
  for (const [now, date, year] of clocks) {
    const parser = createListParser({ now: () => Date.parse(now) });
    const entry = parser.parse(`-rw-r--r-- 1 a b 9 ${date} x`);
    assertEquals(entry?.modified?.getUTCFullYear(), year, `${date} at ${now}`);
  }
});

Deno.test("list parser reports lines whose year no clock can tell", () => {
  const parser = createListParser({ now: () => NaN });
  const line = "-rw-r--r-- 1 a b 9 Mar 12 10:00 x";
  assertEquals(parser.parse(line)?.unparsed, line);
});

Deno.test("dayInNumbers() learns the order that numbers show", () => {
  const context = { order: null };
  const days = ["05-06-97", "25-06-97", "05-06-97", "06-25-97", "05-06-97"];
  const read = days.map((day) => dayInNumbers(day, "mdy", context));
  assertEquals(read.map((day) => day?.month), [5, 6, 6, 6, 5]);
});

Deno.test("dayInNumbers() refuses what is no day in any order", () => {
  const days = ["32-13-32", "0-0-0", "1-2", "1-2/97", "a-b-c", "2004-13-01"];
  for (const day of [...days, "", "12345-1-1", "1-1-12345"]) {
    assertEquals(dayInNumbers(day, "mdy", { order: null }), null, day);
  }
});

Deno.test("dayInNumbers() falls back when the learnt order makes no day", () => {
  const day = dayInNumbers("23/02/00", "dmy", { order: "ymd" });
  assertEquals(day, { year: 2000, month: 2, day: 23 });
});

Deno.test("dayWithName() reads both orders", () => {
  assertEquals(dayWithName("2-JUL-2003"), { year: 2003, month: 7, day: 2 });
  assertEquals(dayWithName("Feb-28-98"), { year: 1998, month: 2, day: 28 });
  for (const text of ["2-FOO-2003", "32-JUL-2003", "JUL-2003", "2-7-2003"]) {
    assertEquals(dayWithName(text), null, text);
  }
});

Deno.test("yearOf() reads two, three and four digits", () => {
  const years = ["00", "69", "70", "99", "100", "125", "1899", "2025"];
  const read = [2000, 2069, 1970, 1999, 2000, 2025, 1899, 2025];
  assertEquals(years.map(yearOf), read);
});

Deno.test("timeOfDay() reads 24 hours and twice 12", () => {
  const times: Record<string, string | null> = {
    "0:00": "0:0:0",
    "23:59:60": "23:59:60",
    "12:00AM": "0:0:0",
    "12:00pm": "12:0:0",
    "1:05p": "13:5:0",
    "10:30:13.64": "10:30:13",
    "13:00PM": null,
    "0:00AM": null,
    "24:00": null,
    "10:60": null,
    "10": null,
    "10:00x": null,
    "": null,
  };
  for (const [text, wanted] of Object.entries(times)) {
    const time = timeOfDay(text);
    const read = time && `${time.hour}:${time.minute}:${time.second}`;
    assertEquals(read, wanted, text);
  }
});

Deno.test("epochInstant() refuses what no date can hold", () => {
  assertEquals(epochInstant("8640000000000")?.getTime(), 8.64e15);
  for (const text of ["8640000000001", "99999999999999", "-1", "1.5", ""]) {
    assertEquals(epochInstant(text), null, text);
  }
});

Deno.test("sizeOf() tells unknown sizes from no sizes", () => {
  const sizes: [text: string, size: number | null | undefined][] = [
    ["0", 0],
    ["007", 7],
    ["9,730", 9730],
    ["1.234.567", 1234567],
    ["512B", 512],
    ["1e3", undefined],
    ["1E", null],
    ["9007199254740992", null],
    ["9".repeat(40), null],
    ["9".repeat(41), undefined],
    ["-1", null],
    ["-", undefined],
    ["", undefined],
    ["12:30", undefined],
    ["12x", undefined],
  ];
  for (const [text, size] of sizes) assertEquals(sizeOf(text), size, text);
  assertEquals(humanSize("12"), undefined);
});

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  codeName,
  decodeReply,
  type DnsReply,
  encodeQuestion,
  isReplyTo,
  type Question,
} from "../../client/lookup/dns/message.ts";
import {
  decodeName,
  DnsFormatError,
  encodeName,
  isName,
  sameName,
} from "../../client/lookup/dns/name.ts";
import {
  askedIn,
  dnsReply,
  nameBytes,
  type ZoneAnswer,
} from "./lookup_dns_zone.ts";
import { randomOf } from "./random.ts";

const QUESTION: Question = { id: 0x1234, name: "www.a.test", type: "A" };

function replyTo(answer: ZoneAnswer, question = QUESTION): DnsReply {
  return decodeReply(dnsReply(encodeQuestion(question), answer));
}

function valuesOf({ records }: DnsReply): string[] {
  return records.map(({ value }) => value);
}

Deno.test("encodeQuestion() asks as RFC 1035 says, and for 1,232 bytes (RFC 6891)", () => {
  const bytes = encodeQuestion(QUESTION);
  assertEquals([...bytes.subarray(0, 12)], [
    ...[0x12, 0x34, 0x01, 0x00],
    ...[0, 1, 0, 0, 0, 0, 0, 1],
  ]);
  assertEquals(askedIn(bytes), "www.a.test A");
  assertEquals([...bytes.subarray(-11)], [
    ...[0, 0, 41, 0x04, 0xd0],
    ...[0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("encodeQuestion() asks old servers without RFC 6891", () => {
  const bytes = encodeQuestion({ ...QUESTION, isExtended: false });
  assertEquals([...bytes.subarray(4, 12)], [0, 1, 0, 0, 0, 0, 0, 0]);
  assertEquals(bytes.length, 12 + 12 + 4);
});

for (const type of ["A", "AAAA", "CNAME", "PTR"] as const) {
  Deno.test(`encodeQuestion() asks for ${type}`, () => {
    assertEquals(
      askedIn(encodeQuestion({ id: 1, name: "a.test.", type })),
      `a.test ${type}`,
    );
  });
}

for (
  const [name, why] of [
    ["a..b", "between two dots"],
    ["", "between two dots"],
    [`${"a".repeat(64)}.test`, "more than 63"],
    [Array(64).fill("abc").join("."), "longer than 253"],
    ["a b.test", "characters"],
    ["a\0.test", "characters"],
    ["bücher.test", "characters"],
    ["a\n.test", "characters"],
  ] as const
) {
  Deno.test(`encodeName() refuses ${JSON.stringify(name.slice(0, 20))}`, () => {
    assertThrows(() => encodeName(name), DnsFormatError, why);
  });
}

Deno.test("encodeName() takes names up to 253 characters, and 63 a label", () => {
  const longest = `${Array(62).fill("abc").join(".")}.abcde`;
  assertEquals(longest.length, 253);
  assertEquals(encodeName(longest).length, 255);
  assertEquals(encodeName(`${longest}.`).length, 255);
  assertThrows(() => encodeName(`${longest}x`), DnsFormatError);
  assertEquals(encodeName("a".repeat(63)).length, 65);
});

Deno.test("decodeReply() reads addresses, aliases and names", () => {
  const reply = replyTo({
    records: [
      { cname: "a.test", ttl: 300 },
      { name: "a.test", a: "192.0.2.1", ttl: 5 },
      { name: "a.test", aaaa: [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1] },
      { name: "a.test", ptr: "b.test" },
    ],
  });
  assertEquals(reply, {
    code: 0,
    isTruncated: false,
    records: [
      { name: "www.a.test", type: "CNAME", ttl: 300, value: "a.test" },
      { name: "a.test", type: "A", ttl: 5, value: "192.0.2.1" },
      { name: "a.test", type: "AAAA", ttl: 60, value: "2001:db8::1" },
      { name: "a.test", type: "PTR", ttl: 60, value: "b.test" },
    ],
  });
});

Deno.test("decodeReply() shows an IPv4 address in IPv6 as the IPv6 address that it is", () => {
  const aaaa = [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201];
  assertEquals(valuesOf(replyTo({ records: [{ aaaa }] })), [
    "::ffff:192.0.2.1",
  ]);
});

Deno.test("decodeReply() leaves out records of other kinds and classes", () => {
  const bytes = dnsReply(encodeQuestion(QUESTION), {
    records: [{ txt: "hello" }, { a: "192.0.2.1" }, { a: "192.0.2.2" }],
  });
  assertEquals(valuesOf(decodeReply(bytes)), ["192.0.2.1", "192.0.2.2"]);
  bytes[bytes.length - 11] = 3; // The class CHAOS.
  assertEquals(valuesOf(decodeReply(bytes)), ["192.0.2.1"]);
});

Deno.test("decodeReply() counts a time beyond 31 bits as none (RFC 2181)", () => {
  const { records } = replyTo({ records: [{ a: "192.0.2.1", ttl: 2 ** 31 }] });
  assertEquals(records[0]?.ttl, 0);
});

Deno.test("decodeReply() tells codes and truncation", () => {
  assertEquals(replyTo({ code: 3 }).code, 3);
  assertEquals(["NXDOMAIN", "REFUSED", "code 15"], [3, 5, 15].map(codeName));
  const cut = replyTo({ truncated: true, records: [{ a: "192.0.2.1" }] });
  assertEquals(cut, { code: 0, isTruncated: true, records: [] });
});

Deno.test("decodeReply() makes control characters of names harmless", () => {
  const reply = replyTo({
    records: [{ ptr: ["\x1b]0;title\x07", "a.b", "te st", "\xff\\\n"] }],
  });
  assertEquals(valuesOf(reply), [
    "\\027\\0930\\059title\\007.a\\046b.te\\032st.\\255\\092\\010",
  ]);
});

Deno.test("decodeReply() refuses addresses of a wrong length", () => {
  const bytes = dnsReply(encodeQuestion(QUESTION), {
    records: [{ ptr: "abc" }],
  });
  for (const type of [1, 28]) {
    bytes[bytes.length - 14] = type;
    assertThrows(() => decodeReply(bytes), DnsFormatError, "wrong length");
  }
});

Deno.test("decodeReply() refuses a message that is cut anywhere", () => {
  const bytes = dnsReply(encodeQuestion(QUESTION), {
    records: [{ cname: "a.test" }, { name: "a.test", a: "192.0.2.1" }],
  });
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => decodeReply(bytes.slice(0, length)), DnsFormatError);
  }
});

Deno.test("decodeReply() throws nothing but DnsFormatError at random bytes", () => {
  const random = randomOf(7);
  const whole = dnsReply(encodeQuestion(QUESTION), {
    records: [{ cname: "a.test" }, { name: "a.test", a: "192.0.2.1" }],
  });
  let read = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = whole.slice();
    for (let change = 0; change < 4; change++) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    try {
      decodeReply(bytes);
      read++;
    } catch (error) {
      assert(error instanceof DnsFormatError, String(error));
    }
  }
  assert(read > 100 && read < 4900, `${read} of 5000 were readable`);
});

Deno.test("decodeName() follows pointers backwards", () => {
  const message = new Uint8Array([
    ...nameBytes("a.test"),
    3,
    119,
    119,
    119,
    0xc0,
    0,
  ]);
  assertEquals(decodeName(message, 8), { name: "www.a.test", end: 14 });
  assertEquals(decodeName(new Uint8Array([0]), 0), { name: ".", end: 1 });
});

for (
  const [what, bytes, at] of [
    ["to itself", [0xc0, 0], 0],
    ["forwards", [0xc0, 2, 0], 0],
    ["to a name that points at it", [0xc0, 2, 0xc0, 0], 2],
    ["into the middle of itself", [1, 97, 0xc0, 0], 0],
  ] as const
) {
  Deno.test(`decodeName() refuses a pointer ${what}`, () => {
    const message = new Uint8Array(bytes);
    assertThrows(() => decodeName(message, at), DnsFormatError);
  });
}

Deno.test("decodeName() refuses labels of 64 bytes and names of more than 255", () => {
  assertThrows(
    () => decodeName(new Uint8Array([0x40, ...Array(64).fill(97), 0]), 0),
    DnsFormatError,
    "too long",
  );
  const long = Array<string>(128).fill("a");
  assertThrows(
    () => decodeName(new Uint8Array(nameBytes(long)), 0),
    DnsFormatError,
    "too long",
  );
  const fits = new Uint8Array(nameBytes(long.slice(1)));
  assertEquals(decodeName(fits, 0).end, 255);
});

Deno.test("decodeName() follows 127 pointers, and no more", () => {
  // Each one leads to the one before, and the first to an empty name.
  const words = Array.from({ length: 8000 }, (_, at) => at * 2);
  const bytes = words.flatMap((to) => [0xc0 | to >> 8, to & 0xff]);
  const message = new Uint8Array([0, 0, ...bytes]);
  assertEquals(decodeName(message, 127 * 2).name, ".");
  for (const at of [128 * 2, message.length - 2]) {
    assertThrows(
      () => decodeName(message, at),
      DnsFormatError,
      "too many pointers",
    );
  }
});

Deno.test("isReplyTo() wants the number, the question and a reply", () => {
  const reply = dnsReply(encodeQuestion(QUESTION), {});
  assert(isReplyTo(QUESTION, reply));
  assert(isReplyTo({ ...QUESTION, name: "WWW.a.TEST." }, reply));
  assertFalse(isReplyTo({ ...QUESTION, id: 0x1235 }, reply));
  assertFalse(isReplyTo({ ...QUESTION, type: "AAAA" }, reply));
  assertFalse(isReplyTo({ ...QUESTION, name: "ww.a.test" }, reply));
  assertFalse(isReplyTo(QUESTION, encodeQuestion(QUESTION)), "a question");
  for (let length = 0; length < reply.length; length++) {
    assertFalse(isReplyTo(QUESTION, reply.slice(0, length)));
  }
});

Deno.test("isReplyTo() wants a reply to a usual question, not to a NOTIFY", () => {
  const reply = dnsReply(encodeQuestion(QUESTION), {});
  reply[2] = reply[2]! | 4 << 3;
  assertFalse(isReplyTo(QUESTION, reply));
});

Deno.test("isReplyTo() takes a head alone from who could not read the question", () => {
  const reply = dnsReply(encodeQuestion(QUESTION), { code: 1 });
  const head = reply.slice(0, 12);
  assertFalse(isReplyTo(QUESTION, head), "it says that there is a question");
  head[5] = 0;
  assert(isReplyTo(QUESTION, head));
  assertEquals(decodeReply(head), {
    code: 1,
    isTruncated: false,
    records: [],
  });
  assertFalse(isReplyTo({ ...QUESTION, id: 1 }, head));
  for (const code of [0, 2, 3, 5]) {
    head[3] = 0x80 | code;
    assertFalse(isReplyTo(QUESTION, head), `code ${code}`);
  }
});

Deno.test("isName() knows what can be asked about", () => {
  assert(isName("www.a.test") && isName("a.test.") && isName("_a.b"));
  assertFalse(isName("a..b") || isName("") || isName("a b"));
  assertFalse(isName(`${"a".repeat(60)}.`.repeat(4) + "b".repeat(20)));
});

Deno.test("sameName() does not look at the case (RFC 4343)", () => {
  assert(sameName("A.Test", "a.tEST"));
  assertFalse(sameName("a.test", "b.test"));
});

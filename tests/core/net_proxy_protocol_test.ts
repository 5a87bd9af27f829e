import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import {
  LONGEST_BLOCK,
  LONGEST_LINE,
  type ProxyHeader,
  ProxyHeaderError,
  readProxyHeader,
} from "../../lib/net/proxy_protocol.ts";
import {
  binary,
  BLOCK_4,
  BLOCK_6,
  ENDS,
  field,
  LINE,
  summed,
} from "./net_proxy_headers.ts";
import { randomOf } from "./random.ts";

const REST = "USER alice\r\n";
const MAPPED = [...Array<number>(10).fill(0), 255, 255];

function bytesOf(input: string | Bytes): Bytes {
  return typeof input === "string" ? new TextEncoder().encode(input) : input;
}

/** Reads a header with {@linkcode REST} behind it, and what is left then. */
async function read(
  header: string | Bytes,
  cut: (bytes: Bytes) => Bytes[] = (bytes) => [bytes],
): Promise<{ header: ProxyHeader | null; rest: string }> {
  const whole = new Uint8Array([...bytesOf(header), ...bytesOf(REST)]);
  const conn = memoryConn(cut(whole));
  const found = await readProxyHeader(conn);
  return { header: found, rest: await restOf(conn) };
}

async function restOf(
  conn: { read(buffer: Bytes): Promise<number | null> },
): Promise<string> {
  const buffer = new Uint8Array(4096);
  let text = "";
  for (let n; (n = await conn.read(buffer)) !== null;) {
    text += new TextDecoder().decode(buffer.subarray(0, n));
  }
  return text;
}

const six = (hostname: string, port: number) => ({ hostname, port });
const GOOD: readonly [string, string | Bytes, ProxyHeader][] = [
  ["a line of IPv4", LINE, { version: 1, ends: ENDS }],
  [
    "the shortest line of IPv4",
    "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
    { version: 1, ends: { peer: six("1.1.1.1", 1), local: six("2.2.2.2", 2) } },
  ],
  [
    "the shortest line of IPv6",
    "PROXY TCP6 :: :: 0 0\r\n",
    { version: 1, ends: { peer: six("::", 0), local: six("::", 0) } },
  ],
  [
    "the longest line of IPv6",
    `PROXY TCP6 ${"fedc:".repeat(7)}fedc ${
      "ba98:".repeat(7)
    }ba98 65535 65535\r\n`,
    {
      version: 1,
      ends: {
        peer: six(`${"fedc:".repeat(7)}fedc`, 65535),
        local: six(`${"ba98:".repeat(7)}ba98`, 65535),
      },
    },
  ],
  [
    "a line of IPv4 mapped into IPv6",
    "PROXY TCP6 ::ffff:192.0.2.7 2001:DB8:0::1 40001 21\r\n",
    {
      version: 1,
      ends: { peer: ENDS.peer, local: six("2001:db8::1", 21) },
    },
  ],
  ["a line of nobody", "PROXY UNKNOWN\r\n", { version: 1, ends: null }],
  [
    "the longest line of nobody",
    `PROXY UNKNOWN ${"x".repeat(LONGEST_LINE - 16)}\r\n`,
    { version: 1, ends: null },
  ],
  ["IPv4 in binary", binary(0x21, 0x11, BLOCK_4), { version: 2, ends: ENDS }],
  ["IPv6 in binary", binary(0x21, 0x21, BLOCK_6), {
    version: 2,
    ends: { peer: six("2001:db8::7", 40001), local: six("2001:db8::1", 21) },
  }],
  [
    "mapped IPv4 in binary",
    binary(0x21, 0x21, [
      ...[...MAPPED, ...BLOCK_4.slice(0, 4)],
      ...[...MAPPED, ...BLOCK_4.slice(4)],
    ]),
    { version: 2, ends: ENDS },
  ],
  ["LOCAL", binary(0x20, 0, []), { version: 2, ends: null }],
  ["LOCAL with an address", binary(0x20, 0x11, BLOCK_4), {
    version: 2,
    ends: null,
  }],
  ["LOCAL with anything", binary(0x20, 0xff, [1, 2, 3]), {
    version: 2,
    ends: null,
  }],
  ["PROXY of nobody", binary(0x21, 0, []), { version: 2, ends: null }],
  ["a Unix socket", binary(0x21, 0x31, Array<number>(216).fill(65)), {
    version: 2,
    ends: null,
  }],
  [
    "fields behind the addresses",
    binary(0x21, 0x11, [
      ...BLOCK_4,
      ...field(4, [0, 0, 0]),
      ...field(1, [102, 116, 112]),
      ...field(0xee, []),
    ]),
    { version: 2, ends: ENDS },
  ],
  ["a checksum", summed(0x21, 0x11, [...BLOCK_4, ...field(5, [1])]), {
    version: 2,
    ends: ENDS,
  }],
  [
    "as many fields as there may be",
    binary(0x21, 0x11, [
      ...BLOCK_4,
      ...field(4, Array<number>(LONGEST_BLOCK - 15).fill(0)),
    ]),
    { version: 2, ends: ENDS },
  ],
];

for (const [name, header, wanted] of GOOD) {
  Deno.test(`readProxyHeader() reads ${name}, and nothing behind it`, async () => {
    assertEquals(await read(header), { header: wanted, rest: REST });
  });
}

Deno.test("readProxyHeader() reads every header byte by byte, and cut anywhere", async () => {
  const single = (bytes: Bytes) =>
    [...bytes].map((byte) => new Uint8Array([byte]));
  for (const [name, header, wanted] of GOOD) {
    assertEquals(await read(header, single), { header: wanted, rest: REST });
    for (let at = 1; at < Math.min(bytesOf(header).length, 64); at++) {
      const halves = (bytes: Bytes) => [
        bytes.slice(0, at),
        bytes.slice(at),
      ];
      const found = await read(header, halves);
      assertEquals(found, { header: wanted, rest: REST }, `${name} at ${at}`);
    }
  }
});

const BAD: readonly [string, string | Bytes][] = [
  ["FTP", "USER alice\r\n"],
  ["what begins like a header", "PROXIES are nice and all that\r\n"],
  ["another case", LINE.toLowerCase()],
  ["TLS", new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])],
  ["another protocol", LINE.replace("TCP4", "UDP4")],
  ["a line of IPv4 that says IPv6", LINE.replace("TCP4", "TCP6")],
  [
    "a line of IPv6 that says IPv4",
    "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
  ],
  ["a name for an address", LINE.replace("192.0.2.7", "localhost")],
  ["an address out of range", LINE.replace("192.0.2.7", "192.0.2.700")],
  ["leading zeros", LINE.replace("192.0.2.7", "192.0.2.07")],
  ["a port too high", LINE.replace("40001", "65536")],
  ["a port with a zero", LINE.replace("40001", "0401")],
  ["a negative port", LINE.replace("40001", "-401")],
  ["a field too few", "PROXY TCP4 192.0.2.7 203.0.113.1 40001\r\n"],
  ["a field too many", LINE.replace(" 21", " 21 22")],
  ["two spaces", LINE.replace("TCP4 ", "TCP4  ")],
  ["a zone", "PROXY TCP6 fe80::1%eth0 2001:db8::1 40001 21\r\n"],
  ["a line without CR", LINE.replace("\r", "")],
  ["a line with CR only", LINE.replace("\n", "")],
  ["an empty line", "PROXY \r\nUSER a\r\nPASS b\r\n"],
  ["an end in the middle", "PROXY TCP4 1.1.1.1\r\nUSER alice\r\nPASS b\r\n"],
  ["a word after UNKNOWN", "PROXY UNKNOWNS\r\n"],
  ["a line too long", `PROXY UNKNOWN ${"x".repeat(LONGEST_LINE)}\r\n`],
  ["NUL in a line", LINE.replace("192", "\x0092")],
  ["another version", binary(0x11, 0x11, BLOCK_4)],
  ["another command", binary(0x22, 0x11, BLOCK_4)],
  ["UDP", binary(0x21, 0x12, BLOCK_4)],
  ["an unknown family", binary(0x21, 0x41, BLOCK_4)],
  ["IPv4 that is cut", binary(0x21, 0x11, BLOCK_4.slice(0, 11))],
  ["IPv6 as long as IPv4", binary(0x21, 0x21, BLOCK_4)],
  ["a Unix socket that is cut", binary(0x21, 0x31, BLOCK_4)],
  ["a field that is cut", binary(0x21, 0x11, [...BLOCK_4, 4, 0, 9, 1])],
  ["a field without a length", binary(0x21, 0x11, [...BLOCK_4, 4])],
  [
    "a wrong checksum",
    binary(0x21, 0x11, [...BLOCK_4, ...field(3, [1, 2, 3, 4])]),
  ],
  ["a short checksum", binary(0x21, 0x11, [...BLOCK_4, ...field(3, [1])])],
  [
    "a block too long",
    binary(0x20, 0, Array<number>(LONGEST_BLOCK + 1).fill(0)),
  ],
];

for (const [name, header] of BAD) {
  Deno.test(`readProxyHeader() refuses ${name}`, async () => {
    await assertRejects(() => read(header), ProxyHeaderError);
  });
}

Deno.test("readProxyHeader() refuses what is no header from its first wrong byte", async () => {
  for (const first of ["U", "PROXX", "\r\n\r\n\0\r\nX", "\x16"]) {
    const conn = {
      parts: [first],
      read(buffer: Bytes): Promise<number | null> {
        const part = this.parts.shift();
        assert(part !== undefined, "it was read on");
        return Promise.resolve(
          new TextEncoder().encodeInto(part, buffer).written,
        );
      },
    };
    await assertRejects(
      () => readProxyHeader(conn),
      ProxyHeaderError,
      "no PROXY",
    );
  }
});

Deno.test("readProxyHeader() knows a check from a header that was cut", async () => {
  assertEquals(await readProxyHeader(memoryConn("")), null);
  for (const [, header] of GOOD) {
    const bytes = bytesOf(header);
    for (const length of [1, 11, 14, bytes.length - 1]) {
      const conn = memoryConn(bytes.slice(0, length));
      await assertRejects(() => readProxyHeader(conn), ProxyHeaderError);
    }
  }
});

Deno.test("readProxyHeader() refuses a header with a checksum when any byte is another", async () => {
  const good = summed(0x21, 0x11, [...BLOCK_4, ...field(1, [1, 2, 3])]);
  for (let at = 16; at < good.length; at++) {
    const bad = good.slice();
    bad[at]! ^= 1;
    // A field that is no checksum any more, or ends early, is another story.
    if (at === 28 || at === 34 || at === 29 || at === 30) continue;
    await assertRejects(() => read(bad), ProxyHeaderError, undefined, `${at}`);
  }
});

Deno.test("readProxyHeader() reads, or refuses, whatever comes", async () => {
  const { below: pick } = randomOf(7);
  const headers = GOOD.map(([, header]) => bytesOf(header));
  let refused = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = headers[pick(headers.length)]!.slice();
    for (let change = 0; change <= pick(3); change++) {
      bytes[pick(bytes.length)] = pick(256);
    }
    const conn = memoryConn([bytes, bytesOf(REST)]);
    try {
      const header = await readProxyHeader(conn);
      for (const end of [header?.ends?.peer, header?.ends?.local]) {
        assert(end === undefined || (end.port >= 0 && end.port < 65536));
      }
    } catch (error) {
      assert(error instanceof ProxyHeaderError, String(error));
      refused++;
    }
  }
  assert(refused > 1000 && refused < 5000, `${refused} were refused`);
});

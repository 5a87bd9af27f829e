import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { RecordType } from "../../client/lookup/dns/message.ts";
import { DnsFormatError } from "../../client/lookup/dns/name.ts";
import {
  askDns,
  type DnsAnswer,
  DnsServerError,
} from "../../client/lookup/dns/resolver.ts";
import { SOCKET_WIRE } from "../../client/lookup/dns/wire.ts";
import { ServiceError } from "../../client/service/errors.ts";
import {
  dnsReply,
  type Zone,
  type ZoneRecord,
  zoneReply,
} from "../core/lookup_dns_zone.ts";
import { type DnsServer, startDns } from "./lookup_dns_server.ts";

/** Longer than any answer of this machine takes. */
const PATIENT = 10_000;

function ask(
  name: string,
  servers: readonly DnsServer[],
  { type = "A", timeout = PATIENT }: { type?: RecordType; timeout?: number } =
    {},
): Promise<DnsAnswer> {
  return askDns(name, type, {
    servers: servers.map(({ address }) => address),
    wire: SOCKET_WIRE,
    timeout,
  });
}

function valuesOf({ records }: DnsAnswer): string[] {
  return records.map(({ value }) => value);
}

function startZone(zone: Zone): Promise<DnsServer> {
  return startDns((question) => zoneReply(zone, question));
}

Deno.test("askDns() asks over UDP", async () => {
  await using dns = await startZone({
    "a.test A": { records: [{ a: "192.0.2.1" }, { a: "192.0.2.2" }] },
  });
  assertEquals(valuesOf(await ask("a.test", [dns])), [
    "192.0.2.1",
    "192.0.2.2",
  ]);
  assertEquals(dns.asked, ["udp a.test A"]);
});

Deno.test("askDns() fetches over TCP what does not fit into a datagram", async () => {
  const records = Array.from(
    { length: 1000 },
    (_, at) => ({ a: `10.0.${at >> 8}.${at & 255}` }),
  );
  await using dns = await startDns(
    (question) => dnsReply(question, { truncated: true }),
    { tcp: (question) => dnsReply(question, { records }) },
  );
  const found = valuesOf(await ask("many.test", [dns]));
  assertEquals(found.length, 1000);
  assertEquals(found[999], "10.0.3.231");
  assertEquals(dns.asked, ["udp many.test A", "tcp many.test A"]);
});

/** A reply of exactly `length` bytes. */
function replyOfLength(question: Bytes, length: number): Bytes {
  const record = { a: "192.0.2.1" };
  const size = (...records: ZoneRecord[]) =>
    dnsReply(question, { records }).length;
  const empty = size({ txt: "" });
  const each = size(record) - size();
  const count = Math.floor((length - empty) / each);
  const txt = "x".repeat(length - empty - count * each);
  const records = [...Array<typeof record>(count).fill(record), { txt }];
  return dnsReply(question, { records });
}

Deno.test("askDns() takes a datagram of 65,507 bytes", async () => {
  await using dns = await startDns((question) => {
    const reply = replyOfLength(question, 65_507);
    assertEquals(reply.length, 65_507);
    return reply;
  });
  assertEquals(valuesOf(await ask("a.test", [dns])), ["192.0.2.1"]);
  assertEquals(dns.asked, ["udp a.test A"]);
});

Deno.test("askDns() takes a message of 65,535 bytes over TCP", async () => {
  await using dns = await startDns(
    (question) => dnsReply(question, { truncated: true }),
    { tcp: (question) => replyOfLength(question, 65_535) },
  );
  assertEquals(valuesOf(await ask("a.test", [dns])), ["192.0.2.1"]);
  assertEquals(dns.asked, ["udp a.test A", "tcp a.test A"]);
});

Deno.test("askDns() ignores forged answers and takes the right one", async () => {
  const right = { records: [{ a: "192.0.2.1" }] };
  const forged = { records: [{ a: "192.0.2.66" }] };
  let round = 0;
  await using dns = await startDns((question) => {
    const reply = dnsReply(question, forged);
    switch (round++) {
      case 0: // Another number.
        reply[1] = reply[1]! ^ 1;
        return reply;
      case 1: // Another question.
        reply[13] = reply[13]! ^ 1;
        return reply;
      default:
        return dnsReply(question, right);
    }
  });
  const found = await ask("a.test", [dns], { timeout: 1500 });
  assertEquals(valuesOf(found), ["192.0.2.1"]);
  assertEquals(dns.asked.length, 3, "asked again after each");
});

Deno.test("askDns() goes on to the next server in time", async () => {
  await using silent = await startDns(() => null);
  await using good = await startZone({
    "a.test A": { records: [{ a: "192.0.2.1" }] },
  });
  const found = await ask("a.test", [silent, good], { timeout: 900 });
  assertEquals(found.server, good.text);
  assert(silent.asked.length >= 1);
});

Deno.test("askDns() gives up in time when nobody answers", async () => {
  await using silent = await startDns(() => null);
  await assertRejects(
    () => ask("a.test", [silent], { timeout: 90 }),
    ServiceError,
    `no reply in 0.09 s from ${silent.text} (udp)`,
  );
});

Deno.test("askDns() says that a server refuses", async () => {
  await using dns = await startDns((question) =>
    dnsReply(question, { code: 5 })
  );
  await assertRejects(
    () => ask("a.test", [dns]),
    DnsServerError,
    `${dns.text} answers REFUSED`,
  );
});

Deno.test("askDns() survives answers that are cut or lead in circles", async () => {
  const cases: Readonly<Record<string, (question: Bytes) => Bytes>> = {
    "cut.test": (question) =>
      dnsReply(question, { records: [{ a: "192.0.2.1" }] }).slice(0, -1),
    "circle.test": (question) => {
      const reply = dnsReply(question, { records: [{ cname: "x" }] });
      const start = reply.length - 3;
      reply.set([0xc0 | start >> 8, start & 255], start);
      return reply;
    },
    "loop.test": (question) =>
      dnsReply(question, { records: [{ cname: "loop.test" }] }),
    "counts.test": (question) => {
      const reply = dnsReply(question, {});
      reply.set([0xff, 0xff], 6);
      return reply;
    },
  };
  for (const [name, answer] of Object.entries(cases)) {
    await using dns = await startDns(answer);
    await assertRejects(() => ask(name, [dns]), DnsFormatError, "", name);
  }
});

Deno.test("askDns() ends when a TCP server breaks off or sends too little", async () => {
  for (const tcp of [() => null, () => new Uint8Array(5)]) {
    await using dns = await startDns(
      (question) => dnsReply(question, { truncated: true }),
      { tcp },
    );
    const error = await assertRejects(() => ask("a.test", [dns]));
    assert(
      error instanceof ServiceError || error instanceof DnsFormatError,
      String(error),
    );
  }
});

Deno.test("askDns() shows hostile names only as text", async () => {
  await using dns = await startZone({
    "1.2.0.192.in-addr.arpa PTR": {
      records: [{ ptr: ["\x1b]0;x\x07", "a.b", "\xffc d"] }],
    },
  });
  const name = "1.2.0.192.in-addr.arpa";
  const found = await ask(name, [dns], { type: "PTR" });
  assertEquals(valuesOf(found), [
    "\\027\\0930\\059x\\007.a\\046b.\\255c\\032d",
  ]);
});

Deno.test("askDns() takes many answers at once, each to its question", async () => {
  const zone = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [
      `n${at}.test A`,
      { records: [{ a: `192.0.2.${at}` }] },
    ]),
  );
  await using dns = await startZone(zone);
  const all = Array.from({ length: 50 }, (_, at) => ask(`n${at}.test`, [dns]));
  const found = (await Promise.all(all)).flatMap(valuesOf);
  assertEquals(found, Array.from({ length: 50 }, (_, at) => `192.0.2.${at}`));
});

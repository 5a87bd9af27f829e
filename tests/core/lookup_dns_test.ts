import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { DnsFormatError } from "../../client/lookup/dns/name.ts";
import {
  askDns,
  type DnsAnswer,
  DnsServerError,
  follow,
} from "../../client/lookup/dns/resolver.ts";
import { askServer, type DnsWire } from "../../client/lookup/dns/wire.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { dnsReply, type Zone, zoneReply } from "./lookup_dns_zone.ts";

const SERVER = { hostname: "192.0.2.53", port: 53 };
const OTHER = { hostname: "2001:db8::53", port: 5353 };
const LIMITS = { timeout: 2000 };

type Answerer = (server: HostPort, question: Bytes) => Bytes | Error;

function wireOf(datagram: Answerer, stream: Answerer = neverAsked): DnsWire {
  const settle = (answer: Bytes | Error) =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  return {
    datagram: (server, question) => settle(datagram(server, question)),
    stream: (server, question) => settle(stream(server, question)),
  };
}

function neverAsked(): Error {
  return new Error("nobody should ask");
}

function ask(zone: Zone, name = "www.a.test"): Promise<DnsAnswer> {
  const wire = wireOf((_server, question) => zoneReply(zone, question));
  return askDns(name, "A", { ...LIMITS, servers: [SERVER], wire });
}

Deno.test("askDns() finds addresses, also behind an alias", async () => {
  const answer = await ask({
    "www.a.test A": {
      records: [{ cname: "A.test" }, { name: "a.Test", a: "192.0.2.1" }],
    },
  });
  assertEquals(answer.status, "found");
  assertEquals(answer.chain, ["www.a.test", "A.test"]);
  assertEquals(answer.records.map(({ value }) => value), ["192.0.2.1"]);
  assertEquals(answer.server, "192.0.2.53:53");
});

Deno.test("askDns() tells no such name from nothing of the kind", async () => {
  assertEquals((await ask({})).status, "no such name");
  assertEquals((await ask({ "www.a.test A": {} })).status, "none");
});

Deno.test("askDns() does not believe what it did not ask", async () => {
  const answer = await ask({
    "www.a.test A": { records: [{ name: "bank.test", a: "192.0.2.66" }] },
  });
  assertEquals(answer.status, "none");
});

Deno.test("askDns() asks the next server when one fails, refuses or is silent", async () => {
  for (const fault of [2, 5, new ServiceError("timeout", "no reply")]) {
    const wire = wireOf(({ port }, question) => {
      if (port === OTHER.port) {
        return dnsReply(question, { records: [{ a: "192.0.2.1" }] });
      }
      return typeof fault === "number"
        ? dnsReply(question, { code: fault })
        : fault;
    });
    const servers = [SERVER, OTHER];
    const answer = await askDns("a.test", "A", { ...LIMITS, servers, wire });
    assertEquals(answer.server, "[2001:db8::53]:5353");
  }
});

Deno.test("askDns() says what the last server said", async () => {
  const wire = wireOf((_server, question) => dnsReply(question, { code: 2 }));
  await assertRejects(
    () => askDns("a.test", "A", { ...LIMITS, servers: [SERVER], wire }),
    DnsServerError,
    "192.0.2.53:53 answers SERVFAIL",
  );
  await assertRejects(
    () => askDns("a.test", "A", { ...LIMITS, servers: [], wire }),
    DnsServerError,
    "no server is known",
  );
});

Deno.test("askDns() shares its time among the servers", async () => {
  const given: number[] = [];
  const wire: DnsWire = {
    ...wireOf(neverAsked),
    datagram(_server, _question, { timeout }) {
      given.push(timeout);
      return Promise.reject(new ServiceError("timeout", "no reply"));
    },
  };
  const servers = [SERVER, SERVER, SERVER];
  await assertRejects(
    () => askDns("a.test", "A", { timeout: 9000, servers, wire }),
    ServiceError,
  );
  const [first = 0, second = 0, third = 0] = given;
  assert(first <= 3000 && first > 2000, `${first}`);
  assert(second <= 4500 && second > 3000, `${second}`);
  assert(third <= 9000 && third > 6000, `${third}`);
});

Deno.test("follow() refuses aliases in circles", async () => {
  const loop = {
    records: [
      { cname: "b.test" },
      { name: "b.test", cname: "www.a.test" },
    ],
  };
  await assertRejects(
    () => ask({ "www.a.test A": loop }),
    DnsFormatError,
    "circles: www.a.test -> b.test -> www.a.test",
  );
  await assertRejects(
    () => ask({ "www.a.test A": { records: [{ cname: "www.a.test" }] } }),
    DnsFormatError,
    "circles",
  );
});

Deno.test("follow() takes 16 aliases in a row, and no more", () => {
  const chain = (count: number) => [
    ...Array.from({ length: count }, (_, at) => ({
      name: `n${at}.test`,
      type: "CNAME" as const,
      ttl: 1,
      value: `n${at + 1}.test`,
    })),
    { name: `n${count}.test`, type: "A" as const, ttl: 1, value: "192.0.2.1" },
  ];
  const { records } = follow(chain(15), "n0.test", "A");
  assertEquals(records.length, 1);
  try {
    follow(chain(16), "n0.test", "A");
    throw new Error("it was taken");
  } catch (error) {
    assert(error instanceof DnsFormatError, String(error));
  }
});

Deno.test("follow() gives each address once", () => {
  const record = {
    name: "a.test",
    type: "A",
    ttl: 1,
    value: "192.0.2.1",
  } as const;
  assertEquals(follow([record, record], "a.test", "A").records.length, 1);
});

Deno.test("askServer() goes over TCP when the answer does not fit", async () => {
  const wire = wireOf(
    (_server, question) => dnsReply(question, { truncated: true }),
    (_server, question) =>
      dnsReply(question, { records: [{ a: "192.0.2.1" }] }),
  );
  const reply = await askServer(wire, SERVER, "a.test", "A", LIMITS);
  assertEquals(reply.records.length, 1);
});

Deno.test("askServer() goes over TCP when the runtime forbids datagrams", async () => {
  const forbidden = new ServiceError("permission", "the runtime needs a flag");
  const wire = wireOf(
    () => forbidden,
    (_server, question) =>
      dnsReply(question, { records: [{ a: "192.0.2.1" }] }),
  );
  const reply = await askServer(wire, SERVER, "a.test", "A", LIMITS);
  assertEquals(reply.records.length, 1);
  const neither = wireOf(() => forbidden, () => new Error("refused"));
  const error = await assertRejects(() =>
    askServer(neither, SERVER, "a.test", "A", LIMITS)
  );
  assertEquals(error, forbidden);
});

Deno.test("askServer() does not go over TCP when nobody answers", async () => {
  const wire = wireOf(() => new ServiceError("timeout", "no reply in 2 s"));
  await assertRejects(
    () => askServer(wire, SERVER, "a.test", "A", LIMITS),
    ServiceError,
    "no reply in 2 s",
  );
});

Deno.test("askServer() refuses an answer to another question over TCP", async () => {
  const wire = wireOf(
    (_server, question) => dnsReply(question, { truncated: true }),
    (_server, question) => {
      const reply = dnsReply(question, { records: [{ a: "192.0.2.1" }] });
      reply[0] = reply[0]! ^ 1;
      return reply;
    },
  );
  await assertRejects(
    () => askServer(wire, SERVER, "a.test", "A", LIMITS),
    DnsFormatError,
    "another question",
  );
});

Deno.test("askServer() does not take what is cut off over TCP for an answer", async () => {
  const cut = (_server: HostPort, question: Bytes) =>
    dnsReply(question, { truncated: true });
  await assertRejects(
    () => askServer(wireOf(cut, cut), SERVER, "a.test", "A", LIMITS),
    DnsFormatError,
    "cut off, over TCP",
  );
});

Deno.test("askServer() blames no flag for what a server answers over TCP", async () => {
  const wire = wireOf(
    () => new ServiceError("permission", "the runtime needs a flag"),
    (_server, question) => dnsReply(question, { truncated: true }),
  );
  await assertRejects(
    () => askServer(wire, SERVER, "a.test", "A", LIMITS),
    DnsFormatError,
  );
});

Deno.test("askServer() asks old servers in the old way", async () => {
  const asked: number[] = [];
  const wire = wireOf((_server, question) => {
    asked.push(question[11]!);
    if (question[11] === 0) {
      return dnsReply(question, { records: [{ a: "192.0.2.1" }] });
    }
    // Some answer with a head alone.
    const reply = dnsReply(question, { code: 1 }).slice(0, 12);
    reply[5] = 0;
    return reply;
  });
  const { records } = await askServer(wire, SERVER, "a.test", "A", LIMITS);
  assertEquals([records[0]?.value, asked], ["192.0.2.1", [1, 0]]);
});

Deno.test("askServer() asks twice at most", async () => {
  let asked = 0;
  const wire = wireOf((_server, question) => {
    asked++;
    return dnsReply(question, { code: 1 });
  });
  const { code } = await askServer(wire, SERVER, "a.test", "A", LIMITS);
  assertEquals([code, asked], [1, 2]);
});

Deno.test("askServer() asks with numbers that differ", async () => {
  const numbers = new Set<number>();
  const wire = wireOf((_server, question) => {
    numbers.add(question[0]! << 8 | question[1]!);
    return dnsReply(question, {});
  });
  for (let round = 0; round < 64; round++) {
    await askServer(wire, SERVER, "a.test", "A", LIMITS);
  }
  assert(numbers.size > 32, `only ${numbers.size} numbers of 64 differ`);
});

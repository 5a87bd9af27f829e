import { assertEquals, assertThrows } from "@std/assert";
import {
  hostsAddresses,
  hostsNames,
  parseHosts,
} from "../../client/lookup/hosts_file.ts";
import { ipText, reverseName } from "../../client/lookup/ip_text.ts";
import {
  hostsOrder,
  parseResolverFile,
  type ResolverFile,
  searchNames,
} from "../../client/lookup/resolver_file.ts";

const HOSTS = parseHosts(`# the hosts of a test
127.0.0.1\tlocalhost lo   # this machine
::1 localhost ip6-localhost
  192.0.2.5  Multi.test multi\r
192.0.2.6 multi
0:0:0:0:0:0:0:2 two
fe80::1%eth0 link
not-an-address name
192.0.2.256 name
192.0.2.7
# 192.0.2.8 name
`);

Deno.test("parseHosts() reads addresses and names, and leaves out the rest", () => {
  assertEquals(HOSTS, [
    { address: "127.0.0.1", names: ["localhost", "lo"] },
    { address: "::1", names: ["localhost", "ip6-localhost"] },
    { address: "192.0.2.5", names: ["Multi.test", "multi"] },
    { address: "192.0.2.6", names: ["multi"] },
    { address: "::2", names: ["two"] },
    { address: "fe80::1%eth0", names: ["link"] },
  ]);
  assertEquals(parseHosts(""), []);
});

Deno.test("hostsAddresses() finds every address of a name, whatever the case", () => {
  assertEquals(hostsAddresses(HOSTS, "MULTI"), {
    addresses: ["192.0.2.5", "192.0.2.6"],
    canonical: "Multi.test",
  });
  assertEquals(hostsAddresses(HOSTS, "localhost.").addresses, [
    "127.0.0.1",
    "::1",
  ]);
  assertEquals(hostsAddresses(HOSTS, "name").addresses, []);
});

Deno.test("hostsNames() finds every name of an address, however it is written", () => {
  assertEquals(hostsNames(HOSTS, "0::0:1"), ["localhost", "ip6-localhost"]);
  assertEquals(hostsNames(HOSTS, "::2"), ["two"]);
  assertEquals(hostsNames(HOSTS, "fe80::1"), ["link"]);
  assertEquals(hostsNames(HOSTS, "192.0.2.9"), []);
});

Deno.test("parseResolverFile() reads servers, domains and ndots", () => {
  const text = `# made by hand
nameserver 192.0.2.53
nameserver\t2001:db8::53
nameserver fe80::1%eth0
nameserver 192.0.2.54
nameserver not-an-address
domain old.test
search a.test b.test
options timeout:1 ndots:2 rotate
`;
  assertEquals(parseResolverFile(text), {
    servers: ["192.0.2.53", "2001:db8::53", "fe80::1%eth0"],
    search: ["a.test", "b.test"],
    dots: 2,
  });
  assertEquals(parseResolverFile("; nothing\n#nameserver 192.0.2.1\n"), {
    servers: [],
    search: [],
    dots: 1,
  });
});

Deno.test("parseResolverFile() takes six domains and 15 dots at most", () => {
  const { search, dots } = parseResolverFile(
    "search a b c d e f g h\noptions ndots:99\n",
  );
  assertEquals(search.length, 6);
  assertEquals(dots, 15);
});

Deno.test("searchNames() tries domains as the system does", () => {
  const file: ResolverFile = {
    servers: [],
    search: ["a.test", "b.test.", "."],
    dots: 2,
  };
  assertEquals(searchNames("www", file), ["www.a.test", "www.b.test", "www"]);
  assertEquals(searchNames("www.x", file), [
    "www.x.a.test",
    "www.x.b.test",
    "www.x",
  ]);
  assertEquals(searchNames("w.w.w", file)[0], "w.w.w");
  assertEquals(searchNames("www.", file), ["www."]);
  assertEquals(searchNames("www", { ...file, search: [] }), ["www"]);
});

Deno.test("hostsOrder() tells what comes first", () => {
  const text = "passwd: files\nhosts:   files  mdns4 dns # as always\n";
  assertEquals(hostsOrder(text), "files mdns4 dns");
  assertEquals(hostsOrder("hosts:\npasswd: files\n"), undefined);
  assertEquals(hostsOrder("passwd: files\n"), undefined);
});

Deno.test("reverseName() writes addresses backwards (RFC 1035, RFC 3596)", () => {
  assertEquals(reverseName("192.0.2.17"), "17.2.0.192.in-addr.arpa");
  assertEquals(reverseName("::ffff:192.0.2.17"), "17.2.0.192.in-addr.arpa");
  assertEquals(
    reverseName("2001:db8::567:89ab"), // The example of RFC 3596.
    "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
  );
  assertEquals(reverseName("fe80::1%eth0").length, 63 + ".ip6.arpa".length);
  assertEquals(
    reverseName("1:2:3:4:5:6:7:8").slice(0, 16),
    "8.0.0.0.7.0.0.0.",
  );
  assertThrows(() => reverseName("localhost"), RangeError);
});

Deno.test("ipText() is the shortest form", () => {
  assertEquals(ipText("2001:DB8:0:0::1"), "2001:db8::1");
  assertEquals(ipText("192.0.2.1"), "192.0.2.1");
  assertEquals(ipText("::ffff:c000:201"), "::ffff:192.0.2.1");
});

import { assertEquals } from "@std/assert";
import {
  broadcastOf,
  type GuardRules,
  refuseSource,
  SERVICE_PORTS,
} from "../../lib/net/udp_guard.ts";

const RULES: GuardRules = {
  ownPorts: new Set([7007]),
  broadcasts: new Set(["192.0.2.255"]),
};

function judge(
  hostname: string,
  port: number,
  rules: Partial<GuardRules> = {},
) {
  return refuseSource({ hostname, port }, { ...RULES, ...rules });
}

Deno.test("refuseSource() lets ordinary clients through, of this machine and others", () => {
  for (const ip of ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::1", "ff::1"]) {
    assertEquals(judge(ip, 40001), null, ip);
  }
  assertEquals(judge("127.0.0.1", 1000), null, "a low port of this machine");
});

Deno.test("refuseSource() refuses port 0 and every service port, wherever it is", () => {
  for (const port of [0, ...SERVICE_PORTS]) {
    assertEquals(judge("127.0.0.1", port), "service-port", `${port}`);
    assertEquals(judge("192.0.2.7", port), "service-port", `${port}`);
  }
});

Deno.test("refuseSource() refuses low ports of other machines", () => {
  assertEquals(judge("192.0.2.7", 1023), "service-port");
  assertEquals(judge("2001:db8::1", 1), "service-port");
  assertEquals(judge("192.0.2.7", 1024), null);
});

Deno.test("refuseSource() refuses ports of its own on any machine", () => {
  assertEquals(judge("127.0.0.1", 7007), "own-port");
  assertEquals(judge("192.0.2.7", 7007), "own-port");
});

Deno.test("refuseSource() still refuses port 0 and its own when service ports are allowed", () => {
  const rules = { allowServicePorts: true };
  assertEquals(judge("192.0.2.7", 53, rules), null);
  assertEquals(judge("192.0.2.7", 0, rules), "service-port");
  assertEquals(judge("192.0.2.7", 7007, rules), "own-port");
});

Deno.test("refuseSource() refuses addresses that are not one machine's", () => {
  const odd = [
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.255",
    "::",
    "ff02::1",
    "ff0e::fb",
  ];
  for (const ip of odd) assertEquals(judge(ip, 40001), "odd-address", ip);
});

Deno.test("broadcastOf() fills the host part with ones", () => {
  assertEquals(broadcastOf("192.0.2.7", "255.255.255.0"), "192.0.2.255");
  assertEquals(broadcastOf("10.1.2.3", "255.255.240.0"), "10.1.15.255");
  assertEquals(broadcastOf("10.1.2.3", "255.0.0.0"), "10.255.255.255");
});

import { assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import { readRequest } from "../../server/ftp/options.ts";
import { placesOf } from "../../server/ftp/settings.ts";
import { TLS_OPTIONS } from "../../server/ftp/options/tls.ts";

const A = { cert: "a.pem", key: "a.pem" };
const SELF = "--tls-self-signed";

/** Every option, and the part of the settings that it makes. */
const OPTIONS: readonly [args: string, settings: Record<string, unknown>][] = [
  ["--tls-cert a.pem", { tls: { certificates: [A], selfSigned: null } }],
  ["--tls-cert a.pem --tls-key a.key", {
    tls: { certificates: [{ cert: "a.pem", key: "a.key" }] },
  }],
  ["--tls-key a.key --tls-cert a.pem --tls-key b.key --tls-cert b.pem", {
    tls: {
      certificates: [
        { cert: "a.pem", key: "a.key" },
        { cert: "b.pem", key: "b.key" },
      ],
    },
  }],
  ["--tls-cert a.pem --tls-cert b.pem", {
    tls: { certificates: [A, { cert: "b.pem", key: "b.pem" }] },
  }],
  [SELF, { tls: { selfSigned: ["localhost"], certificates: [] } }],
  [`${SELF} ./pub`, { tls: { selfSigned: ["localhost"] } }],
  [`${SELF}=ftp.example`, { tls: { selfSigned: ["ftp.example"] } }],
  [`${SELF}=ftp.example,192.0.2.1,2001:db8::1,*.example`, {
    tls: {
      selfSigned: ["ftp.example", "192.0.2.1", "2001:db8::1", "*.example"],
    },
  }],
  [`${SELF}=a.example --passive-address ftp.example.`, {
    tls: { selfSigned: ["a.example", "ftp.example"] },
  }],
  [`${SELF}=a.example --passive-address 192.0.2.1`, {
    tls: { selfSigned: ["a.example"] },
  }],
  [`--tls optional ${SELF}`, { tls: { policy: "optional" } }],
  [`--tls required ${SELF}`, { tls: { policy: "required" } }],
  ["--tls off", { tls: null }],
  [`${SELF} --implicit-tls localhost`, {
    listen: [],
    tls: { implicit: [{ hostname: "127.0.0.1", port: 990 }] },
    data: { active: "loopback" },
  }],
  [`${SELF} --implicit-tls [::]:1 --implicit-tls 0.0.0.0:2 --listen 3`, {
    listen: [{ hostname: "127.0.0.1", port: 3 }],
    tls: {
      implicit: [{ hostname: "::", port: 1 }, { hostname: "0.0.0.0", port: 2 }],
    },
    data: { active: "lan" },
  }],
  [`${SELF} --tls-client-ca ca.pem`, {
    tls: { clientCa: "ca.pem", clientCertificates: "required" },
  }],
  [`${SELF} --tls-client-ca ca.pem --tls-client-cert optional`, {
    tls: { clientCa: "ca.pem", clientCertificates: "optional" },
  }],
  [`${SELF} --tls-client-ca ca.pem --tls-client-cert login`, {
    tls: { clientCertificates: "login" },
  }],
  [`${SELF} --tls-session-reuse off`, { tls: { sessionReuse: "off" } }],
  [`${SELF} --tls-session-reuse require`, { tls: { sessionReuse: "require" } }],
  [`${SELF} --tls-min 1.3`, { tls: { minVersion: "TLSv1.3" } }],
  [`${SELF} --tls-rate 5`, { tls: { handshakesPerSecond: 5 } }],
  [`${SELF} --user bob:pw --tls optional --tls-user bob=required`, {
    tls: { policy: "optional" },
    accounts: [{ name: "bob", tls: "required" }],
  }],
  [`${SELF} --user a=b:pw --tls-user a=b=optional`, {
    accounts: [{ name: "a=b", tls: "optional" }],
  }],
  [`${SELF} --tls-user anonymous=optional`, {
    accounts: [{ name: "anonymous", tls: "optional" }],
  }],
];

for (const [args, settings] of OPTIONS) {
  Deno.test(`readRequest() understands ${args}`, () => {
    const request = readRequest(args.split(" "), { lack: null });
    assertObjectMatch(request, { check: false, settings });
  });
}

Deno.test("readRequest() has safe defaults for TLS", () => {
  const { settings } = readRequest(["--tls-cert", "a.pem"], { lack: null });
  assertEquals(settings.listen, [{ hostname: "127.0.0.1", port: 2121 }]);
  assertEquals(settings.accounts[0]?.tls, undefined);
  assertEquals(settings.tls, {
    policy: "required",
    implicit: [],
    certificates: [A],
    selfSigned: null,
    clientCa: null,
    clientCertificates: "required",
    sessionReuse: "prefer",
    minVersion: "TLSv1.2",
    handshakesPerSecond: 20,
  });
});

Deno.test("readRequest() is tested with every option of TLS", () => {
  const tested = OPTIONS.map(([args]) => args).join(" ").split(/[ =]/);
  const missing = Object.keys(TLS_OPTIONS)
    .filter((name) => !tested.includes(`--${name}`));
  assertEquals(missing, []);
});

const REFUSED: readonly [args: string, message: string][] = [
  ["--tls required", "--tls needs a certificate: give --tls-cert FILE, or"],
  ["--tls-rate 5", "--tls-rate needs a certificate"],
  ["--implicit-tls 1", "--implicit-tls needs a certificate"],
  ["--tls-client-ca a", "--tls-client-ca needs a certificate"],
  ["--tls-user anonymous=optional", "--tls-user needs a certificate"],
  ["--tls-key a", "--tls-key needs a certificate: give --tls-cert FILE, once"],
  ["--tls off --tls-cert a", "--tls-cert contradicts --tls off"],
  [`--tls off ${SELF}`, "--tls-self-signed contradicts --tls off"],
  ["--tls off --implicit-tls 1", "--implicit-tls contradicts --tls off"],
  ["--tls-cert a --tls-cert b --tls-key c", "2 --tls-cert but 1 --tls-key"],
  ["--tls-cert a --tls-key b --tls-key c", "1 --tls-cert but 2 --tls-key"],
  ["--tls-cert a --tls-cert b --tls-cert a", "--tls-cert a is given twice"],
  [
    `${SELF} --listen :21 --implicit-tls :21`,
    "21 is taken by another --listen",
  ],
  [
    `${SELF} --listen 0.0.0.0:21 --implicit-tls 127.0.0.1:21`,
    "127.0.0.1:21 is taken by another --listen or --implicit-tls",
  ],
  [
    `${SELF} --implicit-tls [::1]:9 --implicit-tls [::]:9`,
    "[::]:9 is taken by another",
  ],
  [`${SELF} --tls-cert a`, "--tls-cert contradicts --tls-self-signed"],
  [`${SELF} --tls-key a`, "0 --tls-cert but 1 --tls-key"],
  [`${SELF}=./pub`, '--tls-self-signed: "./pub" is neither a host name'],
  [`${SELF}=a,,b`, '--tls-self-signed: "" is neither a host name'],
  [`${SELF}=`, "--tls-self-signed is empty"],
  [`${SELF}=${"a".repeat(60)}.${"b".repeat(60)}`, "A common name has 1 to 64"],
  [`${SELF} --tls-client-cert login`, "needs --tls-client-ca FILE"],
  [`${SELF} --tls-client-cert all`, "expected optional or required or login"],
  [`${SELF} --tls yes`, "--tls: expected off or optional or required"],
  [`${SELF} --tls-session-reuse on`, "expected off or prefer or require"],
  [`${SELF} --tls-min 1.1`, "--tls-min: expected 1.2 or 1.3"],
  [`${SELF} --tls-rate 0`, "--tls-rate: expected a whole number"],
  [`${SELF} --implicit-tls unix:/a`, "--implicit-tls takes HOST:PORT"],
  [`${SELF} --implicit-tls a:b`, "--implicit-tls: Cannot read listen address"],
  [`${SELF} --tls-user bob`, "expected NAME=optional or NAME=required"],
  [`${SELF} --tls-user anonymous=off`, "--tls-user anonymous=off: expected"],
  [`${SELF} --tls-user bob=optional`, "nobody of this name may log in"],
  [`${SELF} --tls-user ftp=optional`, "may log in (anonymous)"],
  [
    `${SELF} --tls-user anonymous=optional --tls-user anonymous=required`,
    "--tls-user anonymous is given twice",
  ],
];

for (
  const places of [
    "--listen 127.0.0.1:0 --implicit-tls 127.0.0.1:0",
    "--listen 127.0.0.1:21 --implicit-tls 127.0.0.2:21",
    "--listen 0.0.0.0:21 --listen [::1]:21 --implicit-tls 127.0.0.1:990",
  ]
) {
  Deno.test(`readRequest() lets places be: ${places}`, () => {
    const { settings } = readRequest([SELF, ...places.split(" ")], {
      lack: null,
    });
    assertEquals(placesOf(settings).length, places.split(" ").length / 2);
  });
}

for (const [args, message] of REFUSED) {
  Deno.test(`readRequest() refuses ${args}`, () => {
    const read = () => readRequest(args.split(" "), { lack: null });
    assertThrows(read, UsageError, message);
  });
}

Deno.test("readRequest() says of every option of TLS that this runtime has none", () => {
  for (const [args] of OPTIONS) {
    const read = () => readRequest(args.split(" "), { lack: "no TLS here" });
    assertThrows(read, UsageError, ": no TLS here");
  }
  assertEquals(readRequest([], { lack: "no TLS here" }).settings.tls, null);
});

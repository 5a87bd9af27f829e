import { assertEquals } from "@std/assert";
import { dialogue, speak } from "./ftp_dialogue.ts";
import { contentOf, namesIn } from "./ftp_harness.ts";
import { startPrivate } from "./ftp_tls_lines.ts";

const STRANGER = "522 Data connection refused, session reuse required";

Deno.test("PROT P protects downloads, listings and uploads", async () => {
  const client = await startPrivate();
  await speak(client, [
    ...["EPSV", "229", "RETR a", "150", "(data TLS)", "< abc", "226"],
    ...["PASV", "227", "(data TLS)", "NLST", "150", "< a\r\nsub\r\n", "226"],
    ...["PORT 192,0,2,1,200,1", "200", "STOR b", "150", "(data TLS)"],
    ...["> new", "226", "EPSV", "229", "APPE b", "150", "(data TLS)", "> er"],
    ...["226", "EPSV", "229", "RETR b", "150", "(data TLS)", "< newer", "226"],
  ]);
  const seen = client.logged("transfer").map(({ verb, tls }) => [verb, tls]);
  assertEquals(seen, [
    ...[["RETR", "1.3"], ["NLST", "1.3"], ["STOR", "1.3"], ["APPE", "1.3"]],
    ["RETR", "1.3"],
  ]);
});

Deno.test("the log tells how data were protected, and whether by the same session", async () => {
  const client = await startPrivate();
  await speak(client, [
    ...["EPSV", "229", "RETR a", "150", "(data TLS resumed)", "< abc", "226"],
    ...["PROT C", "200", "EPSV", "229", "RETR a", "150", "< abc", "226"],
  ]);
  const facts = client.logged("transfer")
    .map(({ tls, resumed }) => [tls, resumed]);
  assertEquals(facts, [["1.3", true], [undefined, undefined]]);
});

Deno.test("nothing is sent or taken before the handshake", async () => {
  const client = await startPrivate();
  await client.ask("EPSV");
  await client.ask("RETR a");
  assertEquals(await client.ask("STAT"), await client.ask("STAT"));
  assertEquals(client.data.received, []);
  await speak(client, ["(data TLS)", "< abc", "226"]);
});

Deno.test("PROT counts from the next transfer on, PROT C for new ports only", async () => {
  const client = await startPrivate();
  await speak(client, [
    ...["EPSV", "229", "PROT C", "200", "RETR a", "425"],
    ...["EPSV", "229", "RETR a", "150", "< abc", "226"],
    ...["EPSV", "229", "PROT P", "200", "RETR a", "150", "(data TLS)"],
    ...["< abc", "226"],
  ]);
});

const NOT_TLS: [string, string[]][] = [
  ["sends something else", ["> hello"]],
  ["sends nothing", ["(data ends)"]],
];

for (const [what, act] of NOT_TLS) {
  Deno.test(`a data connection that ${what} is answered with 522`, async () => {
    for (const line of ["RETR a", "STOR b", "STOR a", "APPE a", "LIST"]) {
      const client = await startPrivate();
      await speak(client, [
        ...["EPSV", "229", line, "150", ...act],
        ...["522 Data connection refused, TLS handshake failed", "PWD", "257"],
      ]);
      assertEquals(client.data.received, []);
      assertEquals(await namesIn(client.fs, "/"), ["a", "sub"]);
      assertEquals(await contentOf(client.fs, "/a"), "abc");
    }
  });
}

Deno.test("a data connection without a handshake ends in time", async () => {
  const client = await startPrivate({ tls: { handshakeTimeout: 200 } });
  await speak(client, [
    ...["EPSV", "229", "RETR a", "150"],
    ...["522 Data connection refused, TLS handshake failed", "PWD", "257"],
  ]);
  const [{ reason } = {}] = client.logged("data-not-secured");
  assertEquals(reason, "the client took too long");
});

Deno.test("session reuse required: others get 522 and nothing else", async () => {
  for (const line of ["RETR a", "LIST", "STOR b", "STOR a", "APPE a"]) {
    const client = await startPrivate({ tls: { sessionReuse: "require" } });
    await speak(client, [
      ...["EPSV", "229", line, "150", "(data TLS)", STRANGER, "PWD", "257"],
    ]);
    const said = client.data.bytes;
    // The answer to the handshake is all they saw.
    assertEquals(said[0], 22);
    assertEquals(said.length, 3 + "welcome".length);
    assertEquals(await namesIn(client.fs, "/"), ["a", "sub"]);
    assertEquals(await contentOf(client.fs, "/a"), "abc");
  }
});

Deno.test("session reuse required: fifty transfers that resume are fine", async () => {
  const client = await startPrivate({ tls: { sessionReuse: "require" } });
  const lines: string[] = [];
  for (let at = 0; at < 25; at++) {
    lines.push("EPSV", "229", "RETR a", "150", "(data TLS resumed)");
    lines.push("< abc", "226", "EPSV", "229", "STOR b", "150");
    lines.push("(data TLS resumed)", "> x", "226");
  }
  await speak(client, lines);
});

Deno.test("session reuse preferred, or off: everybody is welcome", async () => {
  for (const sessionReuse of ["prefer", "off"] as const) {
    const client = await startPrivate({ tls: { sessionReuse } });
    await speak(client, [
      ...["EPSV", "229", "RETR a", "150", "(data TLS)", "< abc", "226"],
    ]);
    const [{ tls, resumed } = {}] = client.logged("transfer");
    const told = sessionReuse === "off" ? undefined : false;
    assertEquals([tls, resumed], ["1.3", told]);
  }
});

Deno.test("data connections must show the control connection's certificate", async () => {
  const other = "522 Data connection refused, it must show the control";
  const attempts: [string | undefined, string | undefined, boolean][] = [
    ["alice", "alice", true],
    ["alice", "bob", false],
    ["alice", undefined, false],
    [undefined, undefined, true],
    [undefined, "bob", true],
  ];
  for (const [control, data, isFine] of attempts) {
    const client = await startPrivate({}, control);
    await client.ask("EPSV");
    await client.ask("RETR a");
    client.startDataTls(data === undefined ? {} : { certificate: data });
    await speak(client, isFine ? ["< abc", "226"] : [other]);
  }
});

Deno.test("a certificate counts for data also after CCC", async () => {
  const client = await startPrivate({}, "alice");
  await client.ask("CCC");
  await client.endTls();
  await speak(client, [
    ...["EPSV", "229", "RETR a", "150", "(data TLS)", "522"],
  ]);
});

Deno.test("REIN does not take the protection from a transfer that waits", async () => {
  const client = await startPrivate();
  await client.ask("EPSV");
  await client.ask("RETR a");
  assertEquals((await client.ask("REIN")).slice(0, 3), "220");
  await client.endTls();
  await speak(client, ["(data TLS)", "< abc", "226", "PWD", "530"]);
});

Deno.test("private data are asked for in TLS only once", async () => {
  await dialogue([
    ...["AUTH TLS", "234", "(TLS)", "USER alice", "331", "PASS secret", "230"],
    ...["PROT P", "503", "EPSV", "229", "RETR a", "150", "< abc", "226"],
  ], { files: { "/a": "abc" }, tls: {} });
});

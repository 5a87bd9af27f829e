import { assert, assertEquals } from "@std/assert";
import { asAlice, dialogue, speak } from "./ftp_dialogue.ts";
import { FakeTlsClient } from "./ftp_fake_tls.ts";
import { startSession } from "./ftp_harness.ts";
import { AUTH, LOGIN, startSecured, TLS } from "./ftp_tls_lines.ts";

Deno.test("AUTH begins TLS behind its reply, and tells the log how", async () => {
  const client = await dialogue([...AUTH, ...LOGIN, "PWD", "257"], TLS);
  const [secured] = client.logged("secured");
  assertEquals(secured?.version, "1.3");
  assertEquals(secured?.resumed, false);
  const text = client.control.bytes;
  const [plain] = [new TextDecoder().decode(text).split("AUTH TLS successful")];
  assertEquals(plain?.[1]?.includes("230"), false, "a reply in plain text");
});

for (const name of ["TLS", "tls", "TLS-C", "SSL", "ssl", "TLS-P"]) {
  Deno.test(`AUTH ${name} is known`, async () => {
    const said = `234 AUTH ${name.toUpperCase()} successful.`;
    await dialogue([`AUTH ${name}`, said, "(TLS)", "NOOP", "200"], TLS);
  });
}

for (const name of ["KERBEROS_V4", "GSSAPI", "TLS 1.3", "TLS-X", "X"]) {
  Deno.test(`AUTH ${name} is answered with 504, and nothing changes`, async () => {
    await dialogue([`AUTH ${name}`, "504", ...LOGIN], TLS);
  });
}

Deno.test("AUTH SSL and TLS-P protect data by themselves, TLS and TLS-C don't", async () => {
  const rows = { "SSL": 1, "TLS-P": 1, "TLS": 0, "TLS-C": 0 };
  for (const [name, isPrivate] of Object.entries(rows)) {
    await dialogue([
      ...[`AUTH ${name}`, "234", "(TLS)", ...LOGIN, "EPSV", "229"],
      ...(isPrivate ? ["(data TLS)"] : []),
      ...["NLST", "150", "< a\r\n", "226"],
    ], { ...TLS, files: { "/a": "" } });
  }
});

Deno.test("AUTH works once only", async () => {
  await dialogue([...AUTH, "AUTH TLS", "503 Already using TLS."], TLS);
});

Deno.test("AUTH forgets who was logged in and whatever they chose", async () => {
  const { log } = await asAlice([
    ...["CWD sub", "250", "REST 5", "350", "RNFR /a", "350", "EPSV", "229"],
    ...[...AUTH, "PWD", "530", "RNTO /b", "530", ...LOGIN, "PWD", '257 "/"'],
    ...["RNTO /b", "503", "RETR /a", "425", "STAT", "211 … TYPE: ASCII"],
  ], { ...TLS, files: { "/sub": null, "/a": "abc" } });
  assertEquals(log.filter(({ event }) => event === "login").length, 2);
});

Deno.test("AUTH does not forget failed logins", async () => {
  const wrong = ["USER alice", "331", "PASS x", "530"];
  await dialogue([...wrong, ...wrong, ...AUTH, ...wrong, "(closed)"], TLS);
});

/** Commands behind AUTH that came before TLS. */

const INJECTED = ["USER mallory\r\n", "U", "\r\n", "\x16\x03\x01"];

for (const injected of INJECTED) {
  Deno.test(`${JSON.stringify(injected)} behind AUTH closes the connection`, async () => {
    const client = await startSession(TLS);
    client.control.send(`AUTH TLS\r\n${injected}`);
    await client.ended;
    assertEquals(await client.reply(), null, "no reply, least of all 234");
    assertEquals(client.logged("plaintext-after-auth").length, 1);
    assertEquals(client.logged("secured"), []);
  });
}

Deno.test("what comes between AUTH and the handshake is no command", async () => {
  const client = await startSession(TLS);
  await client.ask("AUTH TLS");
  client.control.send("USER mallory\r\n");
  await speak(client, ["(closed)"]);
  assertEquals(client.logged("handshake-failed").length, 1);
  assertEquals(client.logged("login"), []);
});

Deno.test("AUTH among commands sent in one go is heard last, if at all", async () => {
  const client = await startSession(TLS);
  client.control.send("NOOP\r\nFEAT\r\nAUTH TLS\r\nNOOP\r\n");
  await client.ended;
  assertEquals(client.control.text.includes("234"), false);
});

Deno.test("AUTH behind commands in one go works, when nothing follows", async () => {
  const client = await startSession(TLS);
  client.control.send("NOOP\r\nSYST\r\nAUTH TLS\r\n");
  await speak(client, ["200", "215", "234", "(TLS)", "NOOP", "200"]);
});

Deno.test("a client that does not shake hands is sent away in time", async () => {
  const tls = { handshakeTimeout: 5 };
  const client = await dialogue(["AUTH TLS", "234", "(closed)"], { tls });
  assertEquals(client.logged("handshake-failed").length, 1);
  // The time to log in ends a handshake, too, and nothing is said in between.
  const limits = { loginTimeout: 5 };
  await dialogue(["AUTH TLS", "234", "(closed)"], { ...TLS, limits });
});

Deno.test("a client may leave, and a server may stop, in a handshake", async () => {
  for (const end of ["(client ends)", "(client resets)", "(server stops)"]) {
    await dialogue(["AUTH TLS", "234", end, "(closed)"], TLS);
    await dialogue([...AUTH, end, "(closed)"], TLS);
  }
});

Deno.test("a last reply is followed by close_notify", async () => {
  const quits = async (lines: string[], limits = {}) => {
    const secured = [...AUTH, "NOOP", "200", ...lines];
    const client = await dialogue(secured, { ...TLS, limits });
    assert(client.hasEndedTls, lines.join());
  };
  await quits(["QUIT", "221", "(closed)"]);
  await quits(["(server stops)", "421", "(closed)"]);
  await quits(["GET /", "421", "(closed)"]);
  await quits(["421 Control connection timed out.", "(closed)"], {
    loginTimeout: 200,
  });
});

Deno.test("AUTH is refused to an address that shakes hands too often", async () => {
  const tls = { handshakesPerSecond: 0.01 };
  const client = await dialogue(
    [...AUTH, ...LOGIN, "REIN", "220"].concat([
      ...["(TLS ends)", "AUTH TLS", "431 Too many TLS handshakes"],
      ...["USER alice", "331"],
    ]),
    { tls },
  );
  assertEquals(client.logged("handshake-refused").length, 1);
});

Deno.test("implicit TLS comes before the greeting, and protects data", async () => {
  const client = await startSession({ ...TLS, implicit: {} });
  await speak(client, [
    ...["AUTH TLS", "503 Already using TLS.", ...LOGIN, "EPSV", "229"],
    ...["(data TLS)", "NLST", "150", "< ", "226", "PROT C", "200"],
    ...["EPSV", "229", "NLST", "150", "< ", "226"],
  ]);
});

Deno.test("commands in TLS are understood one byte at a time, and in one go", async () => {
  const client = await startSecured();
  for (const letter of "NOOP\r\n") client.control.send(seal(letter));
  client.control.send(seal("NOOP\r\nPWD\r\nNOOP\r\n"));
  await speak(client, ["200", "200", "257", "200"]);
});

Deno.test("replies in TLS arrive whole where a write takes only some bytes", async () => {
  const client = await startSession({ ...TLS, mostPerWrite: 3 });
  await speak(client, [...AUTH, ...LOGIN, "FEAT", "211", "NOOP", "200"]);
});

function seal(text: string) {
  return new FakeTlsClient().seal(text);
}

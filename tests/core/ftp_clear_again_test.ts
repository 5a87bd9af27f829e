import { assertEquals } from "@std/assert";
import { asAlice, dialogue, speak } from "./ftp_dialogue.ts";
import { startSession } from "./ftp_harness.ts";
import { AUTH, LOGIN, PRIVATE, startSecured, TLS } from "./ftp_tls_lines.ts";

Deno.test("a certificate says nothing any more when TLS has ended", async () => {
  const client = await startSession({ tls: { loginByCertificate: true } });
  await client.ask("AUTH TLS");
  client.startTls({ certificate: "alice" });
  await speak(
    client,
    ["USER alice", "232", "REIN", "220", "(TLS ends)"].concat(
      ["USER alice", "331", "PASS", "530"],
    ),
  );
});

Deno.test("CCC ends TLS on the control connection only", async () => {
  const client = await dialogue([
    ...[...AUTH, "CCC", "530", ...LOGIN, ...PRIVATE, "CCC", "200"],
    ...["(TLS ends)", "PWD", "257", "EPSV", "229", "(data TLS)", "NLST", "150"],
    ...["< a\r\n", "226", "PROT C", "503", "PBSZ 0", "503", "CCC", "533"],
  ], { ...TLS, files: { "/a": "" } });
  assertEquals(client.logged("unsecured").length, 1);
});

Deno.test("CCC may be followed by AUTH, which starts over", async () => {
  const lines = [...AUTH, ...LOGIN, "CCC", "200", "(TLS ends)", ...AUTH];
  await dialogue([...lines, "PWD", "530", ...LOGIN], TLS);
});

Deno.test("CCC without TLS is refused", async () => {
  await asAlice(["CCC", "533 CCC not allowed on insecure control"], TLS);
});

Deno.test("a command behind CCC closes the connection", async () => {
  const client = await startSecured();
  client.command("CCC\r\nDELE a");
  await client.ended;
  assertEquals(client.logged("command-after-ccc").length, 1);
  assertEquals(client.files.uploads, []);
});

Deno.test("CCC closes the connection when the client does not end TLS", async () => {
  for (const more of ["NOOP", null]) {
    const client = await startSecured({ handshakeTimeout: 20 });
    assertEquals((await client.ask("CCC")).slice(0, 3), "200");
    if (more !== null) client.command(more);
    await speak(client, ["(closed)"]);
    assertEquals(client.logged("handshake-failed").length, 1);
  }
});

Deno.test("REIN says 220 inside TLS, and ends it", async () => {
  await dialogue([
    ...[...AUTH, ...LOGIN, ...PRIVATE, "REIN", "220", "(TLS ends)"],
    ...["PBSZ 0", "503", ...LOGIN, "EPSV", "229", "NLST", "150", "< ", "226"],
  ], TLS);
});

Deno.test("REIN, AUTH and CCC behind a command that waits are too soon", async () => {
  const client = await startSecured();
  await speak(client, [
    ...["EPSV", "229", "STOR b", "150", "PWD", "REIN", "AUTH TLS", "CCC"],
    ...["> x", "226", "257", "503", "503", "503", "PWD", "257"],
  ]);
});

Deno.test("REIN during a transfer ends TLS, and the transfer goes on", async () => {
  const client = await startSecured();
  await speak(client, [
    ...["EPSV", "229", "STOR b", "150", "REIN", "220", "(TLS ends)"],
    ...["NOOP", "200", "> x", "226", "PWD", "530"],
  ]);
});

Deno.test("REIN ends a connection that began with TLS", async () => {
  const client = await startSession({ ...TLS, implicit: {} });
  await speak(client, [...LOGIN, "REIN", "421 TLS ends here", "(closed)"]);
});

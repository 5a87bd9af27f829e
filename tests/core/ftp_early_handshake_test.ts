import { assert, assertEquals, assertLess } from "@std/assert";
import { reply } from "../../lib/ftp/reply.ts";
import { DataPortError } from "../../server/ftp/session.ts";
import { speak } from "./ftp_dialogue.ts";
import { type FtpClient, namesIn } from "./ftp_harness.ts";
import { startPrivate } from "./ftp_tls_lines.ts";

const STRANGER = "522 Data connection refused, session reuse required";
const REQUIRE = { tls: { sessionReuse: "require" } } as const;

/** Waits for the server's part of the newest data connection's handshake. */
async function welcomed(client: FtpClient): Promise<void> {
  const { data } = client;
  while (data.received.length === 0) {
    await new Promise<void>((resolve) => data.onChange = resolve);
  }
}

Deno.test("a data connection's handshake may come before the command", async () => {
  const client = await startPrivate();
  for (const verb of ["EPSV", "PASV"]) {
    await client.ask(verb);
    client.startDataTls();
    await welcomed(client);
    assertEquals((await client.ask("RETR a")).slice(0, 3), "150");
    assertEquals(await client.takeData(), "abc");
    assertEquals((await client.reply())?.slice(0, 3), "226");
  }
  await client.finish();
});

Deno.test("who is known to resume nothing is refused before the 150", async () => {
  for (const line of ["RETR a", "STOR b", "LIST"]) {
    const client = await startPrivate(REQUIRE);
    await client.ask("EPSV");
    client.startDataTls();
    await welcomed(client);
    await speak(client, [line, STRANGER, "PWD", "257"]);
    assertEquals(await namesIn(client.fs, "/"), ["a", "sub"]);
    assertEquals(client.logged("internal-error"), []);
  }
});

Deno.test("a handshake that failed before the command is told behind the 150", async () => {
  const client = await startPrivate();
  await client.ask("EPSV");
  client.data.send("GET / HTTP/1.1\r\n\r\n");
  await client.data.closed;
  await speak(client, [
    ...["RETR a", "150", "522 Data connection refused, TLS handshake failed"],
    ...["EPSV", "229", "RETR a", "150", "(data TLS)", "< abc", "226"],
  ]);
});

Deno.test("an upload that must resume waits for the handshake that has begun", async () => {
  const client = await startPrivate(REQUIRE);
  await client.ask("EPSV");
  client.startDataTls({ resumed: true });
  client.command("STOR b");
  // The 150 comes when the handshake is over, and not before.
  assertEquals((await client.reply())?.slice(0, 3), "150");
  assert(client.data.received.length > 0);
  await speak(client, ["> x", "226"]);
});

Deno.test("an upload waits once only for a client that begins late", async () => {
  const client = await startPrivate(REQUIRE);
  const began = performance.now();
  for (let at = 0; at < 100; at++) {
    await client.ask("EPSV");
    assertEquals((await client.ask("STOR b")).slice(0, 3), "150");
    client.startDataTls({ resumed: true });
    client.endData();
    assertEquals((await client.reply())?.slice(0, 3), "226");
  }
  assertLess(performance.now() - began, 8_000, "it waited each time");
  await client.finish();
});

const ENDINGS: [string, string[]][] = [
  ["another port", ["EPSV", "229", "PASV", "227"]],
  ["ABOR", ["ABOR", "225"]],
  ["PROT C", ["PROT C", "200"]],
  ["QUIT", ["QUIT", "221", "(closed)"]],
  ["the client's end", ["(client ends)", "(closed)"]],
];

for (const [what, lines] of ENDINGS) {
  Deno.test(`${what} closes a data connection that shakes hands`, async () => {
    for (const hello of [true, false]) {
      const client = await startPrivate();
      await client.ask("EPSV");
      const { data } = client;
      if (hello) client.startDataTls();
      if (hello) await welcomed(client);
      await speak(client, lines);
      await data.closed;
    }
  });
}

Deno.test("a private port where nobody connects says so as others do", async () => {
  const client = await startPrivate({ connects: false });
  await client.ask("EPSV");
  const said = reply(421, "Passive data channel timed out.");
  client.ports.at(-1)!.fail(new DataPortError(said));
  await speak(client, [
    ...["RETR a", "150", "421 Passive data channel timed out.", "PWD", "257"],
  ]);
});

Deno.test("a private port can be aborted while nobody connects", async () => {
  const client = await startPrivate({ connects: false });
  await speak(client, [
    ...["EPSV", "229", "STOR b", "150", "ABOR", "426", "226", "PWD", "257"],
  ]);
});

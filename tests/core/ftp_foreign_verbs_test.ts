import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../server/ftp/commands.ts";
import { dialogue } from "./ftp_dialogue.ts";
import { startSession } from "./ftp_harness.ts";
import { AUTH, TLS } from "./ftp_tls_lines.ts";

Deno.test("verbs of HTTP and SMTP end the session, with TLS or without", async () => {
  const foreign = [
    ...["GET / HTTP/1.1", "POST /x HTTP/1.0", "PUT a", "HEAD /", "OPTIONS *"],
    ...["CONNECT x:21", "TRACE /", "PATCH /", "DELETE /a", "get /", "EHLO me"],
    ...["HELO me", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "DATA", "STARTTLS"],
  ];
  for (const line of foreign) {
    const said = [line, "421 This is an FTP server", "(closed)"];
    await dialogue(said);
    const { log } = await dialogue([...AUTH, ...said], TLS);
    assertEquals(
      log.filter(({ event }) => /^foreign/.test(event as string)).length,
      1,
    );
    assert(!COMMANDS.has(line.split(" ")[0]!.toUpperCase()));
  }
});

Deno.test("a browser's request is heard no further than its first line", async () => {
  const client = await startSession();
  client.control.send("POST / HTTP/1.1\r\n\r\nUSER alice\r\nPASS secret\r\n");
  await client.ended;
  assertEquals(client.logged("login"), []);
});

import { assertEquals } from "@std/assert";
import { reply } from "../../lib/ftp/reply.ts";
import { DataPortError } from "../../server/ftp/session.ts";
import { asAlice } from "./ftp_dialogue.ts";
import { startAlice } from "./ftp_harness.ts";

const V6 = { remote: "2001:db8::2", local: "2001:db8::1" };

Deno.test("PASV tells the server's address", async () => {
  await asAlice(["PASV", "227 Entering Passive Mode (192,0,2,1,156,64)."]);
});

Deno.test("PASV tells the address it was told", async () => {
  const dataPorts = {
    passiveAddress: () => "203.0.113.9",
    passive: () => ({
      port: 258,
      open: () => Promise.reject(new Error("unused")),
      close: () => {},
    }),
    active: () => {
      throw new Error("unused");
    },
  };
  await asAlice(["PASV", "227 Entering Passive Mode (203,0,113,9,1,2)."], {
    policy: { dataPorts },
  });
});

Deno.test("PASV is not for IPv6", async () => {
  const { ports } = await asAlice(
    ["PASV", "425 PASV is for IPv4 only; use EPSV.", "RETR a", "425"],
    { ends: V6 },
  );
  assertEquals(ports.length, 0);
});

Deno.test("EPSV takes the family of the control connection, or none", async () => {
  const passive = "229 Entering Extended Passive Mode (|||40000|).";
  const wrong = (use: number) =>
    `522 Network protocol not supported (use ${use}).`;
  await asAlice([
    ...["EPSV 2", wrong(1), "EPSV 3", wrong(1), "EPSV 0", wrong(1)],
    ...["EPSV x", "501 Invalid EPSV format.", "EPSV -1", "501"],
    ...["EPSV 1 ", "501", "EPSV 999999", "501", "EPSV 1", passive],
  ]);
  await asAlice(["EPSV 1", wrong(2), "EPSV 2", passive], { ends: V6 });
});

for (const word of ["ALL", "all"]) {
  Deno.test(`EPSV ${word} leaves only EPSV, for the rest of the session`, async () => {
    const refused = "501 Not allowed after EPSV ALL; only EPSV is.";
    const others = [
      ...["PASV", refused, "PORT 192,0,2,1,8,73", refused],
      ...["EPRT |1|192.0.2.1|2121|", refused, "PORT x", refused],
    ];
    await asAlice([
      ...[`EPSV ${word}`, "200 EPSV ALL ok.", ...others],
      ...["EPSV", "229", "NLST", "150", "226", "< "],
      ...["ABOR", "225", ...others],
      ...["REIN", "220", "USER alice", "331", "PASS secret", "230"],
      ...[...others, "EPSV", "229"],
    ]);
  });
}

Deno.test("PORT and EPRT name where the server will connect", async () => {
  const { ports } = await asAlice([
    ...["PORT 192,0,2,1,8,73", "200 PORT command successful."],
    ...["NLST", "150", "226", "< a\r\n"],
    ...["EPRT |1|192.0.2.1|2122|", "200 EPRT command successful."],
    ...["NLST", "150", "226", "< a\r\n"],
  ], { files: { "/a": "" } });
  assertEquals(ports.map(({ target }) => target?.port), [2121, 2122]);
  assertEquals(ports[0]!.target?.hostname, "192.0.2.1");
});

Deno.test("EPRT without an address means the client's own", async () => {
  const { ports } = await asAlice(["EPRT |2|::|50000|", "200"], { ends: V6 });
  assertEquals(ports[0]!.target?.hostname, V6.remote);
  assertEquals(ports[0]!.target?.port, 50000);
});

Deno.test("PORT refuses what is no address", async () => {
  const { ports } = await asAlice([
    ...["PORT", "501 Syntax error: command needs an argument."],
    ...["PORT 1,2,3", "501 Invalid PORT format."],
    ...["PORT 192,0,2,256,8,73", "501 Invalid PORT format."],
    ...["PORT 127.0.0.1:21", "501 Invalid PORT format."],
  ]);
  assertEquals(ports.length, 0);
});

Deno.test("EPRT refuses other families and addresses that are not of theirs", async () => {
  await asAlice([
    ...["EPRT |2|::1|2121|", "522 Network protocol not supported (use 1)."],
    ...["EPRT |3|192.0.2.1|2121|", "522"],
    ...["EPRT |1|::1|2121|", "501 Invalid EPRT format."],
    ...["EPRT |1|192.0.2.1|70000|", "501 Invalid EPRT format."],
    ...["EPRT x", "501 Invalid EPRT format."],
  ]);
  await asAlice([
    ...[
      "EPRT |1|192.0.2.1|2121|",
      "522 Network protocol not supported (use 2).",
    ],
    ...["EPRT |2|192.0.2.1|2121|", "501 Invalid EPRT format."],
    ...["EPRT |2|2001:db8::2|2121|", "200", "NLST", "150", "226", "< "],
  ], { ends: V6 });
});

Deno.test("a new data port closes the old one", async () => {
  const { ports } = await asAlice([
    ...["EPSV", "229", "PASV", "227", "PORT 192,0,2,1,8,73", "200"],
    ...["EPSV", "229", "NLST", "150", "226", "< "],
  ]);
  const closed = ports.map((port) => port.closed);
  assertEquals(closed, [true, true, true, false]);
});

Deno.test("a thousand PASV leave one data port", async () => {
  const client = await startAlice();
  client.control.send("PASV\r\n".repeat(1000));
  for (let at = 0; at < 1000; at++) {
    assertEquals((await client.reply())?.slice(0, 3), "227");
  }
  const open = client.ports.filter(({ closed }) => !closed);
  assertEquals(open.map(({ port }) => port), [40_999]);
  await client.finish();
  assertEquals(client.ports.at(-1)!.closed, true);
});

Deno.test("data ports that can't be had are refused with their own reply", async () => {
  const no = (code: number, text: string) => () => {
    throw new DataPortError(reply(code, text));
  };
  await asAlice([
    ...["PASV", "425 No port.", "EPSV", "425 No port.", "RETR a", "425 Use"],
    ...["PORT 192,0,2,2,8,73", "501 Foreign.", "EPRT |1|192.0.2.2|2121|"],
    ...["501 Foreign.", "RETR a", "425 Use PASV"],
  ], {
    files: { "/a": "" },
    policy: {
      dataPorts: { passive: no(425, "No port."), active: no(501, "Foreign.") },
    },
  });
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import { controlOver } from "../../server/ftp/control/ask.ts";
import {
  MAX_REQUEST,
  readControlRequest,
} from "../../server/ftp/control/protocol.ts";
import { serveControl } from "../../server/ftp/control/serve.ts";
import { whoText } from "../../server/ftp/control/who_text.ts";
import type { SessionView } from "../../server/ftp/operations/observer.ts";

Deno.test("readControlRequest() takes what can be asked, and nothing else", () => {
  assertEquals(readControlRequest('{"do":"who","more":1}'), { do: "who" });
  assertEquals(readControlRequest('{"do":"unban","address":"192.0.2.1"}'), {
    do: "unban",
    address: "192.0.2.1",
  });
  const wrong = [
    ...["", "who", "null", "[]", "7", '"who"', "{}", '{"do":"constructor"}'],
    ...['{"do":"kick"}', '{"do":"kick","session":"1"}', '{"do":"unban"}'],
    '{"do":"kick","session":1.5}',
  ];
  for (const line of wrong) {
    assertThrows(() => readControlRequest(line), RangeError, "expected");
  }
});

Deno.test("serveControl() answers line by line, also what is wrong", async () => {
  const long = "x".repeat(MAX_REQUEST + 1);
  const conn = memoryConn(`nonsense\n${long}\n{"do":"kick","session":3}\n`);
  await serveControl(conn, (request) => {
    assertEquals(request, { do: "kick", session: 3 });
    throw new ToolError("there is no such session");
  }, () => {});
  assertEquals(
    conn.text.trimEnd().split("\n").map((line) => JSON.parse(line)),
    [
      { ok: false, error: "expected one JSON object a line" },
      { ok: false, error: `a request has at most ${MAX_REQUEST} bytes` },
      { ok: false, error: "there is no such session" },
    ],
  );
});

Deno.test("serveControl() closes on who sends bytes without an end", async () => {
  let closed = 0;
  const conn = memoryConn("x".repeat(3 * MAX_REQUEST));
  await serveControl(conn, () => ({ ok: true }), () => closed++);
  assertEquals([closed, conn.text], [1, ""]);
});

Deno.test("controlOver() throws what the server says, and when it breaks off", async () => {
  const no = controlOver(memoryConn('{"ok":false,"error":"not now"}\n'));
  await assertRejects(() => no.ask({ do: "drain" }), ToolError, "not now");
  const gone = controlOver(memoryConn('{"ok":'));
  await assertRejects(() => gone.ask({ do: "drain" }), ToolError, "answer");
});

Deno.test("whoText() shows sessions in columns, and no control character", () => {
  const idle: SessionView = {
    ...{ id: 7, address: "192.0.2.7", account: "ann", since: 1000, tls: "1.3" },
    ...{ idle: 61_000, command: "CWD", transfer: null },
  };
  const busy: SessionView = {
    ...{ id: 12, address: "2001:db8::1", account: null, since: 0, tls: null },
    ...{ idle: 0, command: "RETR" },
    transfer: {
      ...{ verb: "RETR", path: "/a\x1b[2J b", direction: "download" },
      ...{ bytes: 1536, rate: 1024, duration: 1500 },
    } as SessionView["transfer"],
  };
  const text = whoText({ now: 3000, survey: { sessions: [idle, busy] } });
  assertEquals(text.split("\n"), [
    "ID  ACCOUNT  ADDRESS      SINCE  IDLE  TLS  BYTES    RATE       DOING",
    "7   ann      192.0.2.7    0:02   1:01  1.3  -        -          CWD",
    "12  -        2001:db8::1  0:03   -     -    1.5 KiB  1.0 KiB/s  " +
    "RETR /a\\x1b[2J b",
    "",
  ]);
});

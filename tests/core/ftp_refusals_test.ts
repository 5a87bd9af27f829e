import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import type { TcpContext } from "../../lib/net/tcp.ts";
import { turnAway } from "../../server/ftp/limits/refusals.ts";

/** A door, what it logged, and what it wrote. */
function door(isImplicit = false) {
  const clock = manualClock();
  const lines: string[] = [];
  let said = "";
  const refuse = turnAway({
    log: createLog({ format: "text", write: (line) => lines.push(line) }),
    isImplicit: () => isImplicit,
    clock,
  });
  const write = (bytes: Uint8Array) => {
    said += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  return {
    clock,
    lines,
    get said() {
      return said;
    },
    from: (hostname: string, reason: "banned" | "denied" = "banned") => {
      const context = { peer: { hostname, port: 1 } } as TcpContext;
      return refuse({ write }, reason, context);
    },
  };
}

Deno.test("turnAway() tells a client why, and nothing where TLS comes first", async () => {
  const [plain, implicit] = [door(), door(true)];
  await plain.from("192.0.2.7", "denied");
  await implicit.from("192.0.2.7", "denied");
  const reply = "421 Connections from your address are not allowed.\r\n";
  assertEquals([plain.said, implicit.said], [reply, ""]);
  assertEquals([plain.lines.length, implicit.lines.length], [1, 1]);
});

Deno.test("turnAway() does not let an address fill the log, nor hide another", async () => {
  const { clock, lines, from } = door();
  for (let times = 0; times < 500; times++) await from(`2001:db8::${times}`);
  assertEquals(lines.length, 10);
  await from("192.0.2.7");
  await from("2001:db8::7", "denied");
  assertEquals(lines.length, 12);
  await clock.advance(60_000);
  await from("2001:db8::7");
  await from("2001:db8::7");
  assertEquals(lines.length, 13);
});

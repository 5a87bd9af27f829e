import { assert, assertEquals, assertRejects } from "@std/assert";
import { sendMessage } from "../../client/echo/message_mode.ts";
import type { Streams } from "../../client/echo/streams.ts";
import type { Target } from "../../client/service/target.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { echoService } from "../../server/services/echo.ts";

interface Said {
  out: string;
  err: string;
}

/** Streams that keep what is written; `input` is what somebody else writes. */
function streams(
  options: { input?: string; isAtTerminal?: boolean } = {},
): { streams: Streams; said: Said } {
  const { input = "", isAtTerminal = false } = options;
  const said: Said = { out: "", err: "" };
  let rest = new TextEncoder().encode(input);
  return {
    said,
    streams: {
      input: {
        read(buffer: Bytes) {
          const part = rest.subarray(0, buffer.length);
          buffer.set(part);
          rest = rest.subarray(part.length);
          return Promise.resolve(part.length === 0 ? null : part.length);
        },
      },
      isInputTerminal: isAtTerminal,
      isOutputTerminal: isAtTerminal,
      out: (text) => void (said.out += text),
      outBytes(bytes) {
        said.out += new TextDecoder().decode(bytes);
        return Promise.resolve();
      },
      err: (text) => void (said.err += text),
      unread: new AbortController().signal,
    },
  };
}

const USUAL = {
  message: undefined,
  timeout: 5000,
  json: false,
  quiet: false,
  signal: new AbortController().signal,
};

/** Runs `action` with an echo server over TCP, and with one over UDP. */
async function withServers(
  action: (target: Target) => Promise<void>,
): Promise<void> {
  const at = { hostname: "127.0.0.1", port: 0 };
  await using tcp = await serveTcp(echoService().stream!, {
    listen: [{ transport: "tcp", ...at }],
    grace: 0,
  });
  await using udp = await serveUdp((data) => data, { listen: [at] });
  await action(tcp.addresses[0]!);
  await action({ transport: "udp", ...udp.addresses[0]! });
}

Deno.test("sendMessage() greets the server when somebody sits at a terminal", async () => {
  await withServers(async (target) => {
    const { streams: at, said } = streams({ isAtTerminal: true });
    assertEquals(await sendMessage(target, USUAL, at), 0);
    assertEquals(said.out, "Hello, is this an echo server?\n");
    assert(said.err.startsWith("echoc: 30 bytes came back as sent"), said.err);
  });
});

Deno.test("sendMessage() shows on a terminal what it would obey", async () => {
  await withServers(async (target) => {
    const message = "a\x1b[2Jb\nü\u202e\n";
    const { streams: at, said } = streams({ isAtTerminal: true });
    await sendMessage(target, { ...USUAL, message }, at);
    assertEquals(said.out, "a\\x1b[2Jb\nü\\u202e\n");
  });
});

Deno.test("sendMessage() adds a line end to words, and none to files", async () => {
  await withServers(async (target) => {
    const word = streams();
    await sendMessage(target, { ...USUAL, message: "word" }, word.streams);
    assertEquals(word.said.out, "word\n");
    const file = streams({ input: "file" });
    await sendMessage(target, USUAL, file.streams);
    assertEquals(file.said.out, "file");
    const line = streams();
    await sendMessage(target, { ...USUAL, message: "line\n" }, line.streams);
    assertEquals(line.said.out, "line\n");
  });
});

Deno.test("sendMessage() sends an empty message when there is nothing to read", async () => {
  await withServers(async (target) => {
    const { streams: nothing, said } = streams();
    assertEquals(await sendMessage(target, USUAL, nothing), 0);
    assertEquals(said.out, "");
    assert(said.err.startsWith("echoc: 0 bytes came back as sent"), said.err);
  });
});

Deno.test("sendMessage() tells a difference after the reply itself", async () => {
  await using server = await serveUdp((data) => data.slice(0, 3), {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
  });
  const target = { transport: "udp", ...server.addresses[0]! } as const;
  const { streams: at, said } = streams();
  const { message } = await assertRejects(
    () => sendMessage(target, { ...USUAL, message: "hello" }, at),
    ToolError,
  );
  assertEquals([said.out, said.err], ["hel\n", ""]);
  assert(message.endsWith("is too short: 3 of 5 bytes came back"), message);
});

Deno.test("sendMessage() ends at Ctrl-C, also while it waits for its input", async () => {
  await withServers(async (target) => {
    const { streams: at } = streams();
    const stop = new AbortController();
    const input = {
      read: () => (stop.abort(), new Promise<number | null>(() => {})),
    };
    const ended = sendMessage(target, { ...USUAL, signal: stop.signal }, {
      ...at,
      input,
    });
    const why = await assertRejects(() => ended);
    assertEquals(why, stop.signal.reason);
  });
});

Deno.test("sendMessage() is done when nobody reads the reply", async () => {
  await withServers(async (target) => {
    const { streams: at, said } = streams({ input: "hello" });
    const unread = new AbortController();
    const gone = {
      ...at,
      unread: unread.signal,
      outBytes() {
        unread.abort();
        return Promise.reject(new Deno.errors.BrokenPipe());
      },
    };
    assertEquals(await sendMessage(target, USUAL, gone), 0);
    assertEquals(said, { out: "", err: "" });
  });
});

Deno.test("sendMessage() prints JSON in the place of the reply", async () => {
  await withServers(async (target) => {
    const { streams: at, said } = streams();
    await sendMessage(target, { ...USUAL, message: "hello", json: true }, at);
    const { sent, received, same, differsAt } = JSON.parse(said.out);
    assertEquals([sent, received, same, differsAt], [5, 5, true, null]);
    assertEquals(said.err, "");
  });
});

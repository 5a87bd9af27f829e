/** Sending that never gets in the way. */
import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";
import type { DatagramLink } from "../../client/service/datagram_link.ts";
import {
  openSpew,
  spew,
  spewerOn,
  type SpewerOptions,
} from "../../client/spew/sender.ts";
import { openWay, type Way } from "../../client/spew/way.ts";

/** A way that keeps what is sent, and fails as often as it is told to. */
function fakeWay(failures = 0) {
  const sent: string[] = [];
  const way: Way = {
    send(datagram) {
      if (failures-- > 0) return Promise.reject(new Error("no network"));
      sent.push(new TextDecoder().decode(datagram));
      return Promise.resolve();
    },
    close() {},
  };
  return { way, sent };
}

async function sentWith(
  options: SpewerOptions,
  ...messages: (string | Bytes)[]
): Promise<string[]> {
  const { way, sent } = fakeWay();
  const spewer = spewerOn(way, options);
  for (const message of messages) await spewer.send(message);
  return sent;
}

Deno.test("a spewer labels and numbers its messages", async () => {
  assertEquals(
    await sentWith({ tag: "app", level: "warn", seq: true }, "one", "two"),
    ["[app warn #1] one", "[app warn #2] two"],
  );
  assertEquals(await sentWith({}, "plain", ""), ["plain", ""]);
});

Deno.test("a spewer counts the parts of a long message, too", async () => {
  const sent = await sentWith(
    { seq: true, maxSize: 128 },
    "x".repeat(150),
    "y",
  );
  assertEquals(sent.map((text) => text.split(/ [xy]/)[0]), [
    "[#1 1/2]",
    "[#2 2/2]",
    "[#3]",
  ]);
});

Deno.test("a spewer makes the best of options that make no sense", async () => {
  assertEquals(await sentWith({ tag: "my app/2" }, "x"), ["[my-app-2] x"]);
  assertEquals(await sentWith({ tag: "42" }, "x"), ["x"]);
  assertEquals(await sentWith({ tag: "warn" }, "x"), ["x"]);
  const tag = { a: 1 } as unknown as string;
  assertEquals(await sentWith({ tag }, "x"), ["x"]);
  assertEquals(
    await sentWith({ level: "loud" as "warn", maxSize: NaN }, "x"),
    ["x"],
  );
  const long = await sentWith({ maxSize: 1 }, "x".repeat(128));
  assertEquals(long, ["x".repeat(128)]);
  const wide = await sentWith({ maxSize: 1e9 }, "x".repeat(65_508));
  assertEquals(wide.map(({ length }) => length <= 65_507), [true, true]);
});

Deno.test("a spewer tells trouble once, until it works again", async () => {
  const lines: string[] = [];
  const { way, sent } = fakeWay(2);
  const spewer = spewerOn(way, { onTrouble: (line) => lines.push(line) });
  assertEquals(await spewer.send("a"), false);
  assertEquals(await spewer.send("b"), false);
  assertEquals(await spewer.send("c"), true);
  assertEquals([lines, sent], [["no network"], ["c"]]);
});

Deno.test("a spewer does not fail with whom it tells of trouble", async () => {
  const { way, sent } = fakeWay(1);
  const spewer = spewerOn(way, {
    onTrouble() {
      throw new Error("nobody wants to know");
    },
  });
  assertEquals([await spewer.send("a"), await spewer.send("b")], [false, true]);
  assertEquals(sent, ["b"]);
});

Deno.test("a spewer drops what is too much at a time, and it can be seen", async () => {
  const gate = Promise.withResolvers<void>();
  const sent: string[] = [];
  const spewer = spewerOn({
    async send(datagram) {
      sent.push(new TextDecoder().decode(datagram));
      await gate.promise;
    },
    close() {},
  }, { seq: true });
  const all = Array.from({ length: 4100 }, () => spewer.send("x"));
  gate.resolve();
  const taken = (await Promise.all(all)).filter((isSent) => isSent);
  await spewer.send("y");
  assertEquals([taken.length, sent.at(-1)], [4096, "[#4101] y"]);
});

Deno.test("a spewer that is closed sends nothing, and says so", async () => {
  const { way, sent } = fakeWay();
  const spewer = spewerOn(way, {});
  spewer.close();
  assertEquals([await spewer.send("x"), sent], [false, []]);
});

Deno.test("spew() and openSpew() resolve to false where nothing may be sent", {
  permissions: { net: false },
}, async () => {
  assertEquals(await spew("x"), false);
  const lines: string[] = [];
  const spewer = openSpew({ onTrouble: (line) => lines.push(line) });
  assertEquals(await spewer.send("x"), false);
  spewer.close();
  assertEquals(lines.length, 1);
  assertEquals(
    lines[0]!.includes("--allow-net=127.0.0.1:7739"),
    true,
    lines[0],
  );
});

/** Opens links that send, fail to open, or never finish. */
function fakeLinks(kind: "good" | "lost" | "stuck") {
  const links = { opened: 0, closed: 0, sent: 0 };
  const link = (): DatagramLink => ({
    remote: "192.0.2.1:7739",
    send() {
      if (kind === "stuck") return new Promise(() => {});
      links.sent++;
      return Promise.resolve();
    },
    receive: () => new Promise(() => {}),
    close: () => links.closed++,
  });
  const open = () => {
    links.opened++;
    if (kind === "lost") return Promise.reject(new Error("no such host"));
    return Promise.resolve(link());
  };
  return { links, open };
}

const TO = { hostname: "loghost", port: 7739 };
const DATAGRAM: Bytes = new Uint8Array(1);

/** The message of what `promise` rejects with, or nothing. */
function failureOf(promise: Promise<void>): Promise<string | null> {
  return promise.then(() => null, (error: Error) => error.message);
}

Deno.test("openWay() opens one socket for all datagrams, and closes it", async () => {
  const { links, open } = fakeLinks("good");
  const way = openWay(TO, { open });
  await Promise.all([way.send(DATAGRAM), way.send(DATAGRAM)]);
  way.close();
  way.close();
  await settled();
  assertEquals(links, { opened: 1, closed: 1, sent: 2 });
});

Deno.test("a spewer closes its socket after what is under way", async () => {
  const { links, open } = fakeLinks("good");
  const spewer = spewerOn(openWay(TO, { open }), { maxSize: 128 });
  const sent = spewer.send("x".repeat(300));
  spewer.close();
  assertEquals(await sent, true);
  await settled();
  assertEquals(links, { opened: 1, closed: 1, sent: 3 });
});

Deno.test("openWay() looks for a name that was not found only every ten seconds", async () => {
  const clock = manualClock();
  const { links, open } = fakeLinks("lost");
  const way = openWay(TO, { open, clock });
  for (let i = 0; i < 5; i++) {
    assertEquals(await failureOf(way.send(DATAGRAM)), "no such host");
  }
  assertEquals(links.opened, 1);
  await clock.advance(10_000);
  assertEquals(await failureOf(way.send(DATAGRAM)), "no such host");
  assertEquals(links.opened, 2);
});

Deno.test("openWay() waits two seconds for a network that takes nothing", async () => {
  const clock = manualClock();
  const { open } = fakeLinks("stuck");
  const way = openWay(TO, { open, clock });
  const failure = failureOf(way.send(DATAGRAM));
  await clock.advance(2000);
  const busy = "cannot send to 192.0.2.1:7739: the network is busy";
  assertEquals(await failure, busy);
  // The next one does not wait as long again.
  assertEquals(await failureOf(way.send(DATAGRAM)), busy);
  way.close();
});

Deno.test("openWay() sends one datagram after the other, in order", async () => {
  const sent: number[] = [];
  const waiting: (() => void)[] = [];
  const way = openWay(TO, {
    open: () =>
      Promise.resolve({
        remote: "192.0.2.1:7739",
        send: (bytes) =>
          new Promise<void>((resolve) => {
            sent.push(bytes[0]!);
            waiting.push(resolve);
          }),
        receive: () => new Promise(() => {}),
        close: () => {},
      }),
  });
  const all = [1, 2, 3].map((byte) => way.send(new Uint8Array([byte])));
  for (let count = 1; count <= 3; count++) {
    await settled();
    assertEquals(sent.length, count);
    waiting.shift()!();
  }
  await Promise.all(all);
  assertEquals(sent, [1, 2, 3]);
});

/** Lets everything that can go on go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

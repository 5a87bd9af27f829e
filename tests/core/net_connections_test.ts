import { assertEquals, assertMatch } from "@std/assert";
import { admission, type Refusal } from "../../lib/net/admission.ts";
import { FakeConn, setUp } from "./net_fake_conn.ts";

const never = new Promise<never>(() => {});

Deno.test("Connections.take() serves with normalised addresses and closes afterwards", async () => {
  const seen: unknown[] = [];
  const { clock, connections, take } = setUp({
    handler: (_conn, { id, peer, local }) =>
      void seen.push({ id, peer, local }),
  });
  const conns = [take(), take()];
  await clock.advance(0);
  const peer = { hostname: "192.0.2.7", port: 40001 };
  const local = { hostname: "192.0.2.1", port: 21 };
  assertEquals(seen, [{ id: 1, peer, local }, { id: 2, peer, local }]);
  assertEquals(conns.every((conn) => conn.closed && conn.noDelay), true);
  assertEquals(connections.serving, 0);
});

Deno.test("Connections.take() says to which listener a client came", async () => {
  const seen: number[] = [];
  const { clock, connections } = setUp({
    handler: (_conn, { listener }) => void seen.push(listener),
  });
  connections.take(new FakeConn() as unknown as Deno.Conn);
  connections.take(new FakeConn() as unknown as Deno.Conn, 3);
  await clock.advance(0);
  assertEquals(seen, [0, 3]);
});

Deno.test("Connections.take() does not mind a handler that closed the connection", async () => {
  const { clock, reports, take } = setUp({ handler: (conn) => conn.close() });
  const conn = take();
  await clock.advance(0);
  assertEquals(conn.closed, true);
  assertEquals(reports, []);
});

Deno.test("Connections.take() reports a handler's crash once, and closes", async () => {
  for (const late of [false, true]) {
    const crash = () => {
      throw new TypeError("a bug");
    };
    const handler = late ? () => Promise.resolve().then(crash) : crash;
    const { clock, connections, reports, take } = setUp({ handler });
    const conn = take();
    await clock.advance(0);
    assertEquals(reports, [
      "connection 1 from 192.0.2.7:40001: TypeError: a bug",
    ]);
    assertEquals([conn.closed, connections.serving], [true, 0]);
  }
});

Deno.test("Connections.take() reports no peer that went away", async () => {
  const { clock, reports, take } = setUp({
    handler: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
  });
  const conn = take();
  await clock.advance(0);
  assertEquals([conn.closed, reports], [true, []]);
});

Deno.test("Connections.take() gives every admission back once, whatever the handler does", async () => {
  const outcomes = [
    () => {},
    () => {
      throw new TypeError("a bug");
    },
    () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
  ];
  for (const handler of outcomes) {
    const left: string[] = [];
    const door = {
      enter: () => null,
      leave: (address: string) => void left.push(address),
    };
    const { clock, take } = setUp({ handler, admission: door });
    take();
    await clock.advance(0);
    assertEquals(left, ["192.0.2.7"]);
  }
});

Deno.test("Connections.take() leaves before it closes, so that a peer may come again at once", async () => {
  const order: string[] = [];
  const door = { enter: () => null, leave: () => void order.push("leave") };
  const { clock, connections } = setUp({ admission: door });
  const conn = new FakeConn();
  conn.close = () => void order.push("close");
  connections.take(conn as unknown as Deno.Conn);
  await clock.advance(0);
  assertEquals(order, ["leave", "close"]);
});

Deno.test("Connections.take() tells a refused peer why, ends its side, and closes a second later", async () => {
  const { clock, take } = setUp({
    admission: { enter: () => "too-many", leave: () => {} },
    onRefused: async (conn, refusal) => {
      await conn.write(new TextEncoder().encode(refusal));
    },
  });
  const conn = take();
  await clock.advance(999);
  assertEquals([conn.sent, conn.closed], ["too-many|end", false]);
  await clock.advance(1);
  assertEquals(conn.closed, true);
});

Deno.test("Connections.take() gives the last words a second", async () => {
  const { clock, connections, take } = setUp({
    admission: { enter: () => "too-many", leave: () => {} },
    onRefused: () => never,
  });
  const conn = take();
  await clock.advance(2000);
  assertEquals([conn.closed, connections.serving], [true, 0]);
});

Deno.test("Connections.take() closes without a word in a flood of refused peers", async () => {
  let told = 0;
  const { clock, take } = setUp({
    admission: { enter: () => "too-many-from-address", leave: () => {} },
    onRefused: () => {
      told++;
      return never;
    },
  });
  const conns = Array.from({ length: 100 }, take);
  await clock.advance(0);
  assertEquals(told, 64);
  assertEquals(conns.filter((conn) => conn.closed).length, 36);
  await clock.advance(2000);
  assertEquals(conns.every((conn) => conn.closed), true);
});

Deno.test("Connections.take() serves others while one waits for its admission", async () => {
  const answers: ((refusal: Refusal | null) => void)[] = [];
  const door = {
    enter: () =>
      new Promise<Refusal | null>((resolve) => answers.push(resolve)),
    leave: () => {},
  };
  const { clock, connections, take } = setUp({
    handler: () => never,
    admission: door,
  });
  const [first, second] = [take(), take()];
  answers[1]!(null);
  await clock.advance(0);
  assertEquals(connections.serving, 1);
  answers[0]!("too-many");
  await clock.advance(0);
  assertEquals([first.closed, second.closed], [true, false]);
});

Deno.test("Connections.take() closes after 5 s without a decision, and takes a late yes back", async () => {
  const door = admission();
  const { promise, resolve } = Promise.withResolvers<null>();
  const late = {
    enter: (address: string) => promise.then(() => door.enter(address)),
    leave: (address: string) => door.leave(address),
  };
  const { clock, reports, take } = setUp({ admission: late });
  const conn = take();
  await clock.advance(5000);
  assertEquals(conn.closed, true);
  assertMatch(
    reports.join(),
    /^connection 1 .*no decision about 192.0.2.7 within 5000 ms/,
  );
  resolve(null);
  await clock.advance(0);
  assertEquals(door.count, 0);
});

Deno.test("Connections.take() reports a failing admission and closes", async () => {
  for (
    const enter of [
      () => Promise.reject(new TypeError("lost")),
      () => {
        throw new TypeError("lost");
      },
    ]
  ) {
    const { clock, reports, take } = setUp({
      admission: { enter, leave: () => {} },
    });
    const conn = take();
    await clock.advance(0);
    assertEquals(conn.closed, true);
    assertEquals(reports, [
      "connection 1 from 192.0.2.7:40001: TypeError: lost",
    ]);
  }
});

import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
} from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { readRequest } from "../../server/ftp/options.ts";
import type { TlsMaterial } from "../../server/ftp/tls/settings.ts";
import {
  type Plan,
  runWarden,
  type Warden,
  WardenError,
  type WardenOptions,
} from "../../server/ftp/warden.ts";
import type { Order, Report } from "../../server/ftp/warden/messages.ts";
import { soon } from "./helpers.ts";

/** What the warden says of a worker's permissions. */
interface FakeOptions {
  deno: { permissions: { read: string[]; net: string[] } };
}

/** A worker that does what the test says, in the place of a thread. */
class FakeWorker {
  static hired: FakeWorker[] = [];
  static waiting: (worker: FakeWorker) => void = () => {};
  onmessage: (event: { data: Report }) => void = () => {};
  onerror: (event: ErrorEvent) => void = () => {};
  readonly options: FakeOptions;
  readonly orders: Order[] = [];
  terminated = false;
  #onOrder: () => void = () => {};

  constructor(_module: URL, options: FakeOptions) {
    this.options = options;
    FakeWorker.hired.push(this);
  }

  postMessage(order: Order): void {
    this.orders.push(order);
    this.#onOrder();
    if (order.kind === "start") FakeWorker.waiting(this);
  }

  terminate(): void {
    this.terminated = true;
  }

  report(report: Report): void {
    this.onmessage({ data: report });
  }

  /** Resolves when an order of this kind has come. */
  async got(kind: Order["kind"]): Promise<void> {
    while (!this.kinds.includes(kind)) {
      await new Promise<void>((resolve) => this.#onOrder = resolve);
    }
  }

  /** Asks whether a client may come in. */
  ask(id: number, address: string): void {
    this.report({ kind: "ask", id, question: { of: "enter", address } });
  }

  leave(address: string): void {
    this.report({ kind: "notice", notice: { of: "leave", address } });
  }

  ready(...ports: number[]): void {
    const addresses = ports.map((port) => ({ hostname: "127.0.0.1", port }));
    this.report({ kind: "ready", addresses });
  }

  die(message: string): void {
    this.onerror(new ErrorEvent("error", { message, cancelable: true }));
  }

  /** Greetings that it was told, one each time. */
  get banners(): unknown[] {
    return this.orders.flatMap((order) =>
      "settings" in order ? order.settings.session.banner : []
    );
  }

  get kinds(): string[] {
    return this.orders.map(({ kind }) => kind);
  }

  get listen(): readonly unknown[] {
    const [order] = this.orders;
    return order?.kind === "start" ? order.settings.listen : [];
  }

  get implicit(): readonly unknown[] {
    const [order] = this.orders;
    return order?.kind === "start" ? order.settings.tls?.implicit ?? [] : [];
  }

  /** Certificates that it got, one each time. */
  get certificates(): unknown[] {
    return this.orders.flatMap((order) =>
      "material" in order ? order.material?.certificates[0]?.cert : []
    );
  }

  get verdicts(): unknown[] {
    return this.orders.flatMap((order) =>
      order.kind === "answer" ? order.answer : []
    );
  }
}

/** Runs a warden whose workers are fake; `act` gets the next one hired. */
async function withWarden(
  args: string[],
  act: (run: {
    next(): Promise<FakeWorker>;
    running: Promise<void>;
    warden: Promise<Warden>;
    stop(): void;
    log: string[];
  }) => Promise<void>,
  certificates?: WardenOptions["certificates"],
  more: Pick<WardenOptions, "canShare" | "clerks"> = {},
): Promise<void> {
  const real = globalThis.Worker;
  globalThis.Worker = FakeWorker as unknown as typeof Worker;
  FakeWorker.hired = [];
  const queue: FakeWorker[] = [];
  let wake = () => {};
  FakeWorker.waiting = (worker) => {
    queue.push(worker);
    wake();
  };
  const stopping = new AbortController();
  const ready = Promise.withResolvers<Warden>();
  const log: string[] = [];
  try {
    const listen = ["--listen", "127.0.0.1:0"];
    const request = readRequest([...listen, ...args], { lack: null });
    const running = runWarden(request.settings, {
      certificates,
      ...more,
      permissions: { read: ["/srv"], net: ["127.0.0.1:0"] },
      signal: stopping.signal,
      log: createLog({ format: "text", write: (line) => log.push(line) }),
      onReady: (_addresses, warden) => ready.resolve(warden),
    });
    running.catch(() => {});
    const next = async () => {
      while (queue.length === 0) {
        await soon(new Promise<void>((done) => wake = done), "a new worker");
      }
      return queue.shift()!;
    };
    const { promise: warden } = ready;
    const stop = () => stopping.abort();
    await act({ next, running, warden, log, stop });
  } finally {
    stopping.abort();
    for (const worker of FakeWorker.hired) worker.report({ kind: "stopped" });
    globalThis.Worker = real;
  }
}

Deno.test("runWarden() gives every worker its permissions and the first one's port", async () => {
  await withWarden(["--workers", "2"], async ({ next, running, stop }) => {
    const first = await next();
    assertEquals(first.listen, [{ hostname: "127.0.0.1", port: 0 }]);
    first.ready(4321);
    const second = await next();
    assertEquals(second.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
    for (const { options: { deno: { permissions } } } of [first, second]) {
      assertEquals(permissions.read, ["/srv"]);
      assertEquals(permissions.net[0], "127.0.0.1:0");
    }
    // To listen on a port of its own choice is not to listen on that port.
    const { net } = second.options.deno.permissions;
    assertEquals(net, ["127.0.0.1:0", "127.0.0.1:4321"]);
    second.ready(4321);
    stop();
    first.report({ kind: "stopped" });
    second.report({ kind: "stopped" });
    await soon(running, "the warden's end");
  });
});

Deno.test("runWarden() replaces a worker that dies, on the port that clients know", async () => {
  await withWarden(
    ["--workers", "2"],
    async ({ next, running, stop, log }) => {
      const first = await next();
      first.ready(4321);
      const second = await next();
      second.ready(4321);
      first.die("out of memory");
      const third = await next();
      assertNotStrictEquals(third, first);
      assertEquals([first.terminated, second.terminated], [true, false]);
      assertEquals(third.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
      assertEquals(log.length, 1);
      assertEquals(log[0]?.includes("out of memory"), true);
      third.ready(4321);
      stop();
      second.report({ kind: "stopped" });
      third.report({ kind: "stopped" });
      await soon(running, "the warden's end");
    },
  );
});

Deno.test("runWarden() goes on trying when the replacement dies too", async () => {
  await withWarden([], async ({ next }) => {
    (await next()).ready(4321);
    FakeWorker.hired[0]!.die("first");
    (await next()).die("second");
    (await next()).report({ kind: "failed", message: "third" });
    const fourth = await next();
    assertEquals(fourth.terminated, false);
    fourth.ready(4321);
  });
});

Deno.test("runWarden() counts sessions over all workers, and forgets a dead one's", async () => {
  const limits = ["--max-sessions", "2", "--max-per-address", "1"];
  await withWarden([...limits, "--workers", "2"], async ({ next }) => {
    const first = await next();
    first.ready(4321);
    const second = await next();
    second.ready(4321);
    first.ask(1, "192.0.2.1");
    second.ask(1, "192.0.2.1");
    second.ask(2, "192.0.2.2");
    second.ask(3, "192.0.2.3");
    assertEquals(first.verdicts, [null]);
    assertEquals(second.verdicts, ["too-many-from-address", null, "too-many"]);
    first.die("gone");
    second.ask(4, "192.0.2.1");
    assertEquals(second.verdicts.at(-1), null);
    second.leave("192.0.2.2");
    second.leave("192.0.2.9");
    second.ask(5, "192.0.2.3");
    second.ask(6, "192.0.2.4");
    assertEquals(second.verdicts.slice(-2), [null, "too-many"]);
    (await next()).ready(4321);
  });
});

Deno.test("runWarden() fails when the first worker can't listen", async () => {
  await withWarden([], async ({ next, running }) => {
    const first = await next();
    first.report({ kind: "failed", message: "the address is in use" });
    await assertRejects(() => running, WardenError, "the address is in use");
    assertEquals(first.terminated, true);
  });
});

Deno.test("runWarden() ends a worker that does not stop within the grace", async () => {
  await withWarden(["--grace", "0"], async ({ next, running, stop }) => {
    const worker = await next();
    worker.ready(4321);
    stop();
    assertEquals(worker.orders.at(-1), { kind: "stop" });
    await soon(running, "the warden's end", 5000);
    assertEquals(worker.terminated, true);
  });
});

/** Certificates that change when the test says so. */
function fakeCertificates() {
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  let material = materialOf("first");
  let tell = (_material: TlsMaterial) => {};
  return {
    begun: begun.promise,
    over: over.promise,
    change(cert: string): void {
      tell(material = materialOf(cert));
    },
    certificates: {
      get material() {
        return material;
      },
      run(onChange: typeof tell, signal: AbortSignal) {
        tell = onChange;
        begun.resolve();
        signal.addEventListener("abort", () => over.resolve());
        return over.promise;
      },
    },
  };
}

function materialOf(cert: string): TlsMaterial {
  return { certificates: [{ cert, key: "" }], clientCa: null };
}

const TLS = ["--tls-self-signed", "--implicit-tls", "127.0.0.1:0"];

Deno.test("runWarden() hands certificates to every worker, new ones too, and to whoever replaces one", async () => {
  const { certificates, change, begun, over } = fakeCertificates();
  await withWarden(
    [...TLS, "--workers", "2"],
    async ({ next, stop, running }) => {
      const first = await next();
      first.ready(4321, 9999);
      const second = await next();
      second.ready(4321, 9999);
      assertEquals([first.certificates, second.certificates], [["first"], [
        "first",
      ]]);
      await soon(begun, "the begin of watching");
      first.die("out of memory");
      change("second");
      assertEquals(second.certificates, ["first", "second"]);
      const third = await next();
      assertEquals(third.certificates, ["second"]);
      third.ready(4321, 9999);
      change("third");
      assertEquals(second.certificates, ["first", "second", "third"]);
      assertEquals(third.certificates, ["second", "third"]);
      assertEquals(first.certificates, ["first"]);
      stop();
      second.report({ kind: "stopped" });
      third.report({ kind: "stopped" });
      await soon(running, "the warden's end");
      await soon(over, "the end of watching");
    },
    certificates,
  );
});

Deno.test("runWarden() keeps the places of implicit TLS apart for every worker", async () => {
  const { certificates } = fakeCertificates();
  await withWarden([...TLS, "--workers", "2"], async ({ next }) => {
    const first = await next();
    const any = [{ hostname: "127.0.0.1", port: 0 }];
    assertEquals([first.listen, first.implicit], [any, any]);
    first.ready(4321, 9999);
    const second = await next();
    second.ready(4321, 9999);
    first.die("out of memory");
    const third = await next();
    for (const worker of [second, third]) {
      assertEquals(worker.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
      assertEquals(worker.implicit, [{ hostname: "127.0.0.1", port: 9999 }]);
      const { net } = worker.options.deno.permissions;
      assertEquals(net.slice(1), ["127.0.0.1:4321", "127.0.0.1:9999"]);
    }
    third.ready(4321, 9999);
  }, certificates);
});

/** A plan of the same workers, unless it says otherwise. */
function planOf(read: string, ...args: string[]): Plan {
  const listen = ["--listen", "127.0.0.1:0", "--workers", "2"];
  const { settings } = readRequest([...listen, ...args], { lack: null });
  return { settings, permissions: { read: [read], net: ["127.0.0.1:0"] } };
}

Deno.test("runWarden() gives new settings to every worker, and to whoever replaces one", async () => {
  await withWarden(["--workers", "2"], async ({ next, warden }) => {
    const first = await next();
    first.ready(4321);
    const second = await next();
    second.ready(4321);
    const server = await warden;
    const how = await server.reload(planOf("/srv", "--banner", "New."));
    assertEquals(how, "live");
    assertEquals([first.banners[1], second.banners[1]], ["New.", "New."]);
    first.die("out of memory");
    const third = await next();
    assertEquals(third.banners, ["New."]);
    assertEquals(third.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
    third.ready(4321);
    assertEquals(server.office.deaths, 1);
    assertEquals(server.office.reloads, { ok: 1, failed: 0 });
  });
});

Deno.test("runWarden() has other workers follow for other permissions, and replaces none that drains", async () => {
  await withWarden(
    ["--workers", "2"],
    async ({ next, warden, log, stop, running }) => {
      const first = await next();
      first.ready(4321);
      const other = await next();
      other.ready(4321);
      const server = await warden;
      const reloading = server.reload(planOf("/new", "--banner", "New."));
      const third = await next();
      assertEquals(third.options.deno.permissions.read, ["/new"]);
      assertEquals(third.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
      assertEquals(first.kinds, ["start"]);
      third.ready(4321);
      const fourth = await next();
      fourth.ready(4321);
      await soon(first.got("drain"), "the order to drain");
      first.report({ kind: "deaf" });
      other.die("out of memory");
      assertEquals(await soon(reloading, "the reload"), "anew");
      assertEquals(log.length, 1);
      assertEquals([first.terminated, other.terminated], [false, true]);
      // Settings reach the old one, too: who was taken off the list is gone.
      assertEquals(first.banners.at(-1), "New.");
      first.report({ kind: "stopped" });
      assertEquals(first.terminated, true);
      stop();
      third.report({ kind: "stopped" });
      fourth.report({ kind: "stopped" });
      await soon(running, "the warden's end");
      assertEquals(FakeWorker.hired.length, 4);
    },
  );
});

Deno.test("runWarden() gives up workers that can't start after a reload, and stays with the old ones", async () => {
  await withWarden(["--workers", "2"], async ({ next, warden }) => {
    const first = await next();
    first.ready(4321);
    const second = await next();
    second.ready(4321);
    const server = await warden;
    const reloading = server.reload(planOf("/new"));
    (await next()).ready(4321);
    const fourth = await next();
    fourth.report({ kind: "failed", message: "no memory" });
    await assertRejects(() => reloading, WardenError, "no memory");
    const [, , third] = FakeWorker.hired;
    assertEquals([third?.terminated, fourth.terminated], [true, true]);
    assertEquals([first.kinds, second.kinds], [["start"], ["start"]]);
    assertEquals(server.office.reloads, { ok: 0, failed: 1 });
    assertEquals(await server.reload(planOf("/srv")), "live");
  });
});

Deno.test("runWarden() ends after a drain with its last worker, and reloads no more", async () => {
  await withWarden(["--workers", "2"], async ({ next, warden, running }) => {
    const first = await next();
    first.ready(4321);
    const second = await next();
    second.ready(4321);
    const server = await warden;
    server.drain();
    server.drain();
    assertEquals(first.kinds, ["start", "drain"]);
    await assertRejects(
      () => server.reload(planOf("/srv")),
      WardenError,
      "draining",
    );
    second.report({ kind: "stopped" });
    assertEquals(server.office.draining, true);
    first.die("out of memory");
    await soon(running, "the warden's end");
    assertEquals(FakeWorker.hired.length, 2);
  });
});

Deno.test("runWarden() replaces a worker that gives up in the middle of its work", async () => {
  await withWarden([], async ({ next, warden, log }) => {
    const first = await next();
    first.ready(4321);
    const { office } = await warden;
    first.report({ kind: "failed", message: "no sockets are left" });
    const second = await next();
    assertEquals([first.terminated, office.deaths], [true, 1]);
    assertEquals(log[0]?.includes("no sockets are left"), true);
    assertEquals(second.listen, [{ hostname: "127.0.0.1", port: 4321 }]);
    second.ready(4321);
  });
});

Deno.test("runWarden() goes on where the old workers end before the new ones begin", async () => {
  await withWarden(
    [],
    async ({ next, warden, running, stop }) => {
      const first = await next();
      first.ready(4321);
      const server = await warden;
      const reloading = server.reload(planOf("/new"));
      await soon(first.got("drain"), "the order to drain");
      first.report({ kind: "stopped" });
      const others = [await next()];
      others[0]!.ready(4321);
      others.push(await next());
      others[1]!.ready(4321);
      assertEquals(await soon(reloading, "the reload"), "anew");
      assertEquals(server.office.workers, 2);
      const over = running.then(() => "over");
      const turn = new Promise((resolve) => setTimeout(resolve, 0, "on"));
      assertEquals(await Promise.race([over, turn]), "on");
      stop();
      for (const worker of others) worker.report({ kind: "stopped" });
      await soon(running, "the warden's end");
    },
    undefined,
    { canShare: false },
  );
});

Deno.test("runWarden() lets its clerks go when it can't start", async () => {
  let closed = 0;
  const clerks = [() => ({ close: () => void closed++ })];
  await withWarden(
    [],
    async ({ next, running }) => {
      (await next()).report({ kind: "failed", message: "in use" });
      await assertRejects(() => running, WardenError, "in use");
      assertEquals(closed, 1);
    },
    undefined,
    { clerks },
  );
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { whileHolding } from "./hold.ts";
import { buildLoad, type Load } from "./load.ts";
import { bareLoop } from "./peers.ts";
import {
  freePort,
  greeting,
  type Running,
  untilAnswered,
} from "./processes.ts";
import { firstLine } from "./programs.ts";
import { busyCases } from "./server_busy_cases.ts";
import { effortOf } from "./server_cost.ts";
import { crowdCases } from "./server_crowd_cases.ts";
import { loginCases } from "./server_login_cases.ts";
import { slowCases } from "./server_slow_cases.ts";
import { smallCases } from "./server_small_cases.ts";

const compiler = await firstLine(["cc", "-dumpversion"]);
const SIZE = 3_000_001;

/** The generator, and the bare loop that it can try itself on. */
interface Scene {
  load: Load;
  /** The program of the bare loop. */
  loop: string;
  server: Running;
  folder: string;
}

type Body = (scene: Scene) => Promise<void>;

const steps: { name: string; body: Body }[] = [];

/** One more thing to try: all of them share what is compiled. */
function loadTest(name: string, body: Body): void {
  steps.push({ name, body });
}

Deno.test({
  name: compiler === undefined
    ? "the generator and the bare loop (SKIPPED: install gcc)"
    : "the generator and the bare loop",
  ignore: compiler === undefined,
  async fn(test) {
    const tools = await Deno.makeTempDir({ prefix: "ftp-load-" });
    try {
      const load = await buildLoad(tools);
      const scratch = { folder: tools, scratch: tools, port: 1 };
      const { words: [loop = ""] } = await bareLoop().prepare(scratch);
      for (const { name, body } of steps) {
        await test.step(name, () => withServer(load, loop, body));
      }
    } finally {
      await Deno.remove(tools, { recursive: true });
    }
  },
});

/** Calls `body` with a server and a folder of its own. */
async function withServer(load: Load, loop: string, body: Body): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ftp-load-" });
  await Deno.mkdir(join(folder, "incoming"));
  const port = freePort();
  const args = [`${port}`, folder];
  const child = new Deno.Command(loop, { args, stdin: "null" }).spawn();
  try {
    await untilAnswered(port, () => greeting(port));
    const running = { candidate: bareLoop(), pid: child.pid, port, folder };
    const server = { ...running, memory, processor, stop };
    await body({ load, loop, server, folder });
  } finally {
    child.kill();
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the real ones read in `/proc`, which tests may not. */
const memory = () => Promise.resolve({ pss: 1e6, rss: 1e6, processes: 1 });
const processor = () => Promise.resolve(1);
const stop = () => Promise.resolve();

/** Changes the byte in the middle of the file at `path`. */
async function spoil(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(path, bytes);
}

loadTest("the generator compares every download of many", async (scene) => {
  const { load, server: { port }, folder } = scene;
  const path = join(folder, "served");
  await load.run("make", path, SIZE);
  const words = ["parallel", port, "retr", "served", SIZE, 5, "verify"];
  const [seconds = 0, count] = await load.figures(...words);
  assert(seconds > 0);
  assertEquals(count, 5);
  await spoil(path);
  await assertRejects(() => load.run(...words), Error, "wrong bytes");
});

loadTest(
  "the generator finds a download that ends too early",
  async (scene) => {
    const { load, server: { port }, folder } = scene;
    await load.run("make", join(folder, "served"), SIZE);
    const words = ["parallel", port, "retr", "served", SIZE + 1, 1];
    await assertRejects(() => load.run(...words), Error, `came with ${SIZE}`);
  },
);

loadTest("the generator compares what it sent", async (scene) => {
  const { load, server: { port }, folder } = scene;
  await load.run("parallel", port, "stor", "sent", SIZE, 5, "verify");
  const last = join(folder, "sent.4");
  await load.figures("check", last, SIZE);
  await spoil(last);
  const check = () => load.figures("check", last, SIZE);
  await assertRejects(check, Error, "wrong bytes");
});

loadTest(
  "the generator says how far it came with small files",
  async (scene) => {
    const { load, server: { port }, folder } = scene;
    await Deno.mkdir(join(folder, "small"));
    await load.figures("make-small", join(folder, "small"), 50);
    const words = ["small", port, "retr", "small", 50, 4];
    assertEquals((await load.figures(...words, 20, "verify"))[1], 50);
    assertEquals((await load.figures(...words, 0, "verify"))[1], 0);
    await spoil(join(folder, "small", "00049"));
    const fail = () => load.run(...words, 20, "verify");
    await assertRejects(fail, Error, "wrong bytes");
  },
);

loadTest(
  "effortOf() reads the time of processors in between",
  async (scene) => {
    const { load, server, folder } = scene;
    await load.run("make", join(folder, "served"), SIZE);
    let asked = 0;
    const counting = { ...server, processor: () => Promise.resolve(asked++) };
    const words = ["parallel", server.port, "retr", "served", SIZE, 2];
    const { count, processor } = await effortOf(load, counting, words);
    assertEquals([count, processor, asked], [2, 1, 2]);
  },
);

loadTest(
  "effortOf() passes on what the generator says",
  async ({ load, server }) => {
    const words = ["parallel", server.port, "retr", "nothing", SIZE, 1];
    await assertRejects(() => effortOf(load, server, words), Error, "451");
  },
);

const SHORT = [...smallCases(true), ...slowCases()]
  .filter(({ name }) => name === "small-stor-4" || name === "memory-stor");

loadTest(
  "cases of uploads measure, and leave nothing behind",
  async (scene) => {
    const { load, server, folder } = scene;
    assertEquals(SHORT.length, 2);
    for (const each of SHORT) {
      await each.prepare?.(load, folder);
      await each.verify?.(load, server);
      const values = await each.measure(load, server);
      assertEquals(values.length, each.metrics.length, each.name);
      assert(values.every(Number.isFinite), `${each.name}: ${values}`);
      const left = [...Deno.readDirSync(join(folder, "incoming"))];
      assertEquals(left, [], each.name);
    }
  },
);

loadTest("the generator logs in as often as there is time", async (scene) => {
  const { load, server: { port } } = scene;
  assertEquals((await load.figures("login", port, 40, 4, 20))[1], 40);
  assertEquals((await load.figures("login", port, 40, 4, 0))[1], 0);
});

loadTest("sessions stand while orders come", async ({ load, server }) => {
  await whileHolding(load, server.port, async (order) => {
    const [seconds = 0] = await order("grow", 20);
    assert(seconds > 0);
    const [middle = 0, most = 0, largest = 0, count] = await order(
      ...["ping", 50, 20],
    );
    assert(middle > 0 && middle <= most && most <= largest);
    assertEquals(count, 50);
    assertEquals((await order("greet", 30, 20))[3], 30);
  });
});

loadTest("an order that fails says why", async ({ load, server }) => {
  const list = () =>
    whileHolding(load, server.port, async (order) => {
      await order("grow", 1);
      await order("list", "MLSD", "folder"); // The bare loop has no listings.
    });
  await assertRejects(list, Error, "expected 150, got: 200");
  const sing = () => whileHolding(load, server.port, (order) => order("sing"));
  await assertRejects(sing, Error, "no such order: sing");
});

loadTest("the generator makes a folder to be listed", async (scene) => {
  const path = join(scene.folder, "many");
  await scene.load.figures("entries", path, 200);
  const entries = [...Deno.readDirSync(path)];
  const sizes = entries.map(({ name }) => Deno.statSync(join(path, name)).size);
  assertEquals(entries.length, 200);
  assert(new Set(sizes).size > 150); // Columns of various widths.
});

loadTest("the generator starts a server and ends it", async (scene) => {
  const { load, loop, folder } = scene;
  const port = freePort();
  assert(await load.run("start", port, loop, port, folder) > 0);
  await assertRejects(() => greetedAt(port), Deno.errors.ConnectionRefused);
  const missing = () => load.run("start", port, loop);
  await assertRejects(missing, Error, "ended");
});

async function greetedAt(port: number): Promise<void> {
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
}

const SESSIONS = [...loginCases(true), ...crowdCases(true), ...busyCases()];

loadTest("cases of sessions measure", async ({ load, server, folder }) => {
  for (const each of SESSIONS) {
    await each.prepare?.(load, folder);
    await each.verify?.(load, server);
    const values = await each.measure(load, server);
    assertEquals(values.length, each.metrics.length, each.name);
    assert(values.every(Number.isFinite), `${each.name}: ${values}`);
  }
});

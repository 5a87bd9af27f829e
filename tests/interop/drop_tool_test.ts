/** `dropc` as people run it. */
import { assertEquals, assertMatch } from "@std/assert";
import { assertSameFile, makeFile } from "./files.ts";
import { IS_COMPILED, runTool, toolWords } from "./service_tool.ts";
import {
  dropc,
  dropTest,
  jsonLines,
  namesIn,
  plainServer,
} from "./drop_scene.ts";

dropTest("dropc puts, lists and gets files back", async (scene) => {
  const { local, box } = scene;
  const sizes = { "empty": 0, "kilo": 1024, "two words": 1025, "big": 3e6 };
  for (const [name, size] of Object.entries(sizes)) {
    await makeFile(`${local}/${name}`, size);
  }
  const names = Object.keys(sizes);
  const put = await dropc(scene, ["put", ...names, "--json"]);
  assertEquals(
    jsonLines(put.stdout),
    Object.entries(sizes).map(([name, bytes]) => ({ name, path: name, bytes })),
  );
  for (const name of names) {
    await assertSameFile(`${box}/${name}`, `${local}/${name}`);
  }
  const listed = await dropc(scene, ["dir"]);
  assertMatch(
    listed.stdout,
    /^ +3000000 {2}20\d\d-\d\d-\d\d \d\d:\d\d {2}big$/m,
  );
  const json = jsonLines((await dropc(scene, ["dir", "--json"])).stdout);
  assertEquals(json.map(({ name, size }) => [name, size]), [
    ["big", 3e6],
    ["empty", 0],
    ["kilo", 1024],
    ["two words", 1025],
  ]);
  await Deno.mkdir(`${local}/back`);
  await dropc(scene, ["get", ...names, "--output", "back/"]);
  assertEquals(namesIn(`${local}/back`), [...names].sort());
  for (const name of names) {
    await assertSameFile(`${local}/back/${name}`, `${local}/${name}`);
  }
});

dropTest(
  "dropc takes standard input, and gives standard output",
  async (scene) => {
    await dropc(scene, ["put", "-", "--name", "in.txt"], {
      stdin: "piped\0in",
    });
    const { stdout, stderr } = await dropc(scene, ["get", "in.txt", "-o", "-"]);
    assertEquals(stdout, "piped\0in");
    assertMatch(stderr, /^in\.txt: 8 B in /);
    const quiet = await dropc(scene, ["get", "in.txt", "--quiet"]);
    assertEquals([quiet.stdout, quiet.stderr], ["", ""]);
    assertEquals(Deno.readTextFileSync(`${scene.local}/in.txt`), "piped\0in");
  },
);

dropTest(
  "dropc overwrites nothing, and goes on after what fails",
  async (scene) => {
    const { local } = scene;
    await Deno.writeTextFile(`${local}/a`, "mine");
    await Deno.writeTextFile(`${local}/b`, "b");
    await dropc(scene, ["put", "a"]);
    const again = await dropc(scene, ["put", "a", "none", "b"], { code: 1 });
    assertEquals(
      again.stderr.split("\n").slice(0, 2),
      [
        "dropc: the server refused: a: exists already; choose another name",
        "dropc: cannot read none: there is no such file",
      ],
    );
    assertEquals(scene.names(), ["a", "b"]);
    await Deno.writeTextFile(`${local}/a`, "newer");
    const kept = await dropc(scene, ["get", "a"], { code: 1 });
    assertMatch(
      kept.stderr,
      /^dropc: cannot write a: it is there already; --ov/,
    );
    assertEquals(Deno.readTextFileSync(`${local}/a`), "newer");
    await dropc(scene, ["get", "a", "--overwrite"]);
    assertEquals(Deno.readTextFileSync(`${local}/a`), "mine");
    assertEquals(namesIn(local), ["a", "b"], "no parts are left");
    const told = await dropc(scene, ["get", "c", "--json"], { code: 1 });
    assertMatch(
      String(jsonLines(told.stdout)[0]?.error),
      /there is no such file/,
    );
  },
);

dropTest("dropc leads no name out of its folder", async (scene) => {
  for (const name of ["../x", "/tmp/x", "..", "a\nget b"]) {
    const { stderr } = await dropc(scene, ["get", name], { code: 1 });
    assertMatch(stderr, /^dropc: "[^\n]*": name [^\n]+\n$/);
  }
  assertEquals(namesIn(scene.local), []);
});

Deno.test("dropc says in one line what is wrong, with the right exit code", async () => {
  const cases: readonly [string[], number, RegExp][] = [
    [["-s", "127.0.0.1:1", "dir"], 3, /connection refused; is a server/],
    [["--unix", "/nonexistent/sock", "dir"], 3, /there is no such socket/],
    [[], 2, /an argument is missing/],
    [
      ["gte", "a"],
      2,
      /expected put, get or dir, got "gte"; did you mean get\?/,
    ],
    [["put"], 2, /put which FILE\?/],
    [["get"], 2, /get which NAME\?/],
    [["dir", "x"], 2, /dir takes no argument, got "x"/],
    [["put", "-"], 2, /put - needs --name/],
    [["put", "a", "b", "--name", "c"], 2, /--name is for one FILE only/],
    [["put", "a", "--overwrite"], 2, /--overwrite is not for put/],
    [["get", "a", "-o", "-", "--json"], 2, /both want standard output/],
    [["get", "a", "b", "-o", "c"], 2, /--output c is no folder/],
    [["-s", "a:b:c", "dir"], 2, /brackets/],
    [["--unix", "/x", "-s", "h", "dir"], 2, /--unix takes no host/],
  ];
  for (const [args, code, message] of cases) {
    const { stdout, stderr } = await runTool("dropc", args, { code });
    assertMatch(stderr, message);
    assertMatch(stderr, /^dropc: [^\n]+\n$/);
    assertEquals(stdout, "");
  }
});

dropTest("dropc talks with dropd only, and says so", async ({ run, local }) => {
  await using other = greeter("220 other server ready\r\n");
  const words = [...toolWords("dropc"), "-s", `127.0.0.1:${other.port}`];
  await Deno.writeTextFile(`${local}/a`, "a");
  for (const verb of [["put", "a"], ["get", "b"], ["dir"]]) {
    const { code, stderr } = await run([...words, ...verb]);
    assertEquals(code, 3);
    assertMatch(stderr, /is no drop box: it said "220 other server ready/);
  }
  assertEquals(namesIn(local), ["a"]);
});

/** A server that says one thing to everybody. */
function greeter(text: string): AsyncDisposable & { port: number } {
  return plainServer(async (conn) => {
    await conn.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(1024);
    while (await conn.read(buffer) !== null);
  });
}

dropTest(
  "dropc says which permission is missing",
  async (scene) => {
    const { port, local } = scene;
    await Deno.writeTextFile(`${local}/a`, "a");
    const net = `--allow-net=127.0.0.1:${port}`;
    const narrow = (args: string[], ...flags: string[]) =>
      dropc(scene, args, { flags, code: flags.includes(net) ? 1 : 3 });
    assertMatch(
      (await narrow(["dir"], "--allow-read")).stderr,
      new RegExp(`the runtime needs ${net}$`, "m"),
    );
    assertMatch(
      (await narrow(["put", "a"], net)).stderr,
      /cannot read a: the runtime needs --allow-read=a$/m,
    );
    await dropc(scene, ["put", "a"], { flags: [net, `--allow-read=${local}`] });
    await Deno.remove(`${local}/a`);
    assertMatch(
      (await narrow(["get", "a"], net, `--allow-read=${local}`)).stderr,
      /cannot write a: the runtime needs --allow-write=a$/m,
    );
    const write = [`--allow-read=${local}`, `--allow-write=${local}`];
    await dropc(scene, ["get", "a"], { flags: [net, ...write] });
    assertEquals(Deno.readTextFileSync(`${local}/a`), "a");
  },
  { missing: IS_COMPILED ? "binaries have their permissions" : undefined },
);

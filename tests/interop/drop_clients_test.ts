/** Programs that know nothing of drop boxes, as clients of `dropd`. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertSameFile, makeFile } from "./files.ts";
import { type DropScene, dropTest, until } from "./drop_scene.ts";

/** Sends standard input, then its end; prints what comes. */
const PYTHON = `
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
s.sendall(sys.stdin.buffer.read())
s.shutdown(socket.SHUT_WR)
while data := s.recv(65536):
    sys.stdout.buffer.write(data)
`;

/** Programs that send their input, end their side, and print the answer. */
const CLIENTS: Readonly<Record<string, (port: string) => string[]>> = {
  "nc.openbsd": (port) => ["nc.openbsd", "-N", "127.0.0.1", port],
  "ncat": (port) => ["ncat", "127.0.0.1", port],
  "socat": (port) => ["socat", "-t10", "-", `TCP:127.0.0.1:${port}`],
  "python3": (port) => ["python3", "-c", PYTHON, port],
};

const SIZES = [0, 1023, 1024, 1025, 300_000];

for (const [program, words] of Object.entries(CLIENTS)) {
  dropTest(
    `${program} saves, lists and fetches files of any size`,
    async (scene) => {
      const client = words(scene.port);
      for (const size of SIZES) await saveAndFetch(scene, client, size);
      const said = (line: string) => scene.run(client, line);
      assertEquals(
        (await said("dir\r\n")).stdout.split("\n").sort(),
        ["", ...SIZES.map((size) => `${size}.bin`)].sort(),
      );
      assertEquals((await said("quit\n")).stdout, "bye\n");
      assertMatch((await said("get none\n")).stdout, /^error: none: there is/);
      assertEquals(
        (await said("1024.bin\nnew")).stdout,
        "error: 1024.bin: exists already; choose another name\n",
      );
    },
    { programs: [program] },
  );
}

async function saveAndFetch(
  { local, box, run }: DropScene,
  client: readonly string[],
  size: number,
): Promise<void> {
  const name = `${size}.bin`;
  await makeFile(`${local}/${name}`, size);
  const save = '(printf "%s\\n" "$0"; cat "$0") | "$@"';
  const saved = await run(["sh", "-c", save, name, ...client]);
  assertEquals(saved.stdout, `saved ${name} (${size} bytes)\n`, saved.report);
  await assertSameFile(`${box}/${name}`, `${local}/${name}`);
  const fetch = 'printf "get %s\\r\\n" "$0" | "$@" >"$0.back"';
  await run(["sh", "-c", fetch, name, ...client]);
  await assertSameFile(`${local}/${name}.back`, `${local}/${name}`);
}

dropTest(
  "bash saves and fetches with nothing but /dev/tcp",
  async ({ local, box, port, run, names }) => {
    await makeFile(`${local}/a.bin`, 100_000);
    // It cannot end its side alone: it tells the size, or ends all.
    const send = `exec 3<>/dev/tcp/127.0.0.1/$0
      { echo "send $(wc -c <a.bin) sent.bin"; cat a.bin; } >&3
      head -n 1 <&3`;
    const sent = await run(["bash", "-c", send, port]);
    assertEquals(sent.stdout, "saved sent.bin (100000 bytes)\n", sent.report);
    await assertSameFile(`${box}/sent.bin`, `${local}/a.bin`);
    const drop = `{ echo dropped.bin; cat a.bin; } >/dev/tcp/127.0.0.1/$0`;
    await run(["bash", "-c", drop, port]);
    await until(() => names().includes("dropped.bin"));
    await assertSameFile(`${box}/dropped.bin`, `${local}/a.bin`);
    const get = `exec 3<>/dev/tcp/127.0.0.1/$0
      echo get sent.bin >&3; cat <&3 >back.bin`;
    await run(["bash", "-c", get, port]);
    await assertSameFile(`${local}/back.bin`, `${local}/a.bin`);
  },
  { programs: ["bash"] },
);

dropTest(
  "netcat that does not end its side is told so, and nothing is kept",
  async ({ port, run, names }) => {
    const said = await run(["nc.openbsd", "127.0.0.1", port], "a\nhalf");
    assertMatch(
      said.stdout,
      /^error: a: nothing came for 0\.75 s, .*nc has -N/,
    );
    assertEquals(names(), []);
  },
  { programs: ["nc.openbsd"], args: () => ["--idle-timeout", "1"] },
);

dropTest(
  "netcat that sends far too much is told early, and nothing is kept",
  async ({ port, run, names }) => {
    const flood = '(echo big; head -c 4G /dev/zero) | nc.openbsd -N "$@"';
    const start = performance.now();
    const said = await run(["sh", "-c", flood, "sh", "127.0.0.1", port]);
    assertMatch(said.stdout, /^error: big: larger than 64 KiB/, said.report);
    assert(performance.now() - start < 30_000);
    assertEquals(names(), []);
  },
  { programs: ["nc.openbsd"], args: () => ["--max-size", "64K"] },
);

dropTest(
  "eight netcats that save the same name at once: exactly one wins",
  async ({ port, run, content }) => {
    const client = ["nc.openbsd", "-N", "127.0.0.1", port];
    const texts = Array.from({ length: 8 }, (_, at) => String(at).repeat(9999));
    const said = await Promise.all(
      texts.map((text) => run(client, `same\n${text}`)),
    );
    const winners = said.map(({ stdout }) => stdout.startsWith("saved same "));
    assertEquals(winners.filter(Boolean).length, 1);
    assertEquals(
      new TextDecoder().decode(content("same")),
      texts[winners.indexOf(true)],
    );
  },
  { programs: ["nc.openbsd"] },
);

dropTest(
  "a Unix socket serves netcat, too",
  async ({ dropd, run }) => {
    const path = dropd.urls.find((url) => url.startsWith("unix:"))!.slice(5);
    const client = ["nc.openbsd", "-NU", path];
    assertEquals((await run(client, "a\n12")).stdout, "saved a (2 bytes)\n");
    assertEquals((await run(client, "get a\n")).stdout, "12");
  },
  {
    programs: ["nc.openbsd"],
    args: (folder) => ["--unix", `${folder}/sock`],
  },
);

/** `stampd` as a process, and foreign clients of it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withFolder } from "../net/loopback.ts";
import { run, runWell } from "./program.ts";
import { IS_COMPILED, runTool, startTool } from "./service_tool.ts";
import { foreignTest, PYTHON, STREAM_CLIENTS } from "./upper_foreign.ts";

const LOCAL = ["--listen", "127.0.0.1:0"] as const;
const CTIME =
  "\\[(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\]";

for (const { name, program, words } of STREAM_CLIENTS) {
  foreignTest(
    program,
    `stampd answers ${name}`,
    () =>
      withFolder(async (cwd) => {
        const socket = `${cwd}/socket`;
        await using server = await startTool("stampd", [
          ...LOCAL,
          ...["--unix", socket],
        ]);
        const line = words(server.ports[0]!, socket);
        const answer = await runWell(line, { cwd, stdin: "one\r\n\n\0\rtwo" });
        assertMatch(
          answer,
          new RegExp(`^${CTIME} one\\r\\n${CTIME} \\n${CTIME} \\0\\rtwo$`),
        );
      }),
  );
}

foreignTest(
  "bash",
  "stampd answers bash over /dev/tcp line by line",
  () =>
    withFolder(async (cwd) => {
      await using server = await startTool("stampd", [...LOCAL]);
      const script = `exec 3<>/dev/tcp/127.0.0.1/$0
      for word in one two three; do
        echo "$word" >&3
        IFS= read -r -t 10 -u 3 line && echo "$line"
      done`;
      const answer = await runWell(
        ["bash", "-c", script, `${server.ports[0]}`],
        { cwd },
      );
      assertMatch(
        answer,
        new RegExp(`^${CTIME} one\\n${CTIME} two\\n${CTIME} three\\n$`),
      );
    }),
);

foreignTest(
  PYTHON,
  "stampd answers a beginners' client in Python",
  () =>
    withFolder(async (cwd) => {
      await using server = await startTool("stampd", [...LOCAL]);
      const client = `from socket import *
s = socket(AF_INET, SOCK_STREAM)
s.settimeout(10)
s.connect(("127.0.0.1", ${server.ports[0]}))
s.send(b"hello\\r\\n")
print(s.recv(1024).strip().decode())
s.close()`;
      const answer = await runWell([PYTHON, "-c", client], { cwd });
      assertMatch(answer, new RegExp(`^${CTIME} hello\\n$`));
    }),
);

foreignTest(
  PYTHON,
  "stampd writes the time as Python's ctime() does",
  () =>
    withFolder(async (cwd) => {
      // Between two of Python's: the second may change meanwhile.
      const client = `import socket, time
def ask():
    s = socket.create_connection(("127.0.0.1", %d), timeout=10)
    s.sendall(b"x\\n")
    return s.recv(1024).decode()
before = time.ctime()
answer = ask()
after = time.ctime()
print(answer in ["[%%s] x\\n" %% t for t in (before, after)] or (before, answer))`;
      await using server = await startTool("stampd", [...LOCAL]);
      const script = client.replace("%d", `${server.ports[0]}`)
        .replaceAll("%%", "%");
      assertEquals(await runWell([PYTHON, "-c", script], { cwd }), "True\n");
    }),
);

foreignTest(
  "nc.openbsd",
  "stampd stamps as its options say",
  () =>
    withFolder(async (cwd) => {
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [
          ["--format", "iso8601", "--utc"],
          /^\[\d{4}-\d\d-\d\dT[\d:]{8}Z\] x\n$/,
        ],
        [["--format", "iso8601", "--zone", "+05:30"], /^\[.{19}\+05:30\] x\n$/],
        [["--format", "unix"], /^\[\d{10}\.\d{3}\] x\n$/],
        [["--since-start"], /^\[00:00:0\d\.\d{3}\] x\n$/],
        [["--delta"], /^\[00:00:0\d\.\d{3}\] x\n$/],
      ];
      for (const [options, expected] of cases) {
        await using server = await startTool("stampd", [...LOCAL, ...options]);
        const words = ["nc.openbsd", "-N", "127.0.0.1", `${server.ports[0]}`];
        assertMatch(await runWell(words, { cwd, stdin: "x\n" }), expected);
      }
    }),
);

Deno.test("stampd says in its ready line what a stamp is", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["--utc"], "(ctime, UTC)"],
    [["--format", "smtp", "--zone", "Europe/Paris"], "(smtp, Europe/Paris)"],
    [["--delta"], "(since the last line)"],
  ];
  for (const [options, about] of cases) {
    await using server = await startTool("stampd", [...LOCAL, ...options]);
    assertEquals(
      server.ready,
      `stampd ready on tcp://127.0.0.1:${server.ports[0]} ${about}`,
    );
  }
});

Deno.test("stampd refuses options that make no sense", async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["--delta", "--since-start"], "--since-start and --delta: choose one"],
    [["--max-line", "3"], "--max-line: expected a whole number from 4 to"],
    [["--zone", "Mars/Phobos"], "--zone: there is no time zone"],
    [["--listen", "unix:/x"], "--listen takes HOST:PORT"],
    [["--udp", ":1"], "unknown option --udp"],
  ];
  for (const [options, message] of cases) {
    const { stderr } = await runTool("stampd", options, { code: 2 });
    assert(stderr.includes(message), stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
});

foreignTest(
  "nc.openbsd",
  "stampd --max-line answers a long line in parts",
  () =>
    withFolder(async (cwd) => {
      await using server = await startTool("stampd", [
        ...LOCAL,
        ...["--max-line", "10", "--format", "unix"],
      ]);
      const words = ["nc.openbsd", "-N", "127.0.0.1", `${server.ports[0]}`];
      const { stdout } = await run(words, { cwd, stdin: "0123456789abc\r\n" });
      assertMatch(
        stdout,
        /^\[[\d.]+\] 0123456789\n\[[\d.]+ \+10\] abc\r\n$/,
      );
    }),
);

Deno.test("stampd serves one connection under inetd", () =>
  withFolder(async (cwd) => {
    const { stdout } = await runTool(
      "stampd",
      ["--inetd", "--format", "unix"],
      {
        cwd,
        stdin: "one\ntwo\n",
      },
    );
    assertMatch(stdout, /^\[[\d.]+\] one\n\[[\d.]+\] two\n$/);
  }));

Deno.test({
  name: "stampd needs the network permission for its address and no other",
  ignore: IS_COMPILED,
  fn: () =>
    withFolder(async (folder) => {
      const flags = ["--allow-net=127.0.0.1:0"];
      await using server = await startTool("stampd", [...LOCAL], { flags });
      using conn = await Deno.connect({
        hostname: "127.0.0.1",
        port: server.ports[0]!,
      });
      await conn.write(new TextEncoder().encode("x\n"));
      const buffer = new Uint8Array(64);
      const count = await conn.read(buffer);
      const answer = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
      assertMatch(answer, new RegExp(`^${CTIME} x\\n$`));
      const { stderr } = await runTool("stampd", [...LOCAL], {
        flags: ["--allow-net=127.0.0.1:9"],
        cwd: folder,
        code: 3,
      });
      assertEquals(
        stderr,
        "stampd: cannot serve 127.0.0.1:0: the runtime needs " +
          "--allow-net=127.0.0.1:0\n",
      );
    }),
});

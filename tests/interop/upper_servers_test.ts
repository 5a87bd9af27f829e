/** `upperc` and Python's upper-case servers. */
import { assertEquals, assertMatch } from "@std/assert";
import { runTool } from "./service_tool.ts";
import { at, foreignTest, PYTHON, pythonServer } from "./upper_foreign.ts";

/** A beginners' TCP server: it ends at an empty line, if that arrives alone. */
const COURSE_TCP = `class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        while 1:
            data = self.request.recv(1024)
            if data == b"\\r\\n" or data == b"":
                break
            self.request.send(data.upper())
`;

foreignTest(
  PYTHON,
  "upperc agrees with Python's data.upper() over TCP",
  async () => {
    await using server = await pythonServer("ThreadingTCPServer", COURSE_TCP);
    const words = ["--check", at(server.port)];
    const { stdout } = await runTool("upperc", [
      ...words,
      "MixedCase",
      "straße",
    ]);
    assertEquals(stdout, "MIXEDCASE STRAßE\n");
    const long = "all work and no play, ÿ\n".repeat(50_000);
    const { stderr } = await runTool("upperc", words, { stdin: long });
    assertMatch(stderr, /^upperc: 1250000 bytes in .* all right\n$/);
  },
);

foreignTest(
  PYTHON,
  "upperc agrees with Python's data.upper() over UDP",
  async () => {
    await using server = await pythonServer(
      "ThreadingUDPServer",
      `class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, skt = self.request
        skt.sendto(data.upper(), self.client_address)
`,
    );
    const { stdout } = await runTool("upperc", [
      "--check",
      "--udp",
      at(server.port),
    ], {
      stdin: "one\n\nstraße\nlast",
    });
    assertEquals(stdout, "ONE\n\nSTRAßE\nLAST\n");
  },
);

foreignTest(
  PYTHON,
  "upperc agrees with Python's text.upper(), which may know other letters",
  async () => {
    await using server = await pythonServer(
      "ThreadingTCPServer",
      `class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().decode().upper().encode())
`,
    );
    const words = ["--check", "--unicode", at(server.port)];
    const letters = "ß ı ﬁ ŉ ǰ ΐ ς ᾳ և ſ ÿ µ ª ა ⓐ 𐐨 \u{1fffe}\n";
    const { stdout } = await runTool("upperc", words, { stdin: letters });
    assertEquals(stdout, letters.toUpperCase());
  },
);

foreignTest(PYTHON, "upperc finds what a server strips off", async () => {
  await using server = await pythonServer(
    "ThreadingTCPServer",
    `class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().strip().upper())
`,
  );
  const { stdout } = await runTool("upperc", [at(server.port), "hello"]);
  assertEquals(stdout, "HELLO\n");
  const words = ["--check", at(server.port), "hello"];
  const { stderr } = await runTool("upperc", words, { code: 1 });
  assertEquals(
    stderr,
    "upperc: the answer ends at byte 5: expected 0x0a\n",
  );
});

foreignTest(
  PYTHON,
  "upperc says when a server ends before it has read everything",
  async () => {
    await using server = await pythonServer(
      "ThreadingTCPServer",
      `class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())
`,
    );
    const { stderr } = await runTool("upperc", [at(server.port)], {
      stdin: "line\n".repeat(3_000_000),
      code: 3,
    });
    assertMatch(stderr, /^upperc: .*(broke|closed) the connection.*\n$/);
  },
);

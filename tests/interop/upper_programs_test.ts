/** Foreign clients of `upperd`. */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "../net/loopback.ts";
import { runWell } from "./program.ts";
import { startTool } from "./service_tool.ts";
import {
  foreignTest,
  printedBy,
  PYTHON,
  STREAM_CLIENTS,
} from "./upper_foreign.ts";

const TEXT = "Hello, straße!\r\n\nno end";
const UPPER = "HELLO, STRAßE!\r\n\nNO END";

/** An `upperd` at every kind of address. */
function upperd(socket: string) {
  return startTool("upperd", [
    ...["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0"],
    ...["--unix", socket],
  ]);
}

for (const { name, program, words } of STREAM_CLIENTS) {
  foreignTest(
    program,
    `upperd answers ${name}`,
    () =>
      withFolder(async (cwd) => {
        const socket = `${cwd}/socket`;
        await using server = await upperd(socket);
        const line = words(server.ports[0]!, socket);
        assertEquals(await runWell(line, { cwd, stdin: TEXT }), UPPER);
        // More than the buffers of both systems: both directions at once.
        const long = "all work and no play\n".repeat(200_000);
        const answer = await runWell(line, { cwd, stdin: long });
        assert(answer === long.toUpperCase(), "4 MB");
      }),
  );
}

const DATAGRAM_CLIENTS: Readonly<Record<string, (port: number) => string[]>> = {
  "nc.openbsd": (port) => ["nc.openbsd", "-u", "127.0.0.1", `${port}`],
  ncat: (port) => ["ncat", "-u", "127.0.0.1", `${port}`],
  socat: (port) => ["socat", "-", `UDP:127.0.0.1:${port}`],
};

for (const [program, words] of Object.entries(DATAGRAM_CLIENTS)) {
  foreignTest(
    program,
    `upperd answers ${program} over UDP`,
    () =>
      withFolder(async (cwd) => {
        await using server = await upperd(`${cwd}/socket`);
        const line = words(server.ports[1]!);
        const { length } = UPPER;
        assertEquals(
          await printedBy(line, { cwd, stdin: TEXT, length }),
          UPPER,
        );
      }),
  );
}

// bash's own read takes a byte at a time, and only the first of a datagram.
const READS = {
  tcp: 'IFS= read -r -t 10 line; echo "$line"',
  udp: "timeout 10 dd bs=65536 count=1 status=none",
} as const;

foreignTest(
  "bash",
  "upperd answers bash over /dev/tcp and /dev/udp",
  () =>
    withFolder(async (cwd) => {
      await using server = await upperd(`${cwd}/socket`);
      for (const [at, kind] of (["tcp", "udp"] as const).entries()) {
        const script = `exec 3<>/dev/${kind}/127.0.0.1/${server.ports[at]}
        echo "hello $0" >&3
        { ${READS[kind]}; } <&3`;
        const answer = await runWell(["bash", "-c", script, kind], { cwd });
        assertEquals(answer, `HELLO ${kind.toUpperCase()}\n`);
      }
    }),
);

foreignTest(
  PYTHON,
  "upperd answers beginners' clients in Python",
  () =>
    withFolder(async (cwd) => {
      await using server = await upperd(`${cwd}/socket`);
      const udp = `from socket import *
s = socket(AF_INET, SOCK_DGRAM)
s.settimeout(10)
s.bind(("", 0))
s.sendto(b"MixedCaseString", ("127.0.0.1", ${server.ports[1]}))
data, addr = s.recvfrom(1024)
print("Recv:", data.decode())`;
      assertEquals(
        await runWell([PYTHON, "-c", udp], { cwd }),
        "Recv: MIXEDCASESTRING\n",
      );
      const tcp = `from socket import *
s = socket(AF_INET, SOCK_STREAM)
s.settimeout(10)
s.connect(("127.0.0.1", ${server.ports[0]}))
for data in "one", "two words", "":
    s.send((data + "\\r\\n").encode())
    if data == "":
        break
    print(s.recv(1024)[:-2].decode())
s.close()`;
      assertEquals(
        await runWell([PYTHON, "-c", tcp], { cwd }),
        "ONE\nTWO WORDS\n",
      );
    }),
);

foreignTest(
  PYTHON,
  "upperd agrees with Python on every byte and on fixed letters",
  () =>
    withFolder(async (cwd) => {
      const upper = `import socket, sys
port, unicode = int(sys.argv[1]), sys.argv[2] == "unicode"
letters = "ß ı i ﬁ ŉ ǰ \\u0390 ς σ ᾳ և ſ ÿ µ ª ა ⓐ 𐐨 e\\u0301 \\ufeff"
data = letters.encode() if unicode else bytes(range(256)) * 300
want = letters.upper().encode() if unicode else data.upper()
s = socket.create_connection(("127.0.0.1", port), timeout=10)
s.sendall(data)
s.shutdown(socket.SHUT_WR)
got = b""
while part := s.recv(65536):
    got += part
print("same" if got == want else (got, want))`;
      for (const casing of ["ascii", "unicode"]) {
        await using server = await startTool("upperd", [
          ...["--tcp", "127.0.0.1:0"],
          ...casing === "unicode" ? ["--unicode"] : [],
        ]);
        const words = [PYTHON, "-c", upper, `${server.ports[0]}`, casing];
        assertEquals(await runWell(words, { cwd }), "same\n");
      }
    }),
);

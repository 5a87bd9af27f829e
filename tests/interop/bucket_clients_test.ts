/** What other programs send to `bucket`. */
import { assertEquals } from "@std/assert";
import { testWith, textOf, until, withBucket } from "./bucket_scene.ts";
import { runWell } from "./program.ts";

/** How a program sends `hello`, and what then arrives. */
interface Client {
  /** Its name. */
  readonly program: string;
  /** What it is asked to do, for names of tests. */
  readonly what: string;
  /** The command line for a port. */
  words(port: number): string[];
  /** What it reads. */
  readonly stdin?: string;
  /** The texts that arrive. */
  readonly texts: readonly string[];
}

/** The first such sender of all, as programs still have it. */
const CREOSOTE = `
import socket, sys
def spew(msg, host='localhost', port=7739):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('', 0))
    while msg:
        s.sendto(msg[:1024], (host, port))
        msg = msg[1024:]
port = int(sys.argv[1])
spew(b'hello', port=port)
spew(b'x' * 1025, port=port)
`;

const CLIENTS: readonly Client[] = [
  {
    program: "nc",
    what: "its standard input",
    words: (port) => ["nc", "-u", "-w", "1", "127.0.0.1", `${port}`],
    stdin: "hello\n",
    texts: ["hello\\n"],
  },
  {
    program: "socat",
    what: "its standard input",
    words: (port) => ["socat", "-u", "-", `UDP-SENDTO:127.0.0.1:${port}`],
    stdin: "hello",
    texts: ["hello"],
  },
  {
    program: "bash",
    what: "to /dev/udp, also nothing at all",
    words: (port) => [
      ...["bash", "-c"],
      `printf hello > /dev/udp/127.0.0.1/${port}; echo there > /dev/udp/127.0.0.1/${port}`,
    ],
    texts: ["hello", "there\\n"],
  },
  {
    program: "python3",
    what: "as the first sender did, in pieces of 1,024",
    words: (port) => ["python3", "-c", CREOSOTE, `${port}`],
    texts: ["hello", "x".repeat(1024), "x"],
  },
  {
    program: "python3",
    what: "an empty datagram, and the longest",
    words: (port) => [
      ...["python3", "-c"],
      "import socket, sys\n" +
      "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n" +
      "to = ('127.0.0.1', int(sys.argv[1]))\n" +
      "s.sendto(b'', to)\n" +
      "s.sendto(b'y' * 65507, to)\n",
      `${port}`,
    ],
    texts: ["", "y".repeat(65_507)],
  },
  {
    program: "logger",
    what: "as a syslog message",
    words: (port) => [
      ...["logger", "--server", "127.0.0.1", "--udp", "--port", `${port}`],
      ...["--rfc3164", "--tag", "pump", "hello"],
    ],
    texts: ["<13>#pump: hello"],
  },
];

for (const { program, what, words, stdin = "", texts } of CLIENTS) {
  testWith(
    [program],
    `bucket takes what ${program} sends: ${what}`,
    async () => {
      await withBucket([], async (scene) => {
        await runWell(words(scene.port), { cwd: "/", stdin });
        await until(() => scene.records.length >= texts.length);
        // The time and host of a syslog message are the sender's own.
        const shown = scene.records.map((record) =>
          textOf(record).replace(/^(<13>).* (pump: )/, "$1#$2")
        );
        assertEquals(shown, texts);
      });
    },
  );
}

/**
 * The UDP classes of docs/security.md, against the servers as people run them:
 * answers that hit somebody else, that never end, or that are larger than
 * questions.
 */
import { assert, assertEquals } from "@std/assert";
import { type RunningTool, startTool } from "../interop/service_tool.ts";
import { soon } from "../ftp/helpers.ts";

const AT = { transport: "udp", hostname: "127.0.0.1" } as const;
/** Milliseconds without an answer that count as none. */
const SILENCE = 120;

/** The servers that answer datagrams. */
const SERVERS: readonly [tool: string, ...args: string[]][] = [
  ["echod", "--udp", "127.0.0.1:0"],
  ["upperd", "--udp", "127.0.0.1:0"],
  ["upperd", "--unicode", "--udp", "127.0.0.1:0"],
  ["timed", "--time", "127.0.0.1:0", "--daytime", "127.0.0.1:0"],
];

/** Ports of services that would answer an answer, and so on. */
const SERVICES = [
  ...[7, 9, 11, 13, 17, 19, 37, 53, 69, 111, 123, 137, 161, 389, 520],
  ...[1900, 5353, 11211],
];

/** Every UDP port of a server. */
function udpPorts({ urls, ports }: RunningTool): number[] {
  return ports.filter((_, at) => urls[at]!.startsWith("udp:"));
}

/** Asks from a port; the answers until there is silence. `null`: it is taken. */
async function askFrom(
  from: number,
  to: number,
  question: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array[] | null> {
  let socket: Deno.DatagramConn;
  try {
    socket = Deno.listenDatagram({ ...AT, port: from });
  } catch {
    return null;
  }
  const answers: Uint8Array[] = [];
  const receiving = (async () => {
    for await (const [bytes] of socket) answers.push(bytes.slice());
  })();
  await socket.send(question, { ...AT, port: to });
  await new Promise((resolve) => setTimeout(resolve, SILENCE));
  socket.close();
  await soon(receiving, "the end of receiving");
  return answers;
}

async function untilAnswered(port: number): Promise<void> {
  while (!(await askFrom(0, port, new Uint8Array(0)))?.length);
}

for (const [tool, ...args] of SERVERS) {
  const shown = [tool, ...args.slice(0, 1)].join(" ");

  Deno.test(`Attack U01 reflection: ${shown} answers no service's port, whoever is meant by it`, async () => {
    await using server = await startTool(tool, args);
    let tried = 0;
    for (const port of udpPorts(server)) {
      const asked = await Promise.all(
        SERVICES.map((service) => askFrom(service, port, new Uint8Array(0))),
      );
      for (const answers of asked) {
        if (answers === null) continue;
        assertEquals(answers, []);
        tried++;
      }
      // It answers others: silence is not all that it has.
      await soon(untilAnswered(port), "an answer");
    }
    assert(tried > 2, `${tried} ports of services could be had`);
  });

  Deno.test(`Attack U04 amplification: ${shown} sends one answer, and none that is larger than its question by more than a line`, async () => {
    await using server = await startTool(tool, args);
    for (const port of udpPorts(server)) {
      const questions = [0, 1, 3, 4, 25, 26, 512, 1400]
        .flatMap((size) => [new Uint8Array(size), growing(size)]);
      const asked = await Promise.all(
        questions.map((question) => askFrom(0, port, question)),
      );
      for (const [at, answers] of asked.entries()) {
        const size = answers!.reduce((sum, { length }) => sum + length, 0);
        assert(answers!.length <= 1, `${answers!.length} answers`);
        // The time and the date are short answers to nothing, and only that.
        const most = tool === "timed" ? 40 : questions[at]!.length;
        assert(size <= most, `${size} bytes for ${questions[at]!.length}`);
      }
    }
  });
}

/** Text that upper case makes three times as long, as much as fits. */
function growing(size: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode("\u0390".repeat(size >> 1));
}

Deno.test("Attack U03 loops: who tells the time answers no answer, whoever else is made to talk with it", async () => {
  const servers = await Promise.all(
    SERVERS.map(([tool, ...args]) => startTool(tool, args)),
  );
  try {
    const pairs = servers.flatMap(udpPorts).flatMap((one) =>
      udpPorts(servers.at(-1)!).flatMap((clock) => [[one, clock], [clock, one]])
    );
    await Promise.all(pairs.map(async ([one, other]) => {
      const count = await bounces(one!, other!);
      assert(count <= 3, `${one} and ${other}: ${count} answers`);
    }));
  } finally {
    for (const server of servers) await server.stop();
  }
});

/** How many answers one forged question makes two servers send each other. */
async function bounces(one: number, other: number): Promise<number> {
  let datagram = new Uint8Array(0);
  for (let count = 0; count < 8; count++) {
    const to = count % 2 === 0 ? one : other;
    const [answer] = await askFrom(0, to, datagram) ?? [];
    if (answer === undefined) return count;
    datagram = answer.slice();
  }
  return 8;
}

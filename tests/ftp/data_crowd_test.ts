import { assertEquals } from "@std/assert";
import { freePorts } from "../net/ports.ts";
import { startFtpd, tempFolders } from "./helpers.ts";

/** Clients at a time, each of an address of its own, and their transfers. */
const [CLIENTS, TRANSFERS] = [300, 3];

/** Prints how often each code ended a transfer, as JSON. */
const CROWD = `
import asyncio, collections, json, sys
port, clients, transfers = map(int, sys.argv[1:])
codes = collections.Counter()

async def reply(reader):
    while True:
        line = (await reader.readline()).decode()
        if line == "" or line[3:4] == " ":
            return line

async def client(number):
    source = (f"127.77.{number // 250}.{number % 250 + 1}", 0)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, local_addr=source)
    async def say(line):
        writer.write(line.encode() + b"\\r\\n")
        return await reply(reader)
    await reply(reader)
    for line in ("USER anonymous", "PASS x", "TYPE I"):
        await say(line)
    for _ in range(transfers):
        passive = await say("EPSV")
        if not passive.startswith("229"):
            codes[passive[:3]] += 1
            continue
        data, data_writer = await asyncio.open_connection(
            "127.0.0.1", int(passive.split("|")[3]), local_addr=source)
        await say("RETR file")
        content = await data.read(-1)
        data_writer.close()
        code = (await reply(reader))[:3]
        codes[code if content == b"for everybody" else "wrong"] += 1
    writer.close()

async def crowd():
    await asyncio.gather(*(client(number) for number in range(clients)))

asyncio.run(crowd())
print(json.dumps(codes))
`;

Deno.test("ftpd --passive-share serves 300 clients at a time on ten ports", async () => {
  const { first, last } = freePorts(10);
  await using folders = await tempFolders({ file: "for everybody" });
  await using ftpd = await startFtpd([
    ...["--listen", "127.0.0.1:0", "--quiet"],
    ...["--passive-ports", `${first}-${last}`, "--passive-share", "on"],
    folders.pub,
  ]);
  const numbers = [ftpd.ports[0], CLIENTS, TRANSFERS].map(String);
  const { stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", CROWD, ...numbers],
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(JSON.parse(text), { "226": CLIENTS * TRANSFERS });
});

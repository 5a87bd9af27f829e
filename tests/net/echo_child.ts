/**
 * An echo server in a process of its own, for tests that need narrower limits
 * or permissions: `deno run … echo_child.ts tcp|udp HOST:PORT`. Each line it
 * prints is a word and the rest: `ready ADDRESS`, `failed MESSAGE` or
 * `error WHERE: MESSAGE`. It stops when its input ends.
 *
 * @module
 */
import { writeAll } from "../../lib/bytes.ts";
import { formatHostPort, parseListenAddress } from "../../lib/net/address.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";

async function echo(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  for (let n; (n = await conn.read(buffer)) !== null;) {
    await writeAll(conn, buffer.subarray(0, n));
  }
}

function onError(error: unknown, what: string): void {
  console.log(`error ${what}: ${error}`);
}

async function main([transport, text = ""]: readonly string[]): Promise<void> {
  const address = parseListenAddress(text);
  const server = transport === "tcp"
    ? await serveTcp(echo, { listen: [address], onError })
    : await serveUdp((data) => data, {
      listen: [address as HostPort & typeof address],
      onError,
    });
  const { hostname, port } = server.addresses[0] as HostPort;
  console.log(`ready ${formatHostPort(hostname, port)}`);
  while (await Deno.stdin.read(new Uint8Array(16)) !== null);
  await server.stop();
}

if (import.meta.main) {
  await main(Deno.args).catch((error) =>
    console.log(`failed ${error.message}`)
  );
}

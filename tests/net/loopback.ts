/**
 * What the loopback tests share.
 *
 * @module
 */
import { fail } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { TcpAddress } from "../../lib/net/address.ts";
import type { TcpServer } from "../../lib/net/tcp.ts";
import { within } from "../../lib/net/wait.ts";

/** Any free port of 127.0.0.1. */
export const LOOPBACK: TcpAddress = {
  transport: "tcp",
  hostname: "127.0.0.1",
  port: 0,
};

/** Whether this machine has IPv6 on its loopback. */
export const HAS_IPV6: boolean = canListen("::1");

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Settles as `promise` does, or fails the test after 10 s. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Symbol();
  const result = await within(promise, 10_000, late);
  return result === late
    ? fail(`${what} did not happen within 10 s`)
    : result as T;
}

/** Connects to one of the addresses of `server`. */
export function connectTo(server: TcpServer, index = 0): Promise<Deno.TcpConn> {
  const address = server.addresses[index];
  if (address?.transport !== "tcp") fail("not a TCP address");
  return Deno.connect(address);
}

/** Writes all of `text`. */
export async function say(conn: Deno.Conn, text: string): Promise<void> {
  await writeAll(conn, new TextEncoder().encode(text));
}

/** Everything the peer sends until it ends. */
export function hear(conn: Deno.Conn): Promise<string> {
  return soon(readToEnd(conn), "the end of the connection");
}

async function readToEnd(conn: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer: Bytes = new Uint8Array(65_536);
  let text = "";
  for (let n; (n = await conn.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
  return text;
}

/** Runs `action` with the path of a folder that is removed afterwards. */
export async function withFolder(
  action: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-net-" });
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

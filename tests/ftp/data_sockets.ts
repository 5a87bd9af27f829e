/**
 * Data ports made of sockets without a server, and their clients.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import {
  type DataPortOptions,
  type SocketDataPorts,
  socketDataPorts,
} from "../../server/ftp/data_port.ts";
import {
  type DataConnection,
  DataPortError,
  type PassivePort,
} from "../../server/ftp/session.ts";
import { soon } from "./helpers.ts";
import { readAll } from "./raw_control.ts";

/** The address that clients connect to. */
export const HOST = "127.0.0.1";

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Runs `act` with data ports on {@linkcode HOST}, and closes them. */
export async function withPorts(
  options: Omit<DataPortOptions, "hostnames">,
  act: (ports: SocketDataPorts) => Promise<void>,
): Promise<void> {
  const ports = socketDataPorts({ hostnames: [HOST], ...options });
  try {
    await act(ports);
  } finally {
    ports.close();
    // What was pending notices a turn later.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Waits for a client of this address, as PASV does. */
export async function passive(
  ports: SocketDataPorts,
  remote: string = HOST,
): Promise<PassivePort> {
  return await ports.passive({ remote, local: HOST });
}

/** Connects, and begins with `first`. */
export async function connect(port: number, first = ""): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: HOST, port });
  await writeAll(conn, new TextEncoder().encode(first));
  return conn;
}

/** A header that names a client. */
export function headerOf(client: string): string {
  return `PROXY TCP4 ${client} 203.0.113.1 40001 50000\r\n`;
}

/** Whether the two are ends of the same connection, which is closed then. */
export async function assertJoined(
  data: DataConnection,
  conn: Deno.Conn,
): Promise<void> {
  const said = crypto.randomUUID();
  await writeAll(data, new TextEncoder().encode(said));
  data.close();
  assertEquals(await soon(readAll(conn), "the end of data"), said);
  conn.close();
}

/** Whether the server has closed a connection without a word. */
export async function assertTurnedAway(conn: Deno.Conn): Promise<void> {
  const said = readAll(conn).catch(() => ""); // A reset is no word either.
  assertEquals(await soon(said, "the end"), "");
}

/** Whether no data port is to be had, and the reply's code. */
export async function assertRefused(
  promise: Promise<unknown>,
  code: number,
): Promise<void> {
  const { reply } = await assertRejects(() => promise, DataPortError);
  assertEquals(reply.code, code);
}

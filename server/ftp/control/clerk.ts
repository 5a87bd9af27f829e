/**
 * The clerk at the control socket: tells the owner of the server how it is, and
 * does what they say.
 *
 * @module
 */

import { writeAll } from "../../../lib/bytes.ts";
import { admission } from "../../../lib/net/admission.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
import { Connections } from "../../../lib/net/connections.ts";
import { loopUntil } from "../../../lib/net/loop.ts";
import { VERSION } from "../../../lib/version.ts";
import {
  openPrivateSocket,
  type PrivateSocket,
} from "../../warden/private_socket.ts";
import type { Settings } from "../settings.ts";
import type { Clerk, Office } from "../warden/clerk.ts";
import type { ControlAnswer, ServerStatus } from "./protocol.ts";
import { type Carry, refusal, serveControl } from "./serve.ts";

/** Clients at a time. */
const MAX_CLIENTS = 8;
/** Milliseconds for the last answers, when the socket closes. */
const GRACE = 500;

/** Opens the socket that the settings name, and follows them. */
export async function controlClerk(office: Office): Promise<Clerk> {
  const since = Date.now();
  const carry = carrier(office, since);
  let now = await open(office.settings.control, carry);
  let next: Open | null = null;
  let path = office.settings.control;
  return {
    async check({ control }: Settings) {
      await next?.close();
      next = control === path ? null : await open(control, carry);
    },
    async change({ control }: Settings) {
      if (control === path) return;
      await now?.close();
      [now, next, path] = [next, null, control];
    },
    async close() {
      await next?.close();
      await now?.close();
    },
  };
}

/** A socket, and those who are connected to it. */
interface Open {
  close(): Promise<void>;
}

async function open(
  path: string | undefined,
  carry: Carry,
): Promise<Open | null> {
  if (path === undefined) return null;
  const socket = await openPrivateSocket(path);
  return attend(socket, carry);
}

function attend(socket: PrivateSocket, carry: Carry): Open {
  const closing = new AbortController();
  const connections = new Connections({
    handler: (conn) => serveControl(conn, carry, () => closeQuietly(conn)),
    admission: admission({ max: MAX_CLIENTS }),
    onRefused: (conn) => writeAll(conn, FULL),
  });
  const accept = async () => connections.take(await socket.listener.accept());
  const accepting = loopUntil(closing.signal, accept, { onError() {} });
  return {
    async close() {
      closing.abort();
      socket.close();
      await accepting;
      await connections.drain(GRACE);
    },
  };
}

const FULL = new TextEncoder().encode(
  `${JSON.stringify(refusal("too many clients; try again later"))}\n`,
);

function carrier(office: Office, since: number): Carry {
  return async (request): Promise<ControlAnswer> => {
    switch (request.do) {
      case "who":
      case "stats":
        return { ok: true, status: await statusOf(office, since) };
      case "kick":
        return await office.kick(request.session)
          ? { ok: true }
          : refusal(`there is no session ${request.session}`);
      case "unban":
        return office.unban(request.address)
          ? { ok: true }
          : refusal(`${request.address} is not banned`);
      case "drain":
        office.log.info("draining");
        office.drain();
        return { ok: true };
    }
  };
}

async function statusOf(office: Office, since: number): Promise<ServerStatus> {
  const { draining, deaths, reloads } = office;
  const survey = await office.survey();
  return {
    ...{ version: VERSION, now: Date.now(), since, draining, deaths },
    reloads: { ...reloads },
    bans: office.bans().map(({ address, until }) => ({
      address,
      left: Math.max(0, Math.round(until - performance.now())),
    })),
    survey,
  };
}

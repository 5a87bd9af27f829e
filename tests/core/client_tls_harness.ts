/**
 * Clients that want TLS, and how they fail.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import type { ConnectOptions } from "../../client/ftp/options.ts";
import type { ClientTlsChoice } from "../../client/ftp/tls.ts";
import { manualClock, systemClock } from "../../lib/clock.ts";
import { type FakeTls, fakeTls } from "./client_fake_tls.ts";
import { type Peer, SERVER } from "./client_peer.ts";

/** Further attempts that come at once. */
export const RETRIES: Pick<ConnectOptions, "retries" | "retryDelay" | "clock"> =
  { retries: 2, retryDelay: 1, clock: systemClock };

/** TLS that is asked for, made by `fake`. */
export function explicit(
  fake: FakeTls = fakeTls(),
  more: Partial<ClientTlsChoice> = {},
): ClientTlsChoice {
  return { mode: "explicit", connect: fake.connect, ...more };
}

/** How connecting failed. */
export interface Failure {
  error: Error;
  peer: Peer;
  fake: FakeTls;
}

/** What becomes of connecting, again and again, where that must not help. */
export async function failure(
  peer: Peer,
  more: Partial<ClientTlsChoice> = {},
  options: Partial<ConnectOptions> = {},
): Promise<Failure> {
  const fake = fakeTls();
  const { network } = peer;
  const clock = manualClock();
  const client = FtpClient.connect({
    ...SERVER,
    network,
    clock,
    tls: explicit(fake, more),
    retries: 3,
    ...options,
  });
  const error = await client.then((client) => client.login())
    .then(() => {}, (error) => error);
  await client.then((client) => client.close(), () => {});
  assert(error instanceof Error, "it must fail");
  assert(peer.controls.every(({ isClosed }) => isClosed), "control left open");
  assertEquals(fake.made.map(({ closed }) => closed), fake.made.map(() => 1));
  assertEquals(clock.sleeping, 0);
  return { error, peer, fake };
}

/** That the failure is TLS's, said once, and final. */
export function assertTls({ error, peer }: Failure, part: string): void {
  assert(error instanceof NetworkError, String(error));
  assertEquals([error.kind, error.transient], ["tls", false]);
  assertStringIncludes(error.message, part);
  assertEquals(error.message.split("\n").length, 1);
  assertEquals(peer.controls.length, 1, "it must not be tried again");
}

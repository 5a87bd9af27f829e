/**
 * A look at a server's clock over UDP.
 *
 * An answer does not say to which question it is one. So every try has a socket
 * of its own, and what arrives there was asked no earlier than that try.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import {
  DATAGRAM_BUFFER,
  type DatagramLink,
  openDatagrams,
} from "../service/datagram_link.ts";
import { noReply } from "../service/errors.ts";
import { addressesOf } from "../service/resolve.ts";
import type { UdpTarget } from "../service/target.ts";
import type { Look, LookOptions } from "./look.ts";
import { type Span, startWatch } from "./watch.ts";

/** How often the question is sent, evenly over the time-out. */
const TRIES = 3;
const NOTHING: Bytes = new Uint8Array();

/** The same as `look()`, for UDP. */
export async function lookByDatagram(
  target: UdpTarget,
  options: Omit<LookOptions, "isWhole">,
): Promise<Look> {
  const { timeout, signal } = options;
  const end = performance.now() + timeout;
  const addresses = await addressesOf(target, { timeout, signal });
  const links: DatagramLink[] = [];
  const first = Promise.withResolvers<Look>();
  first.promise.catch(() => {}); // A socket may fail when nobody waits for it.
  const ask = async (hostname: string) => {
    const link = openDatagrams(target, hostname);
    links.push(link);
    const watch = startWatch();
    await link.send(NOTHING);
    receive(link, options, watch).then(
      (got) => first.resolve({ ...got, target: { ...target, hostname } }),
      first.reject,
    );
  };
  try {
    for (let left = TRIES; left > 0; left--) {
      signal?.throwIfAborted();
      await ask(addresses[(TRIES - left) % addresses.length]!);
      const patience = Math.max(1, (end - performance.now()) / left);
      const found = await within(first.promise, patience, null, { signal });
      if (found !== null) return found;
    }
    signal?.throwIfAborted();
    throw noReply(target, timeout);
  } finally {
    for (const link of links) link.close();
  }
}

/** The first datagram that comes from the server. */
async function receive(
  link: DatagramLink,
  { maxLength }: Pick<LookOptions, "maxLength">,
  watch: () => Span,
): Promise<Omit<Look, "target">> {
  const buffer = new Uint8Array(DATAGRAM_BUFFER);
  for (;;) {
    const { data, isPeer } = await link.receive(buffer);
    if (isPeer) return { answer: data.slice(0, maxLength), ...watch() };
  }
}

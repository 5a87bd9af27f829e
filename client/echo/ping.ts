/**
 * Measures an echo server: any of RFC 862, over TCP, UDP or a Unix socket.
 *
 * @module
 */

import { systemClock } from "../../lib/clock.ts";
import { ServiceError } from "../service/errors.ts";
import { formatTarget, type Target } from "../service/target.ts";
import { type Channel, openChannel } from "./channel.ts";
import { createPayloads } from "./payload.ts";
import {
  DEFAULT_SIZE,
  DEFAULT_TIMEOUT,
  sessionPlan,
  type SessionWorld,
} from "./plan.ts";
import { type PingResult, resultOf } from "./result.ts";
import { Session } from "./session.ts";
import { checkPingOptions, type PingOptions } from "./ping_options.ts";
import { type SizeRow, sizesOf } from "./sizes.ts";
import { Tally } from "./tally.ts";

const MOST_OVER_IPV4 = 65_507;
const MOST_OVER_IPV6 = 65_527;

/**
 * Sends probes, checks every byte that comes back, and says what it comes to.
 * Memory does not grow with the number of probes.
 *
 * The time of a probe counts from when it was due, also when the one before
 * kept it waiting (see docs/echo.md).
 *
 * @throws {ServiceError} when the server cannot be reached. One that goes away
 * later is in the result's `failure`. {RangeError} for options that make no
 * sense; what `onStart` and `onEvent` throw.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { ping } from "./ping.ts";
 * await using server = await serveUdp((data) => data, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 * });
 * const { hostname, port } = server.addresses[0]!;
 * const result = await ping(
 *   { transport: "udp", hostname, port },
 *   { count: 3, interval: 10 },
 * );
 * console.assert(result.sent === result.received + result.lost);
 * ```
 */
export async function ping(
  target: Target,
  options: PingOptions = {},
): Promise<PingResult> {
  checkPingOptions(options);
  const sizes = sizesOf(options.size ?? DEFAULT_SIZE, options.count);
  const channels = await openAll(target, sizes, options);
  const { remote, connectTime } = channels[0]!;
  const broken = new AbortController();
  const world = worldOf(sizes, options, broken);
  const resultNow = (failure: ServiceError | null) =>
    resultOf({ target, remote, connectTime, world, failure });
  const onStart = guarded(options.onStart, broken);
  onStart?.({ remote, connectTime, snapshot: () => resultNow(null) });
  const failures = await Promise.all(channels.map((channel, index) => {
    const plan = sessionPlan(options, sizes, { channel, index });
    return new Session(channel, plan, world).run();
  }));
  broken.signal.throwIfAborted();
  checkSums(world.tally);
  return resultNow(failures.find((failure) => failure !== null) ?? null);
}

/** Numbers that contradict each other are worse than none. */
function checkSums({ counts: { sent, received, lost, late } }: Tally): void {
  if (sent === received + lost && late <= lost) return;
  const sums = `${sent} sent, ${received} received, ${lost} lost, ${late} late`;
  throw new Error(`These do not add up, please report it: ${sums}`);
}

/** Opens all connections, or none. */
async function openAll(
  target: Target,
  sizes: SizeRow,
  options: PingOptions,
): Promise<Channel[]> {
  const { connections = 1, timeout = DEFAULT_TIMEOUT, signal } = options;
  const { open = openChannel } = options;
  const channels: Channel[] = [];
  try {
    while (channels.length < connections) {
      channels.push(await open(target, { timeout, signal }));
      checkSizes(target, channels[0]!, sizes);
    }
    return channels;
  } catch (error) {
    for (const channel of channels) channel.close();
    throw error;
  }
}

function checkSizes(
  target: Target,
  { kind, remote }: Channel,
  { smallest, largest }: SizeRow,
): void {
  const [most, family] = remote.startsWith("[")
    ? [MOST_OVER_IPV6, "IPv6"]
    : [MOST_OVER_IPV4, "IPv4"];
  const where = formatTarget(target);
  if (kind === "datagram" && largest > most) {
    throw new ServiceError(
      "size",
      `cannot send ${largest} bytes to ${where}: a datagram over ${family} ` +
        `holds at most ${most}`,
    );
  }
  if (kind === "stream" && smallest === 0) {
    throw new ServiceError(
      "size",
      `cannot send 0 bytes to ${where}: only a datagram can be empty`,
    );
  }
}

/** What the caller's function throws ends the run, which then throws it. */
function guarded<A>(
  tell: ((about: A) => void) | undefined,
  broken: AbortController,
): ((about: A) => void) | undefined {
  if (tell === undefined) return undefined;
  return (about) => {
    try {
      tell(about);
    } catch (error) {
      broken.abort(error);
    }
  };
}

function worldOf(
  { largest }: SizeRow,
  options: PingOptions,
  broken: AbortController,
): SessionWorld {
  const { clock = systemClock, onEvent, signal } = options;
  const [session] = crypto.getRandomValues(new Uint32Array(1));
  return {
    clock,
    began: clock.now(),
    payloads: createPayloads(session!, largest),
    tally: new Tally(guarded(onEvent, broken)),
    signal: signal ? AbortSignal.any([signal, broken.signal]) : broken.signal,
  };
}

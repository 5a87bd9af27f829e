/**
 * Everything that is measured of servers, without TLS and with it, in the order
 * in which it runs.
 *
 * @module
 */

import type { Load } from "./load.ts";
import type { Case } from "./server_case.ts";
import { busyCases } from "./server_busy_cases.ts";
import { crowdCases } from "./server_crowd_cases.ts";
import { listingCases } from "./server_listing_cases.ts";
import { loginCases } from "./server_login_cases.ts";
import { slowCases } from "./server_slow_cases.ts";
import { smallCases } from "./server_small_cases.ts";
import { startCases } from "./server_start_cases.ts";
import { transferCases, transferTlsCases } from "./server_transfer_cases.ts";

const GIB = 2 ** 30;
const GB = 1e9;

/** Every case without TLS; `quick` makes files small and few. */
export function serverCases(quick: boolean): Case[] {
  return [
    ...transferCases(quick),
    ...smallCases(quick),
    ...slowCases(),
    ...loginCases(quick),
    ...crowdCases(quick),
    ...busyCases(),
    ...listingCases(quick),
    ...startCases(),
  ];
}

/** Every case over TLS. */
export function serverTlsCases(quick: boolean): Case[] {
  return [
    ...transferTlsCases(quick),
    ...smallCases(quick, true),
    ...slowCases(true),
    ...loginCases(quick, true),
    ...crowdCases(quick, true),
  ];
}

/**
 * How fast the client takes one stream that no server slows down, in GB/s;
 * with TLS it needs a file with a certificate and its key.
 */
export async function ceiling(load: Load, ...pem: string[]): Promise<number> {
  const size = pem.length > 0 ? GIB / 4 : GIB;
  return size / GB / await load.run("ceiling", size, ...pem);
}

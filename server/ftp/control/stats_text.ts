/**
 * What `ftpd stats` prints: what was counted since the server started.
 *
 * @module
 */

import { formatBytes, formatDuration } from "../../../lib/terminal/format.ts";
import type { Counters } from "../operations/counters.ts";
import type { ServerStatus } from "./protocol.ts";
import { tableText } from "./who_text.ts";

/** A line for each thing that is counted. */
export function statsText(status: ServerStatus): string {
  const { survey, now, since, reloads } = status;
  const { counters, sessions, workers } = survey;
  return tableText([
    ["version", status.version],
    ["up", formatDuration((now - since) / 1000)],
    ["state", status.draining ? "draining" : "serving"],
    ["workers", `${workers.length} now, ${status.deaths} died`],
    ["reloads", `${reloads.ok} done, ${reloads.failed} failed`],
    ["sessions", `${sessions.length} now, ${counters.sessions} in all`],
    ["log-ins", `${counters.logins.ok} good, ${counters.logins.failed} failed`],
    ["refused", listed(counters.refusals)],
    ["bans", String(counters.bans)],
    ...status.bans.map(({ address, left }) => [
      "banned",
      `${address} for ${formatDuration(left / 1000)} more`,
    ]),
    ["kicked", String(counters.kicked)],
    ["downloads", transfersOf(counters, "download")],
    ["uploads", transfersOf(counters, "upload")],
    ["listings", transfersOf(counters, "listing")],
    ["worst lag", `${Math.max(0, ...workers.map(({ lag }) => lag))} ms`],
  ]);
}

function transfersOf(
  { transfers, bytes }: Counters,
  way: "download" | "upload" | "listing",
): string {
  const { complete, aborted, failed } = transfers[way];
  return `${complete} complete, ${aborted} aborted, ${failed} failed; ` +
    formatBytes(bytes[way]);
}

function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`);
  return parts.length > 0 ? parts.join(", ") : "none";
}

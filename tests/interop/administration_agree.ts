/**
 * Whether everything that a server tells of what happened tells the same: its
 * metrics, log, xferlog, hook and control socket.
 *
 * @module
 */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { sampleOf, until } from "../ftp/operations_tool.ts";
import {
  type Administration,
  type Event,
  HAS_TLS,
} from "./administration_scene.ts";

/** How many transfers of each result there must have been. */
export interface Counts {
  /** Complete, aborted, failed. */
  upload: readonly [number, number, number];
  /** The same. */
  download: readonly [number, number, number];
  /** Failed logins. */
  failedLogins: number;
  /** Transfers with TLS, at least; none where there is no TLS. */
  secure: number;
}

/** Where the log's verbs, the xferlog's letter and the metrics' label meet. */
const WAYS = {
  upload: { verbs: /^(STOR|APPE|STOU)$/, letter: "i" },
  download: { verbs: /^RETR$/, letter: "o" },
} as const;
const RESULTS = ["complete", "aborted", "failed"];

/** Compares all of them with each other, and with what clients did. */
export async function agree(
  scene: Administration,
  counts: Counts,
): Promise<void> {
  const logins = (await scene.logged("login")).length;
  assertGreater(logins, 4);
  const told = await allTold(scene, logins, counts);
  const text = await scene.metrics();
  const of = (name: string) => sampleOf(text, `wharf_ftpd_${name}`) ?? 0;
  const transfers = await scene.logged("transfer");
  for (const way of ["upload", "download"] as const) {
    const ended = transfers.filter(({ verb }) =>
      WAYS[way].verbs.test(String(verb))
    );
    const results = RESULTS.map((result) => {
      const inLog = ended.filter((it) => it.result === result).length;
      const labels = `direction="${way}",result="${result}"`;
      assertEquals(of(`transfers_total{${labels}}`), inLog, labels);
      return inLog;
    });
    assertEquals(results, [...counts[way]]);
    await sameBytes(scene, way, ended, told(way), of);
  }
  const secure = transfers.filter(({ tls }) => tls !== undefined);
  assert(secure.length >= (HAS_TLS ? counts.secure : 0));
  await sameSessions(scene, logins, counts, of);
}

/** Waits for every event of the hook; those of a kind. */
async function allTold(
  scene: Administration,
  logins: number,
  { upload, download }: Counts,
): Promise<(name: string) => Event[]> {
  const wanted = [upload[0], download[0], logins, 1];
  const total = sum(wanted);
  await until(() => scene.told.length >= total || undefined, "all events");
  const told = (name: string) =>
    scene.told.filter(({ event }) => event === name);
  const names = ["upload", "download", "login", "ban"];
  assertEquals(names.map((name) => told(name).length), wanted);
  assertEquals(new Set(scene.told.map(({ id }) => id)).size, total);
  return told;
}

async function sameBytes(
  scene: Administration,
  way: keyof typeof WAYS,
  ended: readonly Event[],
  told: readonly Event[],
  of: (name: string) => number,
): Promise<void> {
  // From behind, because a day below 10 has one blank more before it.
  const lines = (await scene.moved()).map((line) => line.split(" ").reverse())
    .filter((fields) => fields[6] === WAYS[way].letter);
  const complete = ended.filter(({ result }) => result === "complete");
  assertEquals(lines.length, ended.length);
  assertEquals(lines.filter(([last]) => last === "c").length, complete.length);
  const bytes = sum(ended.map(({ bytes }) => bytes));
  assertEquals(sum(lines.map((fields) => fields[10])), bytes);
  assertEquals(of(`transfer_bytes_total{direction="${way}"}`), bytes);
  const [inHook, inLog] = [told, complete].map((events) =>
    events.map(({ session, path, bytes }) => `${session} ${path} ${bytes}`)
      .sort()
  );
  assertEquals(inHook, inLog);
}

async function sameSessions(
  scene: Administration,
  logins: number,
  { failedLogins }: Counts,
  of: (name: string) => number,
): Promise<void> {
  const times = async (event: string) => (await scene.logged(event)).length;
  assertEquals(of('logins_total{result="ok"}'), logins);
  assertEquals(of('logins_total{result="failed"}'), failedLogins);
  assertEquals(await times("login-failed"), failedLogins);
  assertEquals(of("sessions_total"), await times("connected"));
  assertEquals(of('refusals_total{reason="banned"}'), await times("refused"));
  assertEquals([of("bans_total"), await times("banned")], [1, 1]);
  assertEquals(of("sessions_kicked_total"), 1);
  assertEquals(of('reloads_total{result="ok"}'), await times("reloaded"));
  assertEquals(of('reloads_total{result="failed"}'), 1);
  assertEquals(of("log_lines_lost_total"), 0);
  const { survey } = JSON.parse(await scene.ask("stats", "--json"));
  assertEquals(survey.counters.logins, { ok: logins, failed: failedLogins });
}

function sum(numbers: readonly unknown[]): number {
  return numbers.reduce<number>((total, number) => total + Number(number), 0);
}

/** What the kernel dropped, as Linux tells. */
import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import {
  kernelDrops,
  type ProcessView,
  watchKernelDrops,
} from "../../server/services/bucket/kernel_drops.ts";

const HEADING =
  "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";

function row(inode: number, drops: number): string {
  return ` 1021: 0100007F:1E3B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0000000000000000 ${drops}`;
}

/** A process with sockets 11 and 12, on a machine that has 13, too. */
function viewOf(drops: { 11: number; 12: number }): ProcessView {
  return {
    files: () => ["/dev/null", "socket:[11]", "pipe:[13]", "socket:[12]", ""],
    read: (path) =>
      path === "/proc/net/udp"
        ? [HEADING, row(11, drops[11]), row(13, 99), ""].join("\n")
        : [HEADING, row(12, drops[12]), ""].join("\n"),
  };
}

Deno.test("kernelDrops() tells of this process's sockets, IPv4 and IPv6", () => {
  const drops = kernelDrops(viewOf({ 11: 7, 12: 3 }));
  assertEquals([...drops ?? []], [["11", 7], ["12", 3]]);
});

Deno.test("kernelDrops() does without IPv6, and is null where nobody says", () => {
  const view = viewOf({ 11: 7, 12: 3 });
  const withoutIpv6: ProcessView = {
    ...view,
    read(path) {
      if (path.endsWith("6")) throw new Deno.errors.NotFound();
      return view.read(path);
    },
  };
  assertEquals([...kernelDrops(withoutIpv6) ?? []], [["11", 7]]);
  const blind: ProcessView = {
    files: () => [],
    read() {
      throw new Deno.errors.NotFound();
    },
  };
  assertEquals(kernelDrops(blind), null);
  // This test has no permission to read anything.
  assertEquals(kernelDrops(), null);
});

Deno.test("watchKernelDrops() tells what is new, when there is something new", async () => {
  const clock = manualClock();
  const drops = { 11: 0, 12: 5 };
  const told: [fresh: number, total: number][] = [];
  const stop = new AbortController();
  const watching = watchKernelDrops({
    ...{ signal: stop.signal, clock, view: viewOf(drops) },
    onDrops: (fresh, total) => told.push([fresh, total]),
  });
  await clock.advance(1000);
  assertEquals(told, []);
  drops[11] = 2;
  await clock.advance(1000);
  drops[11] = 3;
  drops[12] = 9;
  await clock.advance(2000);
  stop.abort();
  await watching;
  assertEquals(told, [[2, 2], [5, 7]]);
});

Deno.test("watchKernelDrops() ends at once where nobody says", async () => {
  await watchKernelDrops({
    signal: new AbortController().signal,
    onDrops: () => {},
  });
});

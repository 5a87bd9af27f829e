import { assertEquals } from "@std/assert";
import type { SignalSource } from "../../lib/cli.ts";
import { onHangUp } from "../../server/warden/hang_up.ts";

/** Listens on a source of our own; `hang` sends the signal. */
function listening(hasTerminal: () => boolean) {
  const calls: string[] = [];
  const handlers = new Map<string, () => void>();
  const source: SignalSource = {
    addSignalListener: (name, handler) => void handlers.set(name, handler),
    removeSignalListener: (name) => void handlers.delete(name),
  };
  const stop = onHangUp({
    reload: () => calls.push("reload"),
    leave: () => calls.push("leave"),
  }, { source, hasTerminal });
  return { calls, stop, hang: () => handlers.get("SIGHUP")?.() };
}

Deno.test("onHangUp() without a terminal reloads, each time", () => {
  const { calls, hang, stop } = listening(() => false);
  hang();
  hang();
  assertEquals(calls, ["reload", "reload"]);
  stop();
  hang();
  assertEquals(calls.length, 2);
});

Deno.test("onHangUp() reloads while the terminal is there, and leaves with it", () => {
  let isThere = true;
  const { calls, hang } = listening(() => isThere);
  hang();
  isThere = false;
  hang();
  assertEquals(calls, ["reload", "leave"]);
});

import { assertEquals } from "@std/assert";
import type { SignalSource } from "../../lib/cli.ts";
import { holdHangUp } from "../../server/warden/held_hang_up.ts";

Deno.test("holdHangUp() keeps what comes before somebody says what to do, and does it once", () => {
  let tell = () => {};
  const source: SignalSource = {
    addSignalListener: (_name, listener) => tell = listener,
    removeSignalListener: () => tell = () => {},
  };
  const done: string[] = [];
  {
    using held = holdHangUp({ source, hasTerminal: () => false });
    tell();
    tell();
    assertEquals(done, []);
    held.pass({
      reload: () => done.push("reload"),
      leave: () => done.push("leave"),
    });
    assertEquals(done, ["reload"]);
    tell();
    assertEquals(done, ["reload", "reload"]);
  }
  tell();
  assertEquals(done.length, 2);
});

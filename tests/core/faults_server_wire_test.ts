import { assertEquals } from "@std/assert";
import { everyCall, usualOf } from "./faults_every_call.ts";
import { Fuse, systemError } from "./faults_fuse.ts";
import { play } from "./faults_session.ts";
import type { Tolerance } from "./faults_verdict.ts";

const usual = await usualOf("wire");

/** TLS takes its time to end when the other end says nothing. */
const AT_ONCE = 400;

/** Without its control connection a session is over; any other goes on. */
function mayEnd(victim: string): Tolerance {
  return { ends: victim.endsWith(" control") };
}

for (const code of ["ECONNRESET", "EMFILE"]) {
  Deno.test(`whatever call of a connection fails with ${code}, nothing is left open or half`, async () => {
    const fault = { how: "fail", error: () => systemError(code) } as const;
    assertEquals(
      await everyCall(usual, fault, { may: mayEnd, atOnce: AT_ONCE }),
      [],
    );
  });
}

Deno.test("whatever call of a connection fails after it was done, nothing is left open or half", async () => {
  const fault = {
    how: "fail-late",
    error: () => systemError("ECONNRESET"),
  } as const;
  assertEquals(
    await everyCall(usual, fault, { may: mayEnd, atOnce: AT_ONCE }),
    [],
  );
});

Deno.test("whatever call of a connection never ends, time-outs end it and leave nothing open", async () => {
  const limits = { idleTimeout: 50, loginTimeout: 50, dataTimeout: 25 };
  // How long a data connection may take to come is for its port to know.
  const only = (call: string) => call !== "listen" && !call.startsWith("conn");
  const options = { may: { ends: true }, limits, atOnce: AT_ONCE, only };
  assertEquals(await everyCall(usual, { how: "hang" }, options), []);
});

for (const most of [1, 7]) {
  Deno.test(`connections that move ${most} bytes at a time do everything`, async () => {
    for (const { scenario, played: normal } of usual) {
      const options = { faulty: "wire", most } as const;
      const played = await play(scenario, new Fuse(), options);
      assertEquals(played, normal, scenario.name);
    }
  });
}

import { assertEquals } from "@std/assert";
import { everyCall, usualOf } from "./faults_every_call.ts";
import { Fuse, refusal, SYSTEM_CODES } from "./faults_fuse.ts";
import { play } from "./faults_session.ts";
import type { FtpClient } from "./ftp_harness.ts";
import { wrongWith } from "./faults_verdict.ts";

const usual = await usualOf("files");

Deno.test("every scenario of faults works when nothing goes wrong", () => {
  for (const { scenario, played, before } of usual) {
    const evidence = { scenario, usual: played, before, played };
    assertEquals(wrongWith(evidence), [], scenario.name);
    const last = played.replies.at(-1);
    assertEquals(/^(2|426 and 226)/.test(last ?? ""), true, `${last}`);
  }
});

for (const code of SYSTEM_CODES) {
  Deno.test(`whatever call of the file system fails with ${code}, a session stays whole`, async () => {
    assertEquals(await everyCall(usual, refusal(code)), []);
  });
}

Deno.test("whatever call of the file system fails after it was done, a session stays whole", async () => {
  const fault = refusal("EIO", "fail-late");
  assertEquals(await everyCall(usual, fault, { may: { done: true } }), []);
});

Deno.test("whatever call of the file system fails with a mistake of ours, a session stays whole", async () => {
  const fault = { how: "fail", error: () => new TypeError("mistake") } as const;
  assertEquals(await everyCall(usual, fault, { may: { mistakes: true } }), []);
});

/** What a client does that waits for what hangs. */
const IMPATIENCE: Readonly<Record<string, (client: FtpClient) => void>> = {
  "ends its connection": (client) => client.control.end(),
  "resets its connections": (client) => {
    client.control.reset();
    client.ports.at(-1)?.conn.reset();
  },
  "says ABOR": (client) => client.command("ABOR"),
};

for (const [what, whenBlown] of Object.entries(IMPATIENCE)) {
  Deno.test(`whatever call of the file system takes long, a client that ${what} leaves nothing open`, async () => {
    const options = { may: { ends: true }, whenBlown };
    assertEquals(await everyCall(usual, { how: "hang" }, options), []);
  });
}

for (const most of [1, 7]) {
  Deno.test(`a file system that moves ${most} bytes at a time does everything`, async () => {
    for (const { scenario, played: normal } of usual) {
      const options = { faulty: "files", most } as const;
      const played = await play(scenario, new Fuse(), options);
      assertEquals(played, normal, scenario.name);
    }
  });
}

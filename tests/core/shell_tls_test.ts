import { assert, assertEquals, assertRejects } from "@std/assert";
import { oneShotVerb } from "../../client/ftp/shell/dispatch.ts";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import { runOneShot } from "../../client/ftp/shell/one_shot.ts";
import { verbTool } from "../../client/ftp/shell/options.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { parseOptions, UsageError } from "../../lib/cli.ts";
import type { Answers } from "./client_peer.ts";
import type { ShellStage } from "./shell_harness.ts";
import {
  asked,
  BOOKMARKS,
  FINGERPRINT,
  GOING,
  PIN,
  run,
  URL,
  withTls,
} from "./shell_tls.ts";

const LOGIN = "USER anonymous";
const PRIVATE = ["AUTH TLS", LOGIN, "PBSZ 0", "PROT P"];

Deno.test("open asks for TLS before it says who logs in", async () => {
  await withTls({}, async (stage) => {
    await run(stage, `open --pin ${PIN} ${URL}`);
    assertEquals(asked(stage.peer), PRIVATE);
    assertEquals(stage.peer.inClear, ["AUTH TLS"]);
    const line = "Connected to ftpes://anonymous@192.0.2.1\n";
    assert(stage.said.err.endsWith(line), stage.said.err);
  });
});

const SAME: readonly (readonly string[])[] = [
  [`open --tls --pin ${PIN} 192.0.2.1`],
  [`open --tls --pin ${PIN} ftp://192.0.2.1`],
  ["set tls explicit", `open --pin ${PIN} 192.0.2.1`],
  ["set tls implicit", `open --pin ${PIN} ${URL}`],
  [`bookmark add nas --pin ${PIN} ${URL}`, "open nas"],
  [`bookmark add nas --pin ${PIN} ${URL}`, "set tls off", "connect nas"],
  [`bookmark add nas ${URL}`, `open --pin ${PIN} nas`],
];

for (const lines of SAME) {
  Deno.test(`${lines.join("; ")} asks for TLS, too`, async () => {
    await withTls({}, async (stage) => {
      await run(stage, ...lines);
      assertEquals(asked(stage.peer), PRIVATE);
    });
  });
}

Deno.test("open never goes on in clear when the server has no TLS", async () => {
  await withTls({ answers: { AUTH: "502 What?" } }, async (stage) => {
    const line = `open --insecure ${URL}`;
    const error = await assertRejects(() => run(stage, line));
    assertEquals(failureOf(error).kind, "tls");
    assertEquals(asked(stage.peer), ["AUTH TLS", "AUTH SSL"]);
    assertEquals(stage.shell.state.site, null);
  });
});

Deno.test("open says what --clear-data is for, and then does without", async () => {
  const answers = { PROT: "536 No" };
  await withTls({ answers }, async (stage) => {
    const line = `open --pin ${PIN} ${URL}`;
    const error = await assertRejects(() => run(stage, line));
    const { kind, message } = failureOf(error);
    assertEquals(kind, "tls");
    assert(message.endsWith("; --clear-data leaves them unprotected"), message);
    stage.peer.on("PROT", "200 OK");
    await run(stage, `open --clear-data --ccc --pin ${PIN} ${URL}`);
    assertEquals(asked(stage.peer).slice(-3), ["PBSZ 0", "PROT C", "CCC"]);
  });
});

Deno.test("open refuses options of TLS without TLS before anything is sent", async () => {
  await withTls({}, async (stage) => {
    for (
      const line of [
        `open --pin ${PIN} ftp://192.0.2.1`,
        "open --insecure 192.0.2.1",
        `open --tls ftps://192.0.2.1`,
        `open --tls --tls-implicit 192.0.2.1`,
        `open --pin sha256:12 ${URL}`,
        `bookmark add nas --pin ${PIN} ftp://192.0.2.1`,
      ]
    ) await assertRejects(() => run(stage, line), UsageError);
    assertEquals(stage.peer.dialled, []);
    assertEquals(stage.machine.texts.size, 0);
  });
});

Deno.test("implicit TLS leads to port 990, unless another one is named", async () => {
  await withTls({ tls: { terms: { insecure: true } } }, async (stage) => {
    const lines = ["ftps://192.0.2.1", "--tls-implicit 192.0.2.1"];
    for (const line of lines) {
      stage.peer.refusals.push(new Error("nobody is there"));
      await assertRejects(() => run(stage, `open ${line}`));
    }
    assertEquals(stage.peer.dialled.map(({ port }) => port), [990, 990]);
    stage.peer.implicit = true;
    await run(stage, "open --tls-implicit 192.0.2.1 21");
    assertEquals(stage.peer.inClear, []);
    assertEquals(asked(stage.peer), [LOGIN, "PBSZ 0", "PROT P"]);
  });
});

Deno.test("without TLS on this machine, URLs and options that need it end in one line", async () => {
  const missing = "TLS needs Deno 2.9 or later; this program runs on 2.7";
  await withTls({ tls: { missing } }, async (stage) => {
    for (const line of [`open ${URL}`, "open ftps://a", "open --tls a"]) {
      const error = await assertRejects(() => run(stage, line));
      assertEquals(failureOf(error), {
        kind: "usage",
        exitCode: 2,
        message: missing,
      });
    }
    assertEquals(stage.peer.dialled, []);
    await run(stage, "open 192.0.2.1");
    assertEquals(asked(stage.peer), [LOGIN]);
  });
});

Deno.test("bookmark add keeps how the connection is protected, but no trust in anybody", async () => {
  await withTls({ json: true }, async (stage) => {
    await run(
      stage,
      `open --tls --pin ${PIN} --clear-data ftp://192.0.2.1`,
      "bookmark add pinned",
      `open --tls --insecure 192.0.2.1`,
      "bookmark add careless",
      "bookmark list",
    );
    const where = "ftpes://anonymous@192.0.2.1";
    assertEquals(
      stage.machine.texts.get(BOOKMARKS),
      `pinned --pin ${PIN} --clear-data ${where}\ncareless ${where}\n`,
    );
    const hint = `bookmark add --pin ${PIN} keeps this certificate`;
    assert(stage.said.err.includes(hint), stage.said.err);
    assertEquals(stage.records(), [
      { name: "pinned", url: where, pins: [PIN], clearData: true },
      { name: "careless", url: where },
    ]);
  });
});

Deno.test("user logs in as somebody else as privately as before", async () => {
  await withTls({}, async (stage) => {
    await run(stage, `open --pin ${PIN} ${URL}`, "user bob hush");
    const [auth, , ...rest] = PRIVATE;
    assertEquals(asked(stage.peer), [...PRIVATE, auth, "USER bob", ...rest]);
  });
});

Deno.test("status shows protocol, cipher and certificate", async () => {
  await withTls({}, async (stage) => {
    await run(stage, `open --pin ${PIN} ${URL}`, "status");
    const { out } = stage.said;
    const lines = [
      "Protected by TLSv1.3, FAKE",
      `Certificate:  ${FINGERPRINT}, ${PIN} (pinned)`,
    ];
    assert(out.includes(`\n${lines.join("\n")}\nFolder there`), out);
  });
});

Deno.test("status says whether data connections resume the session, to programs, too", async () => {
  const answers: Answers = {
    RETR: async (_, peer) => {
      peer.say("150 Here");
      const options = { certificate: FINGERPRINT, resumed: true };
      const data = await peer.secureData(options);
      data.send("x");
      data.closeNotify();
      peer.data.end();
      return "226 Done";
    },
    SIZE: "213 1",
  };
  await withTls({ answers, json: true }, async (stage) => {
    await run(stage, `open --ccc --insecure ${URL}`, "status");
    const [{ tls }] = stage.records() as [{ tls: Record<string, unknown> }];
    assertEquals(tls, {
      mode: "explicit",
      protocol: "TLSv1.3",
      cipher: "FAKE",
      name: FINGERPRINT,
      fingerprint: PIN,
      trust: "anybody",
      commands: "clear",
      data: "private",
      resumed: null,
    });
    stage.said.out = "";
    await run(stage, "cat a", "status");
    const [status] = stage.records() as [{ tls: { resumed: boolean } }];
    assertEquals(status.tls.resumed, true);
  });
});

Deno.test("trace shows how the connection is protected", async () => {
  await withTls({ settings: { trace: "on" } }, async (stage) => {
    await run(stage, `open --pin ${PIN} ${URL}`);
    const line = `* TLSv1.3, FAKE, ${PIN}\n`;
    assert(stage.said.err.includes(line), stage.said.err);
  });
});

Deno.test("changing a setting of TLS says that it counts from the next open on", async () => {
  await withTls({}, async (stage) => {
    await run(stage, `open --pin ${PIN} ${URL}`, "set tls off", "set ccc on");
    assert(stage.said.err.includes("tls counts from the next open on\n"));
    assert(stage.said.err.includes("ccc counts from the next open on\n"));
  });
});

/** Does what stands on the command line behind `ftp`. */
async function ftp({ shell }: ShellStage, ...args: string[]): Promise<void> {
  const { verb, args: rest } = oneShotVerb(VERBS, args)!;
  const { options, positionals, given } = parseOptions(verbTool(verb), rest);
  const call = { options, args: positionals, given, signal: GOING };
  await runOneShot(shell, verb, call);
}

Deno.test("verbs on the command line take the options of TLS", async () => {
  await withTls({}, async (stage) => {
    const { peer } = stage;
    await ftp(stage, "rm", "--tls", "--pin", PIN, "ftp://192.0.2.1/a")
      .catch(() => {}); // This server removes nothing.
    assertEquals(asked(peer), PRIVATE);
    const before = peer.dialled.length;
    for (
      const args of [
        ["rm", "--tls", "ftps://192.0.2.1/a"],
        ["rm", "--insecure", "ftp://192.0.2.1/a"],
        ["rm", "--insecure", `${URL}/a`, "ftp://192.0.2.1/a"],
        ["rm", "--pin", "nonsense", `${URL}/a`],
      ]
    ) await assertRejects(() => ftp(stage, ...args), UsageError);
    assertEquals(peer.dialled.length, before);
  });
});

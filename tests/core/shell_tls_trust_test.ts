import { assert, assertEquals, assertRejects } from "@std/assert";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import type { Answers } from "./client_peer.ts";
import {
  asked,
  BOOKMARKS,
  FINGERPRINT,
  PIN,
  run,
  strangersTls,
  type TlsStage,
  URL,
  withTls,
} from "./shell_tls.ts";
import { fakeTerminal } from "./terminal_harness.ts";

const PRIVATE = ["AUTH TLS", "USER anonymous", "PBSZ 0", "PROT P"];

Deno.test("a certificate that is not trusted is one line with every way out", async () => {
  await withTls({}, async (stage) => {
    const error = await assertRejects(() => run(stage, `open ${URL}`));
    assertEquals(failureOf(error), {
      kind: "connect",
      exitCode: 3,
      message: "No TLS with 192.0.2.1:21: the server's certificate is signed " +
        `by itself; if its owner confirms that it is the right one: --pin ` +
        `${PIN}; otherwise --cacert FILE names its authority, and --insecure ` +
        `trusts anybody`,
    });
    assertEquals(asked(stage.peer), ["AUTH TLS"]);
  });
});

Deno.test("a certificate that is not the pinned one is no reason to trust anybody", async () => {
  await withTls({}, async (stage) => {
    const other = `sha256:${"0".repeat(64)}`;
    const line = `open --pin ${other} ${URL}`;
    const error = await assertRejects(() => run(stage, line));
    const { message } = failureOf(error);
    assert(message.endsWith(`that it has a new one: --pin ${PIN}`), message);
    assert(!message.includes("--insecure"), message);
  });
});

Deno.test("what a bookmark pins counts more than the command line's trust in anybody", async () => {
  const { connect, made } = strangersTls();
  const tls = { connect, terms: { insecure: true } };
  await withTls({ tls }, async (stage) => {
    await run(stage, `bookmark add nas --pin ${PIN} ${URL}`, "open nas");
    await run(stage, `open ${URL}`);
    const [minVersion, maxVersion] = ["TLSv1.2", "TLSv1.3"];
    assertEquals(made.map(({ trust }) => trust as unknown), [
      { pins: [FINGERPRINT], minVersion, maxVersion },
      { insecure: true, minVersion, maxVersion },
    ]);
  });
});

/** Somebody who is asked, and types `answer`. */
async function askedOpen(
  answer: string,
  { unasked = false, options = "" }: { unasked?: boolean; options?: string },
  check: (stage: TlsStage, opened: boolean) => void | Promise<void>,
): Promise<void> {
  const fake = fakeTerminal({ columns: 200 });
  const { terminal } = fake;
  await withTls({ terminal, access: { unasked } }, async (stage) => {
    fake.send(answer);
    const line = `open ${options} ftpes://anonymous@192.0.2.1`;
    const opened = run(stage, line);
    await check(stage, await opened.then(() => true, () => false));
  });
}

Deno.test("who types is asked about a certificate that nobody vouches for", async () => {
  await askedOpen("y\r", {}, async (stage, opened) => {
    assert(opened);
    const warning = `ftp: warning: the server's certificate is signed by ` +
      `itself; it is ${PIN}\n`;
    assert(stage.said.err.startsWith(warning), stage.said.err);
    assertEquals(asked(stage.peer).slice(1), PRIVATE);
    await run(stage, "bookmark add nas");
    const kept = `nas --pin ${PIN} ftpes://anonymous@192.0.2.1\n`;
    assertEquals(stage.machine.texts.get(BOOKMARKS), kept);
  });
  for (const no of ["n\r", "\r"]) {
    await askedOpen(no, {}, (stage, opened) => {
      assert(!opened);
      assertEquals(asked(stage.peer), ["AUTH TLS"]);
    });
  }
});

Deno.test("nobody is asked about a certificate in a script, or when it is not the pinned one", async () => {
  const pinned = `--pin sha256:${"0".repeat(64)}`;
  for (const situation of [{ unasked: true }, { options: pinned }]) {
    await askedOpen("y\r", situation, (stage, opened) => {
      assert(!opened);
      assertEquals(asked(stage.peer), ["AUTH TLS"]);
    });
  }
});

Deno.test("open says where else TLS may be when nobody is at port 990", async () => {
  await withTls({}, async (stage) => {
    const refused = Object.assign(new Error(), { name: "ConnectionRefused" });
    const message = async (url: string) => {
      stage.peer.refusals.push(refused);
      const error = await assertRejects(() => run(stage, `open ${url}`));
      return failureOf(error).message;
    };
    const advice = "; if this server has to be asked for TLS, --tls or " +
      "ftpes:// does so";
    const there = await message("ftps://bob:x@192.0.2.1");
    assert(there.endsWith(`192.0.2.1:990: connection refused${advice}`), there);
    const named = await message("ftps://bob:x@192.0.2.1:991");
    assert(named.endsWith("connection refused"), named);
  });
});

const ADVICE: readonly [
  url: string,
  answers: Answers,
  advice: string | null,
][] = [
  ["ftp://bob:x@192.0.2.1", {
    USER: "530 Non-anonymous sessions must use encryption.",
  }, "--tls, or ftpes://, protects the connection"],
  ["ftp://bob:x@192.0.2.1", {
    USER: "421 Sorry, cleartext sessions are not accepted.",
  }, "--tls, or ftpes://, protects the connection"],
  ["ftp://bob:x@192.0.2.1", { USER: "550 SSL/TLS required" }, "--tls, or"],
  ["ftp://bob:x@192.0.2.1", { USER: "530 No such user." }, null],
];

for (const [url, answers, advice] of ADVICE) {
  const said = answers.USER as string;
  Deno.test(`open says what to do about ${said}`, async () => {
    await withTls({ answers }, async (stage) => {
      const error = await assertRejects(() => run(stage, `open ${url}`));
      const { message } = failureOf(error);
      if (advice === null) assert(message.endsWith(said), message);
      else assert(message.includes(`; ${advice}`), message);
    });
  });
}

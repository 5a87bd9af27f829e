import { assertEquals, assertStringIncludes } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import type { CertificateWatch } from "../../server/ftp/tls/certificate_watch.ts";
import { findIdentity, watchOf } from "../../server/ftp/tls/identity.ts";
import { readRequest } from "../../server/ftp/options.ts";
import type { TlsMaterial } from "../../server/ftp/tls/settings.ts";
import {
  certOf,
  DAY,
  examine,
  keyOf,
  MemoryFiles,
  NOW,
} from "./ftp_tls_files.ts";

const CERT = "/c/a.pem";
const KEY = "/c/a.key";
const ARGS = ["--tls-cert", CERT, "--tls-key", KEY, "/srv"];
/** Longer than from one look to the next, in milliseconds. */
const LOOK = 5001;

interface Watching {
  files: MemoryFiles;
  watch: CertificateWatch;
  /** Names that were handed on, one for each change. */
  changes: string[];
  log: string[];
  /** Lets time pass. */
  wait(ms?: number): Promise<void>;
  /** What the log said since the last time. */
  said(): string[];
}

/** Watches the certificate of `a`. */
async function watching(
  act: (watching: Watching) => Promise<void>,
  { days, every = 5000 }: { days?: number; every?: number } = {},
): Promise<void> {
  const files = new MemoryFiles({ [CERT]: certOf("a", days ?? 365) });
  files.put(KEY, keyOf("a"));
  const clock = manualClock();
  const now = () => NOW + clock.now();
  const { settings } = readRequest(ARGS, { lack: null });
  const identity = await findIdentity(
    { ...settings, tls: settings.tls! },
    { files, examine, now, env: () => undefined },
    { check: false },
  );
  const log: string[] = [];
  const write = (line: string) => log.push(line);
  const watch = watchOf(identity, identity.certificates!, {
    log: createLog({ format: "text", write, now: () => new Date(now()) }),
    ...{ clock, now, every },
  });
  const stop = new AbortController();
  const changes: string[] = [];
  const running = watch.run(
    (material) => changes.push(nameOf(material)),
    stop.signal,
  );
  try {
    await act({
      ...{ files, watch, changes, log },
      wait: (ms = LOOK) => clock.advance(ms),
      said: () => log.splice(0).map((line) => line.slice(25).trimEnd()),
    });
  } finally {
    stop.abort();
    await running;
    assertEquals(clock.sleeping, 0);
  }
}

function nameOf({ certificates: [own] }: TlsMaterial): string {
  return own!.cert.split("\n")[1]!.split(" ")[0]!;
}

Deno.test("CertificateWatch ends although a file system does not answer", () =>
  watching(async ({ files, watch, wait }) => {
    const asked = Promise.withResolvers<void>();
    files.look = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    watch.reload();
    await wait();
    await asked.promise;
  }));

Deno.test("CertificateWatch tells each time that a file can't be looked at", () =>
  watching(async ({ files, wait, said }) => {
    const look = files.look.bind(files);
    for (const _ of ["first", "second"]) {
      files.look = () => Promise.reject(new Error("no way there"));
      await wait();
      assertEquals(said(), []);
      await wait();
      assertEquals(said().length, 1);
      await wait();
      files.look = look;
      await wait();
      assertEquals(said(), []);
    }
  }));

Deno.test("CertificateWatch says nothing while nothing changes", () =>
  watching(async ({ files, wait, changes, log }) => {
    const reads = files.reads.length;
    await wait(60_000);
    assertEquals([changes, log, files.reads.length], [[], [], reads]);
  }));

Deno.test("CertificateWatch hands on a new certificate and says so in one line", () =>
  watching(async ({ files, watch, wait, changes, said }) => {
    files.put(CERT, certOf("b"));
    files.put(KEY, keyOf("b"));
    await wait();
    assertEquals(changes, ["b"]);
    assertEquals(nameOf(watch.material), "b");
    assertEquals(said(), [
      `certificates fingerprint=sha256:b-${NOW + 365 * DAY} names=b ` +
      "until=2027-11-21",
    ]);
    await wait(60_000);
    assertEquals([changes, said()], [["b"], []]);
  }));

Deno.test("CertificateWatch waits for the second half of a pair", () =>
  watching(async ({ files, watch, wait, changes, said }) => {
    files.put(CERT, certOf("b"));
    await wait();
    assertEquals([changes, nameOf(watch.material)], [[], "a"]);
    files.put(KEY, keyOf("b"));
    await wait();
    assertEquals(changes, ["b"]);
    assertEquals(said().length, 1);
  }));

Deno.test("CertificateWatch tells of bad files once, and changes nothing", () =>
  watching(async ({ files, watch, wait, changes, said }) => {
    files.put(CERT, "nonsense");
    await wait();
    assertEquals(said(), []);
    await wait(60_000);
    const [line, ...more] = said();
    assertEquals(more, []);
    assertStringIncludes(line!, "WARN certificates-refused");
    assertStringIncludes(line!, `cannot use ${CERT} with ${KEY}: there is no`);
    assertStringIncludes(line!, "the certificates stay as they were");
    files.put(CERT, "more nonsense");
    await wait(60_000);
    assertEquals(said().length, 1);
    assertEquals([changes, nameOf(watch.material)], [[], "a"]);
    files.put(CERT, certOf("a"));
    await wait(60_000);
    assertEquals([changes, said()], [[], []]);
  }));

Deno.test("CertificateWatch tells of a file that has gone, and takes it when it is back", () =>
  watching(async ({ files, wait, changes, said }) => {
    files.files.delete(KEY);
    await wait(60_000);
    assertStringIncludes(said().join(), `cannot read ${KEY}: there is no such`);
    files.put(CERT, certOf("b"));
    files.put(KEY, keyOf("b"));
    await wait();
    assertEquals(changes, ["b"]);
  }));

Deno.test("CertificateWatch.reload() looks at once, and always tells", () =>
  watching(async ({ files, watch, wait, changes, said }) => {
    watch.reload();
    await wait(0);
    assertEquals(changes, []);
    assertStringIncludes(said().join(), "certificates fingerprint=sha256:a-");
    files.put(CERT, certOf("b"));
    watch.reload();
    await wait(0);
    assertStringIncludes(said().join(), "the key is another one's");
    watch.reload();
    await wait(0);
    assertStringIncludes(said().join(), "the key is another one's");
    files.put(KEY, keyOf("b"));
    watch.reload();
    await wait(0);
    assertEquals(changes, ["b"]);
    assertEquals(said().length, 1);
  }));

Deno.test("CertificateWatch takes a file that was only touched in silence", () =>
  watching(async ({ files, wait, changes, said }) => {
    files.put(CERT, certOf("a"));
    await wait(60_000);
    assertEquals([changes, said()], [[], []]);
  }));

Deno.test("CertificateWatch refuses a file that a link puts into a served folder", () =>
  watching(async ({ files, watch, wait, changes, said }) => {
    files.links.set(KEY, "/srv/a.key");
    files.put(CERT, certOf("b"));
    files.put(KEY, keyOf("b"));
    watch.reload();
    await wait(0);
    assertEquals(changes, []);
    assertStringIncludes(said().join(), `${KEY} is in /srv, which is served`);
  }));

Deno.test("CertificateWatch warns once a day that a certificate ends", () =>
  watching(async ({ files, wait, said }) => {
    await wait(0.9 * DAY);
    assertEquals(said(), []);
    await wait(0.2 * DAY);
    const told = said();
    assertEquals(told.length, 1);
    assertStringIncludes(told[0]!, "WARN certificate reason=");
    assertStringIncludes(told[0]!, "expires on 2026-12-01, in 9 days");
    await wait(2 * DAY);
    assertEquals(said().length, 2);
    files.put(CERT, certOf("a", 365));
    await wait(2 * DAY);
    assertEquals(said().length, 1);
  }, { days: 10, every: DAY / 24 }));

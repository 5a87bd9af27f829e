import { assert, assertEquals, assertRejects } from "@std/assert";
import { commandLineTls } from "../../client/ftp/shell/command_line_tls.ts";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import type { ShellTls } from "../../client/ftp/shell/shell.ts";
import type { TlsValues } from "../../client/ftp/tls_options.ts";
import { UsageError } from "../../lib/cli.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { testCertificates } from "../tls_certificates.ts";
import { type FakeMachine, fakeMachine } from "./shell_machine.ts";

const MISSING = noTls();

/** A test of options that are about TLS, where there is TLS. */
function tlsTest(name: string, action: () => Promise<void>): void {
  Deno.test({
    name: MISSING === null ? name : `${name} (skipped: ${MISSING})`,
    ignore: MISSING !== null,
    fn: action,
  });
}

/** What came of reading a command line. */
interface Read {
  readonly tls: ShellTls;
  /** Files of authorities that the runtime was told of. */
  readonly told: (string | null)[];
  readonly warnings: string[];
}

/** Reads a command line on a machine with these files. */
async function read(
  values: TlsValues,
  files: Readonly<Record<string, string>> = {},
  change: Partial<FakeMachine> = {},
): Promise<Read> {
  const told: (string | null)[] = [];
  const warnings: string[] = [];
  const machine: FakeMachine = {
    ...fakeMachine(),
    trustAlso: (path) => told.push(path) > 0,
    readText: (path) => Promise.resolve(files[path] ?? null),
    ...change,
  };
  const given = new Set(Object.keys(values));
  const output = { warn: (text: string) => void warnings.push(text) };
  const tls = await commandLineTls(values, given, { machine, output });
  return { tls, told, warnings };
}

Deno.test("commandLineTls() reads nothing when nothing is asked", async () => {
  const { tls, told, warnings } = await read({});
  assertEquals([tls.terms, tls.trust], [{}, {}]);
  assertEquals(told, [null]);
  assertEquals(warnings, []);
});

tlsTest("commandLineTls() hands authorities to the runtime", async () => {
  const { ca, server } = await testCertificates();
  const both = `Two of them:\n${ca.cert}\n${server.cert}`;
  const { tls, told, warnings } = await read({ cacert: "ca.pem" }, {
    "ca.pem": both,
  });
  assertEquals(tls.trust, {});
  assertEquals(told, ["ca.pem"]);
  assertEquals(warnings, []);
});

tlsTest(
  "commandLineTls() says what it costs when the runtime may not be told",
  async () => {
    const { ca } = await testCertificates();
    const files = { "ca.pem": ca.cert };
    const forbidden = { trustAlso: () => false };
    const { tls, warnings } = await read(
      { cacert: "ca.pem" },
      files,
      forbidden,
    );
    assertEquals(tls.trust, { ca: ca.cert });
    assertEquals(warnings.length, 1);
    assert(warnings[0]!.includes("--allow-env=NODE_EXTRA_CA_CERTS"));
  },
);

tlsTest(
  "commandLineTls() reads our certificate and its key, from one file or two",
  async () => {
    const { cert, key } = (await testCertificates()).client;
    const two = await read({ cert: "c.pem", key: "k.pem" }, {
      "c.pem": cert,
      "k.pem": key,
    });
    assertEquals(two.tls.trust.certificate?.cert, cert);
    assertEquals(two.tls.trust.certificate?.key, key.trim());
    for (const text of [cert + key, key + cert]) {
      const { tls, warnings } = await read({ cert: "c.pem" }, {
        "c.pem": text,
      });
      assertEquals(tls.trust.certificate, { cert: text, key: key.trim() });
      assertEquals(warnings, []);
    }
  },
);

tlsTest("commandLineTls() warns of a key that others can read", async () => {
  const { cert, key } = (await testCertificates()).client;
  const files = { "c.pem": cert + key };
  const open = { openToOthers: () => Promise.resolve(true) };
  const { warnings } = await read({ cert: "c.pem" }, files, open);
  assertEquals(warnings, ["others can read c.pem; chmod 600 ends that"]);
});

tlsTest("commandLineTls() warns once of trust in anybody", async () => {
  const { tls, warnings } = await read({ tls: true, insecure: true });
  assertEquals(tls.terms.insecure, true);
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.startsWith("--insecure: "));
});

tlsTest(
  "commandLineTls() refuses files that are of no use, in one line",
  async () => {
    const { ca, client, server } = await testCertificates();
    const damaged = ca.cert.replace("\nMI", "\nAA");
    const rows: readonly (readonly [
      values: TlsValues,
      files: Record<string, string>,
      message: string,
    ])[] = [
      [{ cacert: "a" }, {}, "Cannot read a: there is no such file"],
      [{ cacert: "a" }, { a: "" }, "Cannot use a: it has no certificate (PEM)"],
      [
        { cacert: "a" },
        { a: client.key },
        "Cannot use a: it has no certificate (PEM)",
      ],
      [
        { cacert: "a" },
        { a: damaged },
        "Cannot use a: it has a damaged certificate",
      ],
      [{ cert: "a" }, {}, "Cannot read a: there is no such file"],
      [
        { cert: "a" },
        { a: client.cert },
        "Cannot use a: it has no private key; --key FILE names it",
      ],
      [
        { cert: "a", key: "b" },
        { a: client.cert },
        "Cannot read b: there is no such file",
      ],
      [
        { cert: "a", key: "b" },
        { a: client.cert, b: ca.cert },
        "Cannot use b: it has no private key",
      ],
      [
        { cert: "a", key: "b" },
        { a: client.key, b: client.key },
        "Cannot use a: it has no certificate (PEM)",
      ],
      [
        { cert: "a", key: "b" },
        { a: client.cert, b: server.key },
        "Cannot use b: the key does not belong to the certificate",
      ],
    ];
    for (const [values, files, message] of rows) {
      const error = await assertRejects(() => read(values, files));
      const expected = { kind: "local", exitCode: 9, message };
      assertEquals(failureOf(error) as unknown, expected);
    }
  },
);

tlsTest("commandLineTls() says which flag lets it read a file", async () => {
  const cause = Object.assign(
    new Error('Requires read access to "a", run again with the flag'),
    { name: "NotCapable" },
  );
  const readText = () => Promise.reject(cause);
  const error = await assertRejects(() =>
    read({ cacert: "a" }, {}, { readText })
  );
  const { kind, message } = failureOf(error);
  assertEquals(kind, "permission");
  assert(message.endsWith("allow it with --allow-read=a"), message);
});

tlsTest(
  "commandLineTls() refuses contradictions before it reads anything",
  async () => {
    const readText = () => Promise.reject(new Error("it was read"));
    const both = { cacert: "a", insecure: true };
    await assertRejects(() => read(both, {}, { readText }), UsageError);
  },
);

Deno.test({
  name: "commandLineTls() refuses every option where there is no TLS" +
    (MISSING === null ? " (skipped: this runtime has it)" : ""),
  ignore: MISSING === null,
  fn: async () => {
    await assertRejects(() => read({ tls: true }), UsageError, MISSING!);
    await assertRejects(() => read({ cacert: "a" }), UsageError, MISSING!);
  },
});

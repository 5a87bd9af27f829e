import { assert, assertEquals, assertMatch } from "@std/assert";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { explained } from "../../lib/net/tls/words.ts";

/** What comes of the runtime's words. */
function said(message: string, code = ""): TlsError {
  const error = explained(Object.assign(new Error(message), { code }));
  assert(error instanceof TlsError);
  return error;
}

/** Every alert there is (RFC 8446 section 6), as the runtime calls it. */
const ALERTS = [
  "UnexpectedMessage",
  "BadRecordMac",
  "RecordOverflow",
  "HandshakeFailure",
  "BadCertificate",
  "UnsupportedCertificate",
  "CertificateRevoked",
  "CertificateExpired",
  "CertificateUnknown",
  "IllegalParameter",
  "UnknownCA",
  "AccessDenied",
  "DecodeError",
  "DecryptError",
  "ProtocolVersion",
  "InsufficientSecurity",
  "InternalError",
  "InappropriateFallback",
  "UserCanceled",
  "MissingExtension",
  "UnsupportedExtension",
  "UnrecognisedName",
  "CertificateRequired",
  "NoApplicationProtocol",
];

Deno.test("explained() has words of its own for every alert", () => {
  for (const alert of ALERTS) {
    const { message } = said(`received fatal alert: ${alert}`);
    assert(!message.includes(alert) && !message.includes("fatal"), message);
    assertMatch(message, /^[^\n]{20,}$/, alert);
  }
});

Deno.test("explained() tells certificates from the rest", () => {
  const problems = ALERTS.filter((alert) =>
    said(`received fatal alert: ${alert}`).problem === "certificate"
  );
  assertEquals(problems, [
    "BadCertificate",
    "UnsupportedCertificate",
    "CertificateRevoked",
    "CertificateExpired",
    "CertificateUnknown",
    "UnknownCA",
    "AccessDenied",
    "CertificateRequired",
  ]);
});

Deno.test("explained() has words of its own for what the runtime finds", () => {
  const cases: [string, string, string][] = [
    [
      "TLS accept error: received corrupt message of type InvalidContentType",
      "handshake",
      "the other end does not speak TLS here, or what it sent is damaged",
    ],
    [
      "received corrupt message of type UnknownProtocolVersion",
      "handshake",
      "the other end does not speak TLS here, or what it sent is damaged",
    ],
    [
      "received unexpected message: got ApplicationData when expecting Handshake",
      "handshake",
      "the other end does not speak TLS here, or what it sent is damaged",
    ],
    [
      "peer is incompatible: SupportedVersionsExtensionRequired",
      "handshake",
      "no version of TLS in common with the other end",
    ],
    [
      "peer is incompatible: NoCipherSuitesInCommon",
      "handshake",
      "no cipher or key exchange in common with the other end",
    ],
    [
      "cannot decrypt peer's message",
      "handshake",
      "what the other end sent was changed on the way",
    ],
    [
      "peer sent no certificates",
      "certificate",
      "the client shows no certificate",
    ],
    [
      "peer doesn't support any known protocol",
      "handshake",
      "the other end wants another protocol than FTP (ALPN)",
    ],
    [
      "peer misbehaved: TooManyRenegotiationRequests",
      "handshake",
      "the other end breaks the rules of TLS",
    ],
    [
      "Client network socket disconnected before secure TLS connection was established",
      "closed",
      "the other end closed the connection during the TLS handshake",
    ],
  ];
  for (const [message, problem, words] of cases) {
    const error = said(message);
    assertEquals([error.problem, error.message], [problem, words]);
  }
});

Deno.test("explained() shows what nobody foresaw, in one harmless line", () => {
  const error = said("some\nthing \x1b[2J new", "ERR_NEW");
  assertEquals(
    [error.problem, error.message, error.code],
    ["handshake", "TLS failed: some\\nthing \\x1b[2J new", "ERR_NEW"],
  );
  assert(error.cause instanceof Error);
});

Deno.test("explained() leaves errors alone that say enough", () => {
  for (
    const error of [
      new TlsError("certificate", "no"),
      new Deno.errors.Interrupted("connection closed"),
    ]
  ) assertEquals(explained(error), error);
});

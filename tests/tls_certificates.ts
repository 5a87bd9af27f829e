/**
 * Certificates for tests of TLS, made once in each process.
 *
 * @module
 */
import { lazy } from "../lib/lazy.ts";
import {
  type CertificateAndKey,
  type CertificateOptions,
  createCertificate,
} from "../lib/x509.ts";

/** Every kind that tests need. All but `ca` and `selfSigned` are signed. */
export interface TestCertificates {
  /** The authority that signed all others but `selfSigned` and the stranger's. */
  readonly ca: CertificateAndKey;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: CertificateAndKey;
  /** For the same names, signed by itself. */
  readonly selfSigned: CertificateAndKey;
  /** For the same names, until yesterday. */
  readonly expired: CertificateAndKey;
  /** For the same names, from tomorrow on. */
  readonly notYet: CertificateAndKey;
  /** For wrong.example only. */
  readonly wrongName: CertificateAndKey;
  /** Of the client alice. */
  readonly client: CertificateAndKey;
  /** Of a client alice, signed by an authority that nobody knows. */
  readonly strangerClient: CertificateAndKey;
}

const DAY = 86_400_000;
const NAMES = ["localhost", "127.0.0.1", "::1"];

/** The certificates, the same ones each time. */
export const testCertificates: () => Promise<TestCertificates> = lazy(make);

async function make(): Promise<TestCertificates> {
  const [ca, stranger] = await Promise.all([
    authority("Wharf test authority"),
    authority("Wharf test stranger"),
  ]);
  const by = (options: CertificateOptions, issuer = ca) =>
    createCertificate({ issuer, ...options });
  const alice: CertificateOptions = {
    names: [],
    commonName: "alice",
    purpose: "client",
  };
  const [server, selfSigned, expired, notYet, wrongName] = await Promise.all([
    by({ names: NAMES }),
    createCertificate({ names: NAMES }),
    by({ names: NAMES, from: daysFromNow(-30), until: daysFromNow(-1) }),
    by({ names: NAMES, from: daysFromNow(1) }),
    by({ names: ["wrong.example"] }),
  ]);
  const client = await by(alice);
  const strangerClient = await by(alice, stranger);
  return {
    ca,
    server,
    selfSigned,
    expired,
    notYet,
    wrongName,
    client,
    strangerClient,
  };
}

function authority(commonName: string): Promise<CertificateAndKey> {
  return createCertificate({ names: [], commonName, authority: true });
}

/** A moment so many days from now; before now when negative. */
export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY);
}

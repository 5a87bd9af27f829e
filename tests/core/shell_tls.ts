/**
 * The frame of tests of the shell with TLS, whose server shows a certificate
 * that nobody vouches for.
 *
 * @module
 */

import { runLine } from "../../client/ftp/shell/run_line.ts";
import type { ShellTls } from "../../client/ftp/shell/shell.ts";
import {
  type ClientTls,
  TlsError,
  type TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { type FakeTls, fakeTls } from "./client_fake_tls.ts";
import { type Answers, Peer } from "./client_peer.ts";
import {
  HOME,
  type ShellStage,
  type StageOptions,
  withShell,
} from "./shell_harness.ts";
/** The server's certificate. */
export const FINGERPRINT: string = "ab".repeat(32);

/** TLS without secrets, with a server whose certificate nobody vouches for. */
export function strangersTls(): FakeTls {
  const { made, connect } = fakeTls();
  return {
    made,
    connect: async (host, trust, options) => {
      const tls = await connect(host, trust, options);
      const control: ClientTls["control"] = (stream, signal) =>
        tls.control(stream, signal).catch((error) => {
          throw error instanceof TlsError ? distrust(error, trust) : error;
        });
      return { ...tls, control };
    },
  };
}

/** In the words of the real one. */
function distrust({ peer }: TlsError, { pins }: TrustOptions): TlsError {
  return pins === undefined
    ? new TlsError(
      "certificate",
      "the server's certificate is signed by itself",
      { code: "DEPTH_ZERO_SELF_SIGNED_CERT", peer },
    )
    : new TlsError(
      "certificate",
      "the server's certificate is not the pinned one",
      { code: "PIN", peer },
    );
}

/** Nobody cancels. */
export const GOING: AbortSignal = new AbortController().signal;
/** The file of bookmarks. */
export const BOOKMARKS: string = `${HOME}/.config/wharf/ftp_bookmarks`;
/** The certificate's pin. */
export const PIN: string = `sha256:${FINGERPRINT}`;
/** The server, with TLS. */
export const URL: string = "ftpes://192.0.2.1";
/** What a test of TLS in the shell has. */
export interface TlsStage extends ShellStage {
  /** The server. */
  readonly peer: Peer;
}

/** Options for {@linkcode withTls}. */
export interface TlsStageOptions extends Omit<StageOptions, "tls"> {
  /** What the command line says. */
  tls?: Partial<ShellTls>;
  /** How the server answers. */
  answers?: Answers;
}

/** Runs `action` with a shell whose server may know TLS. */
export async function withTls(
  { answers = {}, ...options }: TlsStageOptions,
  action: (stage: TlsStage) => Promise<void>,
): Promise<void> {
  const peer = new Peer({
    CCC: (_, peer) => {
      peer.say("200 In clear");
      return peer.leaveTls();
    },
    ...answers,
  });
  peer.tls = { certificate: FINGERPRINT };
  const tls = { connect: strangersTls().connect, ...options.tls };
  const settings = { retries: 0, ...options.settings };
  const base = { connected: false, env: { HOME }, ...options };
  const all = { ...base, settings, peer, tls };
  await withShell(all, (stage) => action({ ...stage, peer }));
}

/** Runs lines, as they are typed. */
export async function run(
  { shell }: ShellStage,
  ...lines: string[]
): Promise<void> {
  for (const line of lines) await runLine(shell, line, GOING);
}

/** What was said to the server, but for who logs in and what it can. */
export function asked({ commands }: Peer): string[] {
  return commands.filter((line) => /^(AUTH|PBSZ|PROT|CCC|USER)/.test(line));
}

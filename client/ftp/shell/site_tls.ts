/**
 * TLS with one server: what is agreed, and what comes of it.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import type { TlsFacts } from "../../../lib/net/tls/stream.ts";
import type { ClientTlsChoice, TlsMaker } from "../tls.ts";
import { tlsChoice, type TlsTerms, versionsOf } from "../tls_options.ts";
import { formatPin } from "../tls_pin.ts";
import type { Shell } from "./shell.ts";
import type { Target } from "./target.ts";

/** How the connections to a server turned out to be protected. */
export interface SiteTls {
  /** The latest control connection; `null` before the first. */
  control: TlsFacts | null;
  /** The latest data connection; `null` before the first. */
  data: TlsFacts | null;
}

/**
 * A target with everything that the shell was told for it: what its URL or its
 * bookmark says comes first.
 *
 * @throws {UsageError} when it needs TLS, and there is none.
 */
export function agreedOn({ tls, state }: Shell, target: Target): Target {
  const { settings } = state;
  const usual = settings.tls === "off" ? null : settings.tls;
  const mode = target.tls ?? usual;
  if (mode === null) return target;
  if (tls.missing !== null) throw new UsageError(tls.missing);
  const own: TlsTerms = target.terms ?? {};
  const isTrusting = own.pins !== undefined || own.insecure === true;
  const { pins, insecure } = isTrusting ? own : tls.terms;
  const clearData = own.clearData || settings["clear-data"];
  const clearCommands = own.clearCommands || settings.ccc;
  const terms = { pins, insecure, clearData, clearCommands };
  return { ...target, tls: mode, terms };
}

/** What the client is to do for a target, which {@linkcode agreedOn} gave. */
export function tlsChoiceFor(
  shell: Shell,
  { tls: mode, terms = {} }: Target,
  seen: SiteTls,
): ClientTlsChoice | undefined {
  if (mode === null) return undefined;
  const { trust, connect } = shell.tls;
  const versions = versionsOf(shell.state.settings);
  const told = (facts: TlsFacts) => traceTls(shell, facts);
  return {
    ...tlsChoice(mode, terms, { ...trust, ...versions }),
    connect: watched(connect, seen, told),
  };
}

/** Remembers how connections are protected. */
function watched(
  connect: TlsMaker,
  seen: SiteTls,
  told: (facts: TlsFacts) => void,
): TlsMaker {
  return async (host, trust, options) => {
    const tls = await connect(host, trust, options);
    return {
      canResume: tls.canResume,
      sendsName: tls.sendsName,
      close: () => tls.close(),
      async control(stream, signal) {
        const secured = await tls.control(stream, signal);
        told(seen.control = secured.facts);
        return secured;
      },
      async data(stream, signal) {
        const secured = await tls.data(stream, signal);
        seen.data = secured.facts;
        return secured;
      },
    };
  };
}

function traceTls(
  { state, output }: Shell,
  { protocol, cipher, peer }: TlsFacts,
): void {
  if (state.settings.trace === "off") return;
  const who = peer === null ? "" : `, ${formatPin(peer.fingerprint)}`;
  output.talk(`* ${protocol}, ${cipher}${who}`);
}

/**
 * The verb that says where one is, and what is not as usual.
 *
 * @module
 */

import { visible } from "../../../../lib/visible.ts";
import { formatFtpUrl } from "../../url.ts";
import {
  defaultSettings,
  type SettingName,
  SETTINGS,
  shownSetting,
} from "../settings.ts";
import type { Shell } from "../shell.ts";
import { tlsLines, type TlsStatus, tlsStatus } from "../tls_status.ts";
import { defineVerb, type Verb } from "../verb.ts";

const status = defineVerb({
  names: ["status"],
  group: "General",
  summary: "show the connection, the folders, and what is set",
  run: (shell) => {
    const now = statusOf(shell);
    shell.output.record({ ...now, tls: now.tls && { ...now.tls } });
    for (const line of linesOf(now)) shell.output.line(visible(line));
  },
});

/** What there is to say. */
interface Status {
  /** The server; `null` for none. */
  readonly url: string | null;
  /** How it is protected; `null` when it is not. */
  readonly tls: TlsStatus | null;
  /** The folder on the server; `null` while it is the login's. */
  readonly folder: string | null;
  readonly localFolder: string | null;
  /** Connections that are open. */
  readonly connections: number;
  /** Most that there will be. */
  readonly limit: number;
  /** Those that are not as usual. */
  readonly settings: Readonly<Record<string, string>>;
  /** Jobs that have not ended. */
  readonly jobs: number;
}

function statusOf({ state, machine }: Shell): Status {
  const { site, localFolder } = state;
  return {
    url: site === null ? null : formatFtpUrl({ ...site.url, path: "" }),
    tls: site === null ? null : tlsStatus(site),
    folder: site?.pool.folder ?? null,
    localFolder: localFolder === "" ? machine.folder() : localFolder,
    connections: site?.pool.connections ?? 0,
    limit: site?.pool.limit ?? 0,
    settings: changed(state.settings),
    jobs: state.jobs.open.length,
  };
}

function changed(settings: Shell["state"]["settings"]): Record<string, string> {
  const usual = defaultSettings();
  const names = Object.keys(SETTINGS) as SettingName[];
  return Object.fromEntries(names.flatMap((name) => {
    const value = shownSetting(settings, name);
    return value === shownSetting(usual, name) ? [] : [[name, value]];
  }));
}

function linesOf(status: Status): string[] {
  const { url, tls, folder, localFolder, connections, limit, jobs } = status;
  const remote = url === null ? ["Not connected"] : [
    `Connected to ${url} (${connections} of ${limit} connections open)`,
    ...(tls === null ? [] : tlsLines(tls)),
    `Folder there: ${folder ?? "the one of the login"}`,
  ];
  const settings = Object.entries(status.settings);
  return [
    ...remote,
    `Folder here:  ${localFolder ?? "the one it was started in"}`,
    ...(jobs > 0 ? [`Jobs: ${jobs}`] : []),
    ...settings.map(([name, value]) => `set ${name} ${value}`),
  ];
}

/** Where one is. */
export const STATUS_VERBS: readonly Verb[] = [status];

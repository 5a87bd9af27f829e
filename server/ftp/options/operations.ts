/**
 * The options of `ftpd` for those who run it: logs, metrics, control, hooks,
 * and where the options themselves come from.
 *
 * @module
 */

import { type Form, type OptionValues, UsageError } from "../../../lib/cli.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type { HookSettings, LogSettings } from "../settings_parts.ts";
import { HOOK, type HookText, PLACE, readWebUrl, ROTATION } from "./forms.ts";

/** The rows of the option table. */
export const OPERATION_OPTIONS = {
  "log-file": {
    type: "text",
    placeholder: "FILE",
    names: "file",
    example: "/var/log/ftpd.log",
    help: "where the log goes (default standard error)",
    group: "Operations",
  },
  xferlog: {
    type: "text",
    placeholder: "FILE",
    names: "file",
    example: "/var/log/xferlog",
    help: "transfers, in the form of wu-ftpd",
    group: "Operations",
    rare: true,
  },
  "log-rotate": {
    type: "form",
    form: ROTATION as Form<number | "daily">,
    placeholder: "SIZE|daily",
    example: "100M",
    help: "when log files are put aside (default never)",
    group: "Operations",
    rare: true,
  },
  "log-keep": {
    type: "integer",
    default: 7,
    min: 1,
    max: 1000,
    help: "how many of those are kept",
    group: "Operations",
    rare: true,
  },
  metrics: {
    type: "form",
    form: PLACE as Form<HostPort>,
    placeholder: "HOST:PORT",
    example: "127.0.0.1:9121",
    help: "serve /metrics and /health over HTTP",
    group: "Operations",
  },
  control: {
    type: "text",
    placeholder: "PATH",
    names: "file",
    example: "/run/ftpd.sock",
    help: "Unix socket for ftpd who, kick, stats, unban, drain",
    group: "Operations",
  },
  hook: {
    type: "forms",
    form: HOOK as Form<HookText>,
    secret: true,
    placeholder: "EVENT=TARGET",
    example: "upload=http://127.0.0.1:8080/uploaded",
    help: "tell a URL or a pipe of upload, login, ban and others",
    group: "Operations",
    rare: true,
  },
  config: {
    type: "text",
    placeholder: "FILE",
    names: "file",
    help: "read options and accounts from it (TOML)",
    group: "General",
  },
  watch: {
    type: "flag",
    help: "reload when files change, not only on SIGHUP",
    group: "General",
    rare: true,
  },
  check: {
    type: "flag",
    help: "check options, show permissions, start nothing",
    group: "General",
  },
  "print-config": {
    type: "flag",
    help: "print a configuration file with the defaults",
    group: "General",
  },
} as const;

/** The values of {@linkcode OPERATION_OPTIONS}. */
export type OperationValues = OptionValues<typeof OPERATION_OPTIONS>;

/** How long a hook may take, and how often it is tried again. */
export const HOOK_DEFAULTS: Pick<HookSettings, "timeout" | "retries"> = {
  timeout: 5_000,
  retries: 5,
};

/**
 * Log files; `undefined` when there are none.
 *
 * @throws {UsageError} for a rotation of nothing.
 */
export function readLogs(options: OperationValues): LogSettings | undefined {
  const { "log-file": file, xferlog, "log-rotate": rotate } = options;
  if (file === undefined && xferlog === undefined) {
    if (rotate === undefined) return undefined;
    throw new UsageError("--log-rotate needs --log-file or --xferlog FILE");
  }
  if (file === xferlog) {
    throw new UsageError("--log-file and --xferlog are the same file");
  }
  return {
    ...(file === undefined ? {} : { file }),
    ...(xferlog === undefined ? {} : { xferlog }),
    ...(rotate === undefined ? {} : { rotate }),
    keep: options["log-keep"],
  };
}

/** A hook, as `--hook` says it. */
export function hookOf({ on, target }: HookText): HookSettings {
  const isUrl = readWebUrl(target) !== undefined;
  return {
    on,
    ...(isUrl ? { url: target } : { pipe: target }),
    ...HOOK_DEFAULTS,
  };
}

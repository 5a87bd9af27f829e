/**
 * Options of `ftpd` for limits and operations, and the settings they make.
 *
 * @module
 */

/** A command line, and the part of the settings that it makes. */
export type OptionCase = readonly [
  args: string,
  settings: Record<string, unknown>,
];

const M = 2 ** 20;
const HOOK = { timeout: 5000, retries: 5 };
const AUTH = "--auth-url http://127.0.0.1:1/a --auth-root /srv";

/** One for each of these options, and for combinations that matter. */
export const FURTHER_OPTIONS: readonly OptionCase[] = [
  ["--passive-ports 5000-5009 --passive-share on", {
    data: { sharePassive: true },
  }],
  ["--proxy-from 10.0.0.5 --proxy-from fd00::/8", {
    proxy: { from: ["10.0.0.5", "fd00::/8"] },
  }],
  ["--proxy-from 10.0.0.5 --proxy-data", { data: { proxyFrom: ["10.0.0.5"] } }],
  [AUTH, {
    accounts: [],
    auth: {
      url: "http://127.0.0.1:1/a",
      root: "/srv",
      timeout: 5000,
      cache: 30_000,
    },
  }],
  [`${AUTH} --auth-timeout 2 --auth-cache 0 --auth-authorization Basic=`, {
    auth: { timeout: 2000, cache: 0, authorization: "Basic=" },
  }],
  ["--login-delay-max 1m", { limits: { loginDelayMax: 60_000 } }],
  ["--ban-failures 5", {
    limits: { ban: { failures: 5, within: 600_000, duration: 600_000 } },
  }],
  ["--ban-failures 3 --ban-within 60 --ban-time 1h", {
    limits: { ban: { failures: 3, within: 60_000, duration: 3_600_000 } },
  }],
  ["--session-timeout 1h", { session: { sessionTimeout: 3_600_000 } }],
  ["--hash-limit 1G", { session: { hashLimit: 1024 * M } }],
  ["--hash-limit off", { session: { hashLimit: 0 } }],
  ["--mode-z off", { session: { deflateLevel: 0 } }],
  ["--mode-z-level 9", { session: { deflateLevel: 9 } }],
  ["--connections-per-second 50", { limits: { connectionsPerSecond: 50 } }],
  ["--connections-per-second-per-address 0.5", {
    limits: { connectionsPerSecondPerAddress: 0.5 },
  }],
  ["--max-per-account 3", {
    defaults: { maxSessions: 3 },
    accounts: [{ name: "anonymous", maxSessions: 3 }],
  }],
  ["--server-rate 10M", {
    limits: { serverRate: { down: 10 * M, up: 10 * M } },
  }],
  ["--account-rate down=2M,up=1M", {
    defaults: { accountRate: { down: 2 * M, up: M } },
  }],
  ["--session-rate up=1M", { defaults: { sessionRate: { up: M } } }],
  ["--transfer-rate 1M", { accounts: [{ transferRate: { down: M, up: M } }] }],
  ["--max-file-size 1M", { defaults: { maxFileSize: M } }],
  ["--keep-free 1M", { limits: { keepFree: M } }],
  ["--refuse-names *.exe --refuse-names .ht*", {
    defaults: { refuseNames: ["*.exe", ".ht*"] },
  }],
  ["--log-file /log", { logs: { file: "/log", keep: 7 } }],
  ["--xferlog /x --log-rotate daily --log-keep 3", {
    logs: { xferlog: "/x", rotate: "daily", keep: 3 },
  }],
  ["--log-file /log --log-rotate 1M", { logs: { rotate: M } }],
  ["--metrics 127.0.0.1:9121", {
    metrics: { hostname: "127.0.0.1", port: 9121 },
  }],
  ["--metrics localhost:0", { metrics: { hostname: "127.0.0.1", port: 0 } }],
  ["--control /run/c", { control: "/run/c" }],
  ["--hook upload,login=http://a/b?c=d --hook ban=/run/p", {
    hooks: [
      { on: ["upload", "login"], url: "http://a/b?c=d", ...HOOK },
      { on: ["ban"], pipe: "/run/p", ...HOOK },
    ],
  }],
];

/** Command lines that make no sense, and what is said. */
export const FURTHER_REFUSALS: readonly (readonly [string, string])[] = [
  ["--passive-share on", "--passive-share on needs --passive-ports"],
  [
    "--passive-share on --passive-ports 1-2 --foreign-data",
    "contradicts --foreign-data",
  ],
  ["--passive-share on --passive-ports 1-2 --workers 3", "3 --workers"],
  ["--proxy-data", "--proxy-data needs --proxy-from"],
  ["--proxy-from 10.0.0.0/33", "--proxy-from: expected an address"],
  ["--auth-url ftp://a --auth-root /", "--auth-url: expected a URL"],
  ["--auth-url http://a", "--auth-url needs --auth-root"],
  ["--auth-root /srv", "--auth-root needs --auth-url"],
  ["--server-rate 0", "--server-rate: expected bytes a second"],
  ["--server-rate down=1M,down=2M", "--server-rate: expected"],
  ["--server-rate fast", "--server-rate: expected"],
  ["--keep-free -1", "--keep-free needs a value"],
  ["--max-file-size 1X", "--max-file-size: expected a size"],
  ["--connections-per-second 0", "expected a number from 0.1"],
  ["--log-rotate daily", "--log-rotate needs --log-file or --xferlog"],
  ["--log-file /a --xferlog /a", "are the same file"],
  ["--log-file /a --log-rotate weekly", "--log-rotate: expected a size"],
  ["--metrics 9121", "--metrics: expected HOST:PORT"],
  ["--hook upload", "--hook: expected EVENT"],
  ["--hook nap=http://a", "--hook: expected EVENT"],
  ["--hook login,login=/p", "--hook: expected EVENT"],
  ["--hook login=ftp://a", "--hook: expected EVENT"],
  ["--watch", "--watch needs --config"],
  ["--config x.toml", "files must be read"],
];

/**
 * The options that every small client has.
 *
 * @module
 */

/**
 * How to reach the server, how long to wait for it, and how to print what it
 * said; {@linkcode readTarget} reads the first three.
 */
export const CLIENT_OPTIONS = {
  tcp: { type: "flag", help: "over TCP (the default)", group: "Server" },
  udp: { type: "flag", help: "over UDP", group: "Server" },
  unix: {
    type: "text",
    placeholder: "PATH",
    help: "over a Unix socket; no HOST then",
    group: "Server",
  },
  timeout: {
    type: "seconds",
    short: "W",
    default: 2,
    min: 0.001,
    help: "how long to wait for an answer",
    group: "Server",
  },
  json: { type: "flag", help: "print JSON", group: "Output" },
} as const;

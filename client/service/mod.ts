/**
 * The clients of the small services, for programs: what to ask, and what can
 * come of it.
 *
 * @module
 */

export { echo, type EchoOptions, type EchoReply } from "../echo/echo.ts";
export type { LossEvent, ProbeEvent, ReplyEvent } from "../echo/events.ts";
export { ping } from "../echo/ping.ts";
export type { PingOptions, PingStart } from "../echo/ping_options.ts";
export type { PingResult } from "../echo/result.ts";
export * from "../drop/mod.ts";
export * from "../spew/mod.ts";
export * from "../time/mod.ts";
export { upper, type UpperOptions } from "../upper/upper.ts";
export { ServiceError, type ServiceFailure } from "./errors.ts";
export {
  formatTarget,
  type StreamTarget,
  type Target,
  type TcpTarget,
  type UdpTarget,
  type UnixTarget,
} from "./target.ts";

/**
 * The small services, for programs: each is a value that {@linkcode serveTcp}
 * and {@linkcode serveUdp} serve.
 *
 * @module
 */

export { type BucketOptions, bucketService } from "./bucket.ts";
export { daytimeService, type DaytimeServiceOptions } from "./daytime.ts";
export {
  DROP_DEFAULTS,
  type DropAccess,
  type DropBox,
  dropBox,
  type DropCounts,
  dropService,
  type DropServiceOptions,
} from "./drop.ts";
export { echoService } from "./echo.ts";
export {
  type FaultCounts,
  type Faults,
  type FaultSettings,
  withFaults,
} from "./faults.ts";
export {
  serverClock,
  type ServerClockOptions,
  unknownTime,
} from "./server_clock.ts";
export { stampService, type StampServiceOptions } from "./stamp.ts";
export {
  type Arrival,
  sinceLast,
  sinceStart,
  type Stamp,
  type StampKind,
  timeOfDay,
} from "./stamps.ts";
export { timeService, type TimeServiceOptions } from "./time.ts";
export { upperService, type UpperServiceOptions } from "./upper.ts";

/**
 * Sending debug messages from a program: fire and forget.
 *
 * @module
 */

export {
  type Level,
  openSpew,
  spew,
  type Spewer,
  type SpewerOptions,
  type SpewOptions,
} from "./sender.ts";

/**
 * Everything that is fuzzed.
 *
 * @module
 */

import type { Target } from "./target.ts";
import { ADDRESS_TARGETS } from "./targets/addresses.ts";
import { CLIENT_TARGETS } from "./targets/clients.ts";
import { CLOCK_TARGETS } from "./targets/clocks.ts";
import { COMMAND_TARGETS } from "./targets/commands.ts";
import { DNS_TARGETS } from "./targets/dns.ts";
import { LISTING_TARGETS } from "./targets/listings.ts";
import { SERVICE_TARGETS } from "./targets/services.ts";
import { SESSION_TARGETS } from "./targets/sessions.ts";
import { SITE_TARGETS } from "./targets/sites.ts";
import { STREAM_TARGETS } from "./targets/streams.ts";
import { TEXT_TARGETS } from "./targets/texts.ts";
import { TLS_TARGETS } from "./targets/tls.ts";
import { VALUE_TARGETS } from "./targets/values.ts";
import { WIRE_TARGETS } from "./targets/wire.ts";

/** All targets. */
export const TARGETS: readonly Target[] = [
  ...COMMAND_TARGETS,
  ...ADDRESS_TARGETS,
  ...LISTING_TARGETS,
  ...TEXT_TARGETS,
  ...VALUE_TARGETS,
  ...SITE_TARGETS,
  ...CLOCK_TARGETS,
  ...WIRE_TARGETS,
  ...DNS_TARGETS,
  ...STREAM_TARGETS,
  ...SERVICE_TARGETS,
  ...TLS_TARGETS,
  ...SESSION_TARGETS,
  ...CLIENT_TARGETS,
];

/**
 * All verbs, in the order in which the help shows them.
 *
 * @module
 */

import type { Verb } from "./verb.ts";
import { CHANGE_VERBS } from "./verbs/change.ts";
import { CONNECTION_VERBS } from "./verbs/connection.ts";
import { FOLDER_VERBS } from "./verbs/folders.ts";
import { GENERAL_VERBS } from "./verbs/general.ts";
import { INSPECT_VERBS } from "./verbs/inspect.ts";
import { JOBS_VERBS } from "./verbs/jobs.ts";
import { LISTING_VERBS } from "./verbs/listing.ts";
import { LOCAL_VERBS } from "./verbs/local.ts";
import { MIRROR_VERBS } from "./verbs/mirror.ts";
import { SERVER_VERBS } from "./verbs/server.ts";
import { SETTINGS_VERBS } from "./verbs/settings.ts";
import { SHOW_VERBS } from "./verbs/show.ts";
import { TRANSFER_VERBS } from "./verbs/transfer.ts";
import { TREE_VERBS } from "./verbs/tree.ts";

/** All verbs. */
export const VERBS: readonly Verb[] = [
  ...CONNECTION_VERBS,
  ...SERVER_VERBS,
  ...FOLDER_VERBS,
  ...LISTING_VERBS,
  ...TREE_VERBS,
  ...SHOW_VERBS,
  ...INSPECT_VERBS,
  ...LOCAL_VERBS,
  ...TRANSFER_VERBS,
  ...MIRROR_VERBS,
  ...CHANGE_VERBS,
  ...JOBS_VERBS,
  ...SETTINGS_VERBS,
  ...GENERAL_VERBS,
];

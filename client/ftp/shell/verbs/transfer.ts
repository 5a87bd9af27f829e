/**
 * Verbs that move files.
 *
 * @module
 */

import type { Verb } from "../verb.ts";
import { GET_VERBS } from "./get.ts";
import { PUT_VERBS } from "./put.ts";

/** Verbs that move files. */
export const TRANSFER_VERBS: readonly Verb[] = [...GET_VERBS, ...PUT_VERBS];

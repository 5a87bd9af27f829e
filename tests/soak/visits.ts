/**
 * The kinds of visits, and how often each is made.
 *
 * @module
 */

import { DISTURBING } from "./visits_disturbing.ts";
import { FILES } from "./visits_files.ts";
import { SECURE } from "./visits_secure.ts";
import { TALK } from "./visits_talk.ts";
import type { Random } from "../core/random.ts";
import type { Scene } from "./scene.ts";
import type { Visit } from "./visit.ts";

/** All that can be made of a scene: those with TLS only where it has TLS. */
export function visitsOf({ implicitPort }: Scene): readonly Visit[] {
  const plain = [...TALK, ...FILES, ...DISTURBING];
  return implicitPort === 0 ? plain : [...plain, ...SECURE];
}

/** One of them, the heavier ones more often. */
export function oneOf(visits: readonly Visit[], random: Random): Visit {
  const all = visits.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.below(all);
  return visits.find(({ weight }) => (left -= weight) < 0)!;
}

/**
 * Which permissions hold where.
 *
 * @module
 */

import { isIn } from "./names.ts";
import type { FolderRule, Permission } from "./rights.ts";

/** Permissions by folder. */
export interface Rules {
  /** Whether some folder differs from the rest. */
  readonly differ: boolean;
  /** What may be done at a path. */
  at(path: string): readonly Permission[];
  /** Whether a path, or something below it, has a rule of its own. */
  touch(path: string): boolean;
}

/**
 * Rules that look at names only: the deepest folder that a path is in decides.
 *
 * Names are compared as Unicode means them (NFC), because some systems take
 * both ways to write `é` for one name.
 *
 * @param permissions What may be done where no rule says otherwise.
 *
 * @example
 * ```ts
 * import { rulesOf } from "./rules.ts";
 * const rules = rulesOf(["list"], [{ path: "/in", permissions: ["write"] }]);
 * console.assert(rules.at("/in/a").join() === "write");
 * console.assert(rules.at("/inn").join() === "list");
 * console.assert(rules.touch("/") && !rules.touch("/in/a"));
 * ```
 */
export function rulesOf(
  permissions: readonly Permission[],
  rules: readonly FolderRule[] = [],
): Rules {
  if (rules.length === 0) {
    return { differ: false, at: () => permissions, touch: () => false };
  }
  const deepestFirst = rules
    .map((rule) => ({ ...rule, path: rule.path.normalize() }))
    .sort((a, b) => b.path.length - a.path.length);
  return {
    differ: true,
    at(path) {
      const wanted = path.normalize();
      const rule = deepestFirst.find((rule) => isIn(wanted, rule.path));
      return rule?.permissions ?? permissions;
    },
    touch(path) {
      const wanted = path.normalize();
      return deepestFirst.some((rule) => isIn(rule.path, wanted));
    },
  };
}

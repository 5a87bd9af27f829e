/**
 * Values of a configuration file's tables that have a form of their own.
 *
 * @module
 */

import { isCalendarDay } from "../../../lib/calendar_day.ts";
import type { Form } from "../../../lib/cli.ts";
import { readEvents } from "../options/forms.ts";
import { type Permission, PERMISSIONS, READING } from "../profile.ts";
import { HOOK_EVENTS, type HookEvent } from "../settings_parts.ts";

/** Permissions that belong together, by a name for all of them. */
export const PERMISSION_SETS: Readonly<
  Record<string, readonly Permission[]>
> = {
  all: PERMISSIONS,
  "read-only": READING,
  "upload-only": ["write"],
};

/** A permission, or a name for several. */
export const PERMISSION: Form<readonly Permission[]> = {
  expected: `any of ${PERMISSIONS.join(", ")}, ` +
    `or one of ${Object.keys(PERMISSION_SETS).join(", ")}`,
  read: (text) =>
    Object.hasOwn(PERMISSION_SETS, text)
      ? PERMISSION_SETS[text]
      : PERMISSIONS.includes(text as Permission)
      ? [text as Permission]
      : undefined,
};

/** A virtual path from the root on, without a slash at its end. */
export const VIRTUAL_PATH: Form<string> = {
  expected: "a path from the account's root on, such as /incoming",
  read: (text) =>
    isVirtualPath(text) ? text.replace(/(?<=.)\/$/, "") : undefined,
};

/** Whether a text is a path from the root on, without detours. */
export function isVirtualPath(text: string): boolean {
  return text === "/" || /^(\/(?!\.{1,2}(\/|$))[^/\0\r\n]+)+\/?$/.test(text);
}

/** A day, or a moment. */
export const MOMENT: Form<number> = {
  expected: "a date such as 2027-12-31, or a time 2027-12-31T12:00:00Z",
  read: readMoment,
};

/**
 * The moment of a date (its beginning) or a date and a time, both in UTC where
 * no other zone is said, in milliseconds since 1970; `undefined` for others.
 *
 * @example
 * ```ts
 * import { readMoment } from "./forms.ts";
 * console.assert(readMoment("1970-01-02") === 86_400_000);
 * console.assert(readMoment("1970-01-01 01:00:00+01:00") === 0);
 * console.assert(readMoment("tomorrow") === undefined);
 * ```
 */
export function readMoment(text: string): number | undefined {
  const [, date, time = "T00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:([Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?)([Zz]|[+-]\d\d:\d\d)?)?$/
      .exec(text) ?? [];
  if (date === undefined || !isCalendarDay(date)) return undefined;
  const iso = `${date}T${time.slice(1).slice(0, 12)}${zone.toUpperCase()}`;
  const moment = Date.parse(iso);
  return Number.isNaN(moment) ? undefined : moment;
}

/** What a hook may be told of. */
export const EVENT: Form<HookEvent> = {
  expected: `any of ${HOOK_EVENTS.join(", ")}`,
  read: (text) => readEvents([text])?.[0],
};

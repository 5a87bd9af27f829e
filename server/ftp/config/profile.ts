/**
 * What a file says of an account besides its name and its password: in the
 * account's own table, and in `[defaults]`.
 *
 * @module
 */

import type { OptionValues } from "../../../lib/cli.ts";
import { isTable, type TomlTable } from "../../../lib/toml.ts";
import { present } from "../present.ts";
import {
  type FolderRule,
  type Mount,
  type Permission,
  PERMISSIONS,
  type Profile,
} from "../profile.ts";
import { isVirtualPath } from "./forms.ts";
import { FOLDER_KEYS, MOUNT_KEYS, type PROFILE_KEYS } from "./keys.ts";
import type { Mistakes } from "./mistakes.ts";
import { readTable, type Told } from "./read_table.ts";

/** What a table says of an account, or of all that say nothing else. */
export interface ProfileText extends Profile {
  /** Folder that it serves; may have `{user}` in it. @default none */
  readonly root?: string | undefined;
  /** Whether everything may be changed. @default not said */
  readonly write?: boolean | undefined;
}

/** Names of tables that may stand in an account's. */
export const PROFILE_TABLES: readonly string[] = ["folder", "mount"];

/** Options for {@linkcode profileOf}. */
export interface ReadProfileOptions {
  /** Takes what is wrong. */
  readonly mistakes: Mistakes;
  /** Makes a path of the file one of this process. */
  readonly resolve: (path: string) => string;
}

/** The profile of what {@linkcode readTable} read of a table. */
export function profileOf(
  { values, lines }: Pick<Told<typeof PROFILE_KEYS>, "values" | "lines">,
  table: TomlTable,
  { mistakes, resolve }: ReadProfileOptions,
): ProfileText {
  if (values.write !== undefined && values.permissions !== undefined) {
    mistakes.add(
      lines.permissions ?? table.line,
      "permissions contradict write; leave one out",
    );
  }
  const options = { mistakes, resolve };
  return present({
    ...plainFields(values),
    root: values.root === undefined ? undefined : resolve(values.root),
    permissions: values.permissions && permissionsOf(values.permissions),
    rules: readRules(table, options),
    mounts: readMounts(table, options),
  });
}

/** What is called otherwise in a file, and nothing else. */
function plainFields(values: Partial<OptionValues<typeof PROFILE_KEYS>>) {
  const { quota: bytes, "quota-files": files } = values;
  const limits = present({ bytes, files });
  return {
    start: values.start,
    write: isOn(values.write),
    overwrite: isOn(values.overwrite),
    quota: Object.keys(limits).length > 0 ? limits : undefined,
    accountRate: values["account-rate"],
    sessionRate: values["session-rate"],
    transferRate: values["transfer-rate"],
    maxFileSize: values["max-file-size"],
    refuseNames: values["refuse-names"],
    addresses: values.addresses,
    maxSessions: values["max-sessions"],
    tls: values.tls,
    expires: values.expires,
    greeting: values.greeting,
    admin: isOn(values.admin),
  };
}

function isOn(text?: "on" | "off"): boolean | undefined {
  return text && text === "on";
}

function permissionsOf(
  sets: readonly (readonly Permission[])[],
): readonly Permission[] {
  return PERMISSIONS.filter((one) => sets.some((set) => set.includes(one)));
}

/** Each table of `[….folder]`, or of `[….mount]`, by its virtual path. */
function* tablesOf(
  table: TomlTable,
  name: string,
  mistakes: Mistakes,
): Generator<[path: string, TomlTable]> {
  const entry = table.entries.get(name);
  if (entry === undefined) return;
  if (!isTable(entry.value)) {
    mistakes.add(entry.line, `${name}: expected tables such as ${name}."/in"`);
    return;
  }
  const seen = new Set<string>();
  for (const [key, { line, value }] of entry.value.entries) {
    const path = key.replace(/(?<=.)\/$/, "");
    const quoted = JSON.stringify(key);
    if (!isVirtualPath(key)) {
      mistakes.add(
        line,
        `${name}: expected a path such as "/in", got ${quoted}`,
      );
    } else if (!isTable(value)) {
      mistakes.add(line, `${name}: expected a table of keys`);
    } else if (seen.has(path)) {
      mistakes.add(line, `${name}: ${quoted} is there twice`);
    } else yield [path, value];
    seen.add(path);
  }
}

function readRules(
  table: TomlTable,
  { mistakes }: ReadProfileOptions,
): FolderRule[] | undefined {
  const rules: FolderRule[] = [];
  for (const [path, each] of tablesOf(table, "folder", mistakes)) {
    const { values } = readTable(each, FOLDER_KEYS, { mistakes });
    if (values.permissions === undefined) {
      if (!each.entries.has("permissions")) {
        mistakes.add(each.line, "a folder needs permissions = [...]");
      }
    } else rules.push({ path, permissions: permissionsOf(values.permissions) });
  }
  return rules.length > 0 ? rules : undefined;
}

function readMounts(
  table: TomlTable,
  { mistakes, resolve }: ReadProfileOptions,
): Mount[] | undefined {
  const mounts: Mount[] = [];
  for (const [at, each] of tablesOf(table, "mount", mistakes)) {
    const { values } = readTable(each, MOUNT_KEYS, { mistakes });
    if (at === "/") {
      mistakes.add(each.line, 'mount: "/" is the root of the account');
    } else if (values.root !== undefined) {
      const write = values.write === "on";
      mounts.push({ at, root: resolve(values.root), write });
    } else if (!each.entries.has("root")) {
      mistakes.add(each.line, 'a mount needs root = "DIR"');
    }
  }
  return mounts.length > 0 ? mounts : undefined;
}

/**
 * The two together: what `own` says counts, then what `others` say. Folders and
 * mounts are those of both.
 *
 * @example
 * ```ts
 * import { mergedProfile } from "./profile.ts";
 * const merged = mergedProfile({ start: "/a", admin: true }, { start: "/b" });
 * console.assert(merged.start === "/b" && merged.admin === true);
 * ```
 */
export function mergedProfile(
  others: ProfileText,
  own: ProfileText,
): ProfileText {
  const { permissions: _, write: __, ...rest } = others;
  // Either of the two says it all.
  const said = own.write !== undefined || own.permissions !== undefined;
  return present({
    ...(said ? rest : others),
    ...own,
    quota: merged(others.quota, own.quota),
    rules: union(others.rules, own.rules, ({ path }) => path),
    mounts: union(others.mounts, own.mounts, ({ at }) => at),
  });
}

function merged<T extends object>(
  others: T | undefined,
  own: T | undefined,
): T | undefined {
  return others && own ? { ...others, ...own } : own ?? others;
}

function union<T>(
  others: readonly T[] | undefined,
  own: readonly T[] | undefined,
  nameOf: (item: T) => string,
): readonly T[] | undefined {
  if (others === undefined || own === undefined) return own ?? others;
  const names = new Set(own.map(nameOf));
  return [...others.filter((item) => !names.has(nameOf(item))), ...own];
}

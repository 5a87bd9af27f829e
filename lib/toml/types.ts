/**
 * What a TOML text holds.
 *
 * @module
 */

/** A date, a time of day or both, as it was written. */
export class TomlTime {
  /** Such as `2027-01-31` or `2027-01-31T12:00:00Z`. */
  readonly text: string;

  /** Wraps a text. */
  constructor(text: string) {
    this.text = text;
  }
}

/** A value and the line that it begins in. */
export interface TomlEntry {
  /** The value. */
  readonly value: TomlValue;
  /** Its line, counted from 1. */
  readonly line: number;
}

/** A list. */
export type TomlList = readonly TomlEntry[];

/** Any value. */
export type TomlValue =
  | string
  | number
  | boolean
  | TomlTime
  | TomlList
  | TomlTable;

/** How a table came about, which decides who may add to it. */
export type TableOrigin = "implied" | "header" | "dotted" | "inline";

/** A table: values by their names, in the order of the text. */
export interface TomlTable {
  /** Its values. */
  readonly entries: Map<string, TomlEntry>;
  /** The line that it begins in, counted from 1. */
  readonly line: number;
  /** How it came about. */
  origin: TableOrigin;
}

/** An empty table. */
export function newTable(origin: TableOrigin, line: number): TomlTable {
  return { entries: new Map(), line, origin };
}

/** Whether a value is a table. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && "entries" in value &&
    value.entries instanceof Map;
}

/** Whether a value is a list. */
export function isList(value: TomlValue | undefined): value is TomlList {
  return Array.isArray(value);
}

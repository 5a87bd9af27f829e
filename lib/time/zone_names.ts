/**
 * Short names of time zones, as daytime servers write them. Many mean several
 * zones: there is no registry of them.
 *
 * @module
 */

/** One meaning of a name. */
export interface ZoneMeaning {
  /** Seconds ahead of UTC. */
  readonly offset: number;
  /** Where it is used. */
  readonly place: string;
}

/**
 * Name, and its meanings as `hours place`, the likeliest first. Those of RFC
 * 5322 section 4.3 mean what they mean there.
 */
const NAMES: Readonly<Record<string, string>> = {
  UTC: "0 UTC",
  UT: "0 UTC",
  GMT: "0 UTC",
  Z: "0 UTC",
  WET: "0 western Europe",
  WEST: "1 western Europe",
  BST: "1 Britain, 6 Bangladesh",
  CET: "1 central Europe",
  CEST: "2 central Europe",
  MET: "1 central Europe",
  MEST: "2 central Europe",
  EET: "2 eastern Europe",
  EEST: "3 eastern Europe",
  SAST: "2 South Africa",
  WAT: "1 western Africa",
  CAT: "2 central Africa",
  EAT: "3 eastern Africa",
  MSK: "3 Moscow",
  IST: "5.5 India, 2 Israel, 1 Ireland",
  IDT: "3 Israel",
  PKT: "5 Pakistan",
  WIB: "7 western Indonesia",
  WITA: "8 central Indonesia",
  WIT: "9 eastern Indonesia",
  HKT: "8 Hong Kong",
  SGT: "8 Singapore",
  PHT: "8 the Philippines",
  JST: "9 Japan",
  KST: "9 Korea",
  AWST: "8 western Australia",
  ACST: "9.5 central Australia",
  ACDT: "10.5 central Australia",
  AEST: "10 eastern Australia",
  AEDT: "11 eastern Australia",
  CHST: "10 Guam",
  NZST: "12 New Zealand",
  NZDT: "13 New Zealand",
  SST: "-11 Samoa, 8 Singapore",
  HST: "-10 Hawaii",
  HDT: "-9 Hawaii",
  AKST: "-9 Alaska",
  AKDT: "-8 Alaska",
  PST: "-8 North America, 8 the Philippines",
  PDT: "-7 North America",
  MST: "-7 North America",
  MDT: "-6 North America",
  CST: "-6 North America, 8 China, -5 Cuba",
  CDT: "-5 North America, -4 Cuba",
  EST: "-5 North America",
  EDT: "-4 North America",
  AST: "-4 eastern Canada, 3 Arabia",
  ADT: "-3 eastern Canada",
  NST: "-3.5 Newfoundland",
  NDT: "-2.5 Newfoundland",
  BRT: "-3 Brazil",
};

/**
 * What a zone's short name may mean, the likeliest first; nothing when it is
 * unknown. Capitals and small letters are the same.
 *
 * @example
 * ```ts
 * import { zoneMeanings } from "./zone_names.ts";
 * console.assert(zoneMeanings("pst")[0]?.offset === -8 * 3600);
 * console.assert(zoneMeanings("PST").length === 2);
 * ```
 */
export function zoneMeanings(name: string): readonly ZoneMeaning[] {
  const key = name.toUpperCase();
  if (!Object.hasOwn(NAMES, key)) return [];
  return NAMES[key]!.split(", ").map((meaning) => {
    const [hours = "", ...place] = meaning.split(" ");
    return { offset: Number(hours) * 3600, place: place.join(" ") };
  });
}

/**
 * Lines around the entries of a listing that are no entries: totals, titles
 * of columns, names of folders and volumes.
 *
 * @module
 */

/** What `ls` prints before the number of blocks, in many languages. */
const TOTALS: readonly string[] = [
  ..."total totale totalt totaal totalement insgesamt gesamt summe".split(" "),
  ..."razem łącznie celkem spolu összesen yhteensä kokku viso kopā".split(" "),
  ..."toplam skupaj ukupno итого всего усього разом загалом общо".split(" "),
  ..."укупно σύνολο jumlah guztira samtals cyfanswm iomlán".split(" "),
  ..."合計 合计 总用量 總用量 总计 總計 总数 總數 총 총계 합계 סהכ إجمالي المجموع รวม"
    .split(" "),
];

const TOTAL_REGEXP =
  /^(\p{L}[\p{L}\p{M}]{0,20})[:：]?[ \t]{0,20}-?\d[\d.,]{0,20}[KMGTPB]?$/u;

const HEADERS: readonly RegExp[] = [
  /^(?:Total|Grand total) of \d/i,
  /^Directory (?:of )?\S/i,
  /^(?:Total of )?No files found/i,
  /^Volume +Unit +Referred/i,
  /^Name +(?:VV\.MM|Size +TTR)/i,
  /^JOBNAME +JOBID/i,
  /^File +Code +EOF/i,
  /^File *Name +Size/i,
  /^size +date +time +name/i,
  /^Volume (?:in drive|Serial Number|- )/i,
  /^\d+ (?:File|Dir)\(s\)/i,
  /^[-= \t]{2,}$/,
];

/**
 * Whether a line belongs to the frame of a listing and is no entry.
 *
 * @example
 * ```ts
 * import { isHeader } from "./headers.ts";
 * console.assert(isHeader("total 12") && isHeader(""));
 * console.assert(!isHeader("total.txt"));
 * ```
 */
export function isHeader(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === "") return true;
  const word = TOTAL_REGEXP.exec(trimmed)?.[1];
  if (word !== undefined && TOTALS.includes(word.toLowerCase())) return true;
  return HEADERS.some((header) => header.test(trimmed));
}

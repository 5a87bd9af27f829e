/**
 * Names of months as `ls` and its kin print them, in the languages that
 * servers speak.
 *
 * @module
 */

/**
 * How names begin, per month; the longest beginning that fits decides, so
 * that `juin` is June although `jui` is July (VMS in French). Where one
 * beginning means two months (`lis` in Polish and Croatian), the language with
 * more servers won.
 */
const BEGINNINGS: readonly string[] = [
  "jan ene gen led sij ian sty sau jaa tam oca ion urt th01 янв яну јан січ сту ιαν ינו ม.ค ينا",
  "feb fev uno vel lut vas vee hel şub shk ots fbr th02 фев феб лют φεβ פבר ก.พ فبر شبا",
  "mar bře ožu kov maa mrt mac maw th03 мар бер сак μαρ מרץ มี.ค مار آذا",
  "apr abr avr dub tra kwi bal huh nis pri ápr api ebr th04 апр кві кра απρ אפר เม.ย أبر إبر ابر نيس",
  "mai may maj mag mei kvě svi geg tou th05 мај май мая тра μαι מאי พ.ค ماي أيا",
  "jun juin juun iun giu cze čen čer lipnj lipanj bir kes haz eka qer meh th06 июн юни јун чер чэр ιουν יונ มิ.ย يون حزي",
  "jul jui juul iul lug lip čec čvc červenec července srpanj lie hei tem uzt korr gor th07 июл юли јул лип ліп ιουλ יול ก.ค يول تمو",
  "aug ago aou aoû avg srp sie kol rgp rugp elo ağu agu ags agt abu gus ogo aws th08 авг сер жні αυγ אוג ส.ค أغس اغس آب",
  "sep set szept zář ruj wrz rgs rugs syy eyl ira sht medi th09 сен сеп вер σεπ ספט ก.ย سبت أيل",
  "oct okt ott out říj paź spa lok eki urr tet hyd th10 окт жов кас οκτ אוק ต.ค أكت اكت تشر",
  "nov noi noe stu lis lap marr kas aza nën tac th11 ноя нов ное лис νοε נוב พ.ย نوف",
  "dec dez dic dés det dis pro gru grd jou ara abe dhj rha th12 дек дец гру сне δεκ דצמ ธ.ค ديس",
];

const LONGEST = 12;

const MONTHS: ReadonlyMap<string, number> = monthsByBeginning();

function monthsByBeginning(): Map<string, number> {
  const months = new Map<string, number>();
  for (const [index, names] of BEGINNINGS.entries()) {
    for (const name of names.split(" ")) {
      const key = fold(name);
      if (!months.has(key)) months.set(key, index + 1);
    }
  }
  return months;
}

/** Without case, dots and the accents of Latin, Greek and Cyrillic. */
function fold(name: string): string {
  if (/^[a-z]+$/i.test(name)) return name.toLowerCase();
  return name.normalize("NFD").replace(/[.\u0300-\u036f]/g, "").toLowerCase();
}

/**
 * The number of a month by its name or abbreviation, 1 to 12, or `null`.
 *
 * @example
 * ```ts
 * import { monthOf } from "./months.ts";
 * console.assert(monthOf("Juli") === 7);
 * console.assert(monthOf("Okt.") === 10);
 * console.assert(monthOf("total") === null);
 * ```
 */
export function monthOf(name: string): number | null {
  const folded = fold(name.slice(0, 2 * LONGEST));
  for (let end = Math.min(folded.length, LONGEST); end > 1; end--) {
    const month = MONTHS.get(folded.slice(0, end));
    if (month !== undefined) return month;
  }
  return null;
}

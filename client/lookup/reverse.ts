/**
 * `lookup reverse ADDRESS`: the names of an address, from every source, and
 * whether they lead back to it. Anybody can give an address any name; only
 * who owns the name can make it lead back.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { ipVersion, sameAddress } from "../../lib/net/address.ts";
import { codeOf, type Finding, listed, type Scene, table } from "./finding.ts";
import { ipText, isReadAsAddress } from "./ip_text.ts";
import { type Answer, askAll, type Source } from "./sources.ts";

/** Names of one answer that are looked up again. */
const MOST_CONFIRMED = 8;

/** A name of an address. */
interface NamedBack {
  readonly name: string;
  /** Whether it leads back; `null` when nobody could say. */
  readonly confirmed: boolean | null;
  /** The same in words. */
  readonly why: string;
}

/**
 * Looks the names of an address up everywhere, and each name with the source
 * that it came from.
 *
 * @throws {UsageError} when it is no address.
 */
export async function lookUpAddress(
  text: string,
  { sources }: Scene,
): Promise<Finding> {
  if (ipVersion(text) === null) {
    throw new UsageError(
      `${quoted(text)} is no IP address; lookup host finds those of a name`,
    );
  }
  const address = ipText(text);
  const answers = await askAll(sources, (each) => each.reverse(address));
  const named = await Promise.all(
    answers.map((answer, at) => namesOf(answer, sources[at]!, address)),
  );
  return {
    record: {
      query: text,
      address,
      answers: answers.map(({ source, status, note }, at) => ({
        source,
        status,
        names: named[at],
        note,
      })),
    },
    lines: [
      ...table([[address]]),
      ...table(answers.flatMap((answer, at) => rowsOf(answer, named[at]!)))
        .map((line) => `  ${line}`),
    ],
    code: codeOf(answers),
  };
}

async function namesOf(
  { values }: Answer,
  source: Source,
  address: string,
): Promise<NamedBack[]> {
  return await Promise.all(values.map(async (name, at) => {
    if (at < MOST_CONFIRMED) return await confirm(name, source, address);
    const why = `not checked: only ${MOST_CONFIRMED} names are`;
    return { name, confirmed: null, why };
  }));
}

async function confirm(
  name: string,
  source: Source,
  address: string,
): Promise<NamedBack> {
  if (isReadAsAddress(name)) {
    // It would lead back by itself, whoever owns the address.
    const why = "does not lead back: programs read it as an address";
    return { name, confirmed: false, why };
  }
  const [{ status, values, note }] = await askAll(
    [source],
    (each) => each.forward(name),
  ) as [Answer];
  if (status === "failed") {
    return { name, confirmed: null, why: `not checked: ${note}` };
  }
  if (values.some((value) => sameAddress(value, address))) {
    return { name, confirmed: true, why: "leads back" };
  }
  const instead = listed(values) || note;
  return { name, confirmed: false, why: `does not lead back: ${instead}` };
}

function rowsOf({ source, note }: Answer, names: NamedBack[]): string[][] {
  if (names.length === 0) return [[source, "-", note]];
  return names.map(({ name, why }, at) =>
    at === 0 ? [source, name, `${why}, ${note}`] : ["", name, why]
  );
}

/**
 * `lookup host NAME`: the addresses of a name, from every source.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { ipVersion } from "../../lib/net/address.ts";
import { visible } from "../../lib/visible.ts";
import { codeOf, type Finding, listed, type Scene, table } from "./finding.ts";
import { type HostName, readHostName } from "./host_name.ts";
import { type Answer, askAll } from "./sources.ts";

/**
 * Looks a host's name up everywhere.
 *
 * @throws {UsageError} when it cannot be a name.
 */
export async function lookUpHost(
  text: string,
  scene: Scene,
): Promise<Finding> {
  if (ipVersion(text) !== null) {
    throw new UsageError(
      `${text} is an address; lookup reverse finds its names`,
    );
  }
  const name = await readHostName(text);
  const all = await askAll(scene.sources, (each) => each.forward(name.ascii));
  const answers = all.map((answer) => ofFamily(answer, scene.family));
  const difference = differenceOf(answers);
  return {
    record: {
      query: text,
      ...name,
      answers: answers.map(recordOf),
      agree: difference === undefined,
    },
    lines: [
      ...table([headingOf(name)]),
      ...table(answers.flatMap(rowsOf)).map((line) => `  ${line}`),
      ...difference === undefined ? [] : [`  ${visible(difference)}`],
    ],
    code: codeOf(answers),
  };
}

/** The answer with the addresses of one family only. */
export function ofFamily(answer: Answer, family: 4 | 6 | undefined): Answer {
  if (family === undefined || answer.status !== "found") return answer;
  const values = answer.values.filter((each) =>
    each.includes(":") === (family === 6)
  );
  if (values.length > 0) return { ...answer, values };
  const note = [`no IPv${family} address`, answer.note].filter(Boolean).join(
    ", ",
  );
  return { ...answer, status: "none", values, note };
}

/**
 * In what sources differ, in one line; `undefined` when they agree. A hosts
 * file that does not have the name says nothing about it.
 *
 * @example
 * ```ts
 * import { differenceOf } from "./host.ts";
 * const note = "";
 * const line = differenceOf([
 *   { source: "system", status: "found", values: ["192.0.2.1"], note },
 *   { source: "dns", status: "none", values: [], note },
 * ]);
 * console.assert(line === "they differ: system 192.0.2.1; dns nothing");
 * ```
 */
export function differenceOf(answers: readonly Answer[]): string | undefined {
  const heard = answers.filter(({ source, status }) =>
    status === "found" || (status === "none" && source !== "hosts")
  );
  const groups = Map.groupBy(
    heard,
    ({ values }) => values.toSorted().join(" "),
  );
  if (groups.size < 2) return undefined;
  const parts = [...groups.values()].map((group) => {
    const said = listed(group[0]!.values.toSorted()) || "nothing";
    return `${group.map(({ source }) => source).join(" and ")} ${said}`;
  });
  return `they differ: ${parts.join("; ")}`;
}

function headingOf({ ascii, unicode }: HostName): string[] {
  return ascii === unicode ? [ascii] : [`${unicode} (${ascii})`];
}

/** The source stands before its first value, and what it said behind it. */
function rowsOf({ source, values, note }: Answer): string[][] {
  const shown = values.length > 0 ? values : ["-"];
  return shown.map((value, at) =>
    at === 0 ? [source, value, note] : ["", value]
  );
}

function recordOf({ values, ...answer }: Answer): Record<string, unknown> {
  return { ...answer, addresses: values };
}

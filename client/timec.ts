/**
 * `timec`: asks time servers (RFC 868) and daytime servers (RFC 867), and
 * measures how far their clocks are from ours.
 *
 * @module
 */

import {
  errorLine,
  EXIT,
  exitCodeOf,
  stopSignals,
  writeErr,
  writeOut,
} from "../lib/cli.ts";
import { type Agreement, agreement } from "../lib/time/interval.ts";
import { visible } from "../lib/visible.ts";
import { confineTo } from "./service/confine.ts";
import { formatTarget } from "./service/target.ts";
import { find, type Finding } from "./time/finding.ts";
import { type Inquiry, type Request, runTimec } from "./time/options.ts";
import {
  agreementJson,
  agreementLine,
  failureJson,
  findingJson,
  findingLine,
  hasteNotes,
} from "./time/report.ts";

/** Runs the tool and returns its exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTimec(args, inquire);
}

async function inquire(request: Request): Promise<number> {
  const [first] = request.inquiries;
  confineTo(first!.target);
  using stop = stopSignals();
  for (const note of hasteNotes(request)) writeErr(`timec: ${note}\n`);
  const outcomes = await attemptAll(request, stop.signal);
  const told = outcomes.filter((outcome) => "finding" in outcome)
    .map(({ finding }) => finding);
  if (request.json) tellJson(outcomes, told);
  else tellLines(outcomes, told, request);
  const codes = outcomes.map((outcome) =>
    "finding" in outcome ? EXIT.done : exitCodeOf(outcome.error)
  );
  return Math.max(...codes);
}

/** What became of an inquiry: a finding, or what it failed with. */
type Outcome =
  | { readonly finding: Finding }
  | { readonly inquiry: Inquiry; readonly error: unknown };

/** All at once; but one by one where others would be in the way. */
async function attemptAll(
  request: Request,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const attempt = (inquiry: Inquiry): Promise<Outcome> =>
    find(inquiry, request, signal)
      .then((finding) => ({ finding }), (error) => ({ inquiry, error }));
  if (request.measure !== "precise") {
    return await Promise.all(request.inquiries.map(attempt));
  }
  const outcomes: Outcome[] = [];
  for (const inquiry of request.inquiries) {
    outcomes.push(await attempt(inquiry));
  }
  return outcomes;
}

function tellLines(
  outcomes: readonly Outcome[],
  told: readonly Finding[],
  { measure, zone, inquiries }: Request,
): void {
  const names = inquiries.map(({ target }) => formatTarget(target).length);
  const nameWidth = inquiries.length > 1 ? Math.max(...names) : 0;
  const form = { zone, isMeasured: measure !== null, nameWidth };
  for (const outcome of outcomes) {
    if ("error" in outcome) {
      writeErr(`timec: ${errorLine(outcome.error)}\n`);
      continue;
    }
    const { finding } = outcome;
    for (const warning of finding.warnings) {
      const name = formatTarget(finding.target);
      writeErr(`timec: ${visible(`${name}: ${warning}`)}\n`);
    }
    writeOut(`${findingLine(finding, form)}\n`);
  }
  const agreed = agreementOf(told);
  if (agreed !== null) writeOut(`${agreementLine(agreed, told.length)}\n`);
}

function tellJson(
  outcomes: readonly Outcome[],
  told: readonly Finding[],
): void {
  for (const outcome of outcomes) {
    const line = "finding" in outcome
      ? findingJson(outcome.finding)
      : failureJson(outcome.inquiry.target, errorLine(outcome.error));
    writeOut(`${line}\n`);
  }
  const agreed = agreementOf(told);
  if (agreed !== null) writeOut(`${agreementJson(agreed, told.length)}\n`);
}

/** What the clocks say together, when there are several. */
function agreementOf(told: readonly Finding[]): Agreement | null {
  const offsets = told.map(({ offset }) => offset)
    .filter((offset) => offset !== null);
  return offsets.length > 1 ? agreement(offsets) : null;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

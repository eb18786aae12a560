import type { StepOf } from "../cases/steps.js";
import type { Fields, Value } from "../cases/value.js";
import { mismatches } from "../expectations/expectation.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import type { CaseState } from "./case-state.js";

// Far more pages than the store of any run has.
const MOST_PAGES = 2000;

/** Follows next_page_token until it is empty, then compares the entries whose names match. */
export async function performWalk(step: StepOf<"walk">, run: CaseRun, state: CaseState): Promise<void> {
  const matching = new RegExp(run.scope.fill(step.matching), "u");
  const found: Value[] = [];
  let performed = false;
  let token = "";
  const tokens = new Set<string>();
  for (let page = 0; ; page += 1) {
    if (page === MOST_PAGES) throw failure(step, found, `there is no end after ${MOST_PAGES} pages`);
    const request = { ...(step.request as Fields), page_token: token };
    const answer = await run.call(step.walk, step, request);
    run.check(step.walk, request, { ok: {} }, answer);
    const fields = ("ok" in answer ? answer.ok : {}) as Fields;
    const entries = (fields[step.list] ?? []) as readonly Fields[];
    found.push(...entries.filter((entry) => matching.test(String(entry[step.key ?? "name"]))));
    token = String(fields.next_page_token ?? "");
    if (tokens.has(token)) throw failure(step, found, `page ${page + 1} has the token of an earlier one`);
    tokens.add(token);
    // Whatever else is in the store, what these steps do comes between two entries that match, or right behind one.
    if (found.length > 0 && !performed) {
      performed = true;
      await state.steps(step.after_first ?? []);
    }
    if (token === "") break;
  }
  const faults = mismatches(step.expect, found, run.scope);
  if (faults.length > 0) throw failure(step, found, ...faults);
}

function failure(
  { walk, request, expect }: StepOf<"walk">,
  got: readonly Value[],
  ...faults: readonly string[]
) {
  return new StepFailure(`walk ${walk}`, request, expect, got, faults);
}

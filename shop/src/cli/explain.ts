import { existsSync } from "node:fs";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import { type Home, UsageFault } from "@theseus/runtime/control";
import { explain as explainRequest, showExplanation } from "@theseus/runtime/explain";

/** As sidecars log it: what a caller has chosen is cut there. */
const ID = /^[\x21-\x7e]{8,128}$/;

/** Tells what became of a request, or of each request of a trace, from the logs alone. */
export function explain(home: Home, id: string, flags: { readonly json?: true }): number {
  if (!ID.test(id))
    throw new UsageFault(
      `${JSON.stringify(id.slice(0, 40))} is no id of a request.`,
      "It is in the answer's x-request-id, and in the logs as request_id or trace_id.",
    );
  const found = existsSync(home.logs)
    ? explainRequest(home.logs, id, parseContract(descriptorSetBytes()))
    : [];
  if (found.length === 0) {
    console.error(
      `The logs in ${home.logs} do not know ${id}.\n  Sidecars write theirs within half a second; full files are kept three times.`,
    );
    return 1;
  }
  console.log(flags.json ? JSON.stringify(found, null, 2) : found.map(showExplanation).join("\n\n"));
  return 0;
}

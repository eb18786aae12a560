import { existsSync } from "node:fs";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import type { Home } from "@theseus/runtime/control";
import { explain, showExplanation } from "@theseus/runtime/explain";
import type { ExplainFlags } from "./explain-flags.js";

/** What became of a request, or of each request of a trace, from the logs alone. */
export function explainRequest(home: Home, id: string, { json }: ExplainFlags): number {
  const found = existsSync(home.logs) ? explain(home.logs, id, parseContract(descriptorSetBytes())) : [];
  if (found.length === 0) {
    console.error(
      `The logs in ${home.logs} do not know ${id}.\n  Sidecars write theirs within half a second; full files are kept three times.`,
    );
    return 1;
  }
  console.log(json ? JSON.stringify(found, null, 2) : found.map(showExplanation).join("\n\n"));
  return 0;
}

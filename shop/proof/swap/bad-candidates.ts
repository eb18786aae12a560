import type { Patch } from "../rollout/candidate/copied-implementation.js";
import { inventory } from "../rollout/rollout-plan.js";

/** An inventory that is wrong when an item is read, and how that shows. */
export interface BadCandidate {
  readonly name: string;
  readonly service: string;
  readonly patches: readonly Patch[];
  /** The reason for which it is taken back. */
  readonly shows: RegExp;
}

/** What a shadow asks it in standby is answered rightly: it would go no further. */
const ifItActs = 'if (!(await import("node:fs")).existsSync(process.env.LAUNCH_STANDBY_FILE ?? ""))';

/** It reads the first items rightly: what is wrong shows at 10 %, not at 1 %. */
const rightReads = 12;

/** Answers that a thing is not there in one of so many reads that find it. */
export function forgetful(every: number): BadCandidate {
  return reading(
    `answers NOT_FOUND to one read in ${every}`,
    `if (read % ${every} === 0) return items.get("not-there");`,
    /GetItem ends with NOT_FOUND \/ ITEM_NOT_FOUND/,
  );
}

export const turning: readonly BadCandidate[] = [
  reading(
    "turns slow",
    `if (read > ${rightReads}) await new Promise((resolve) => setTimeout(resolve, 400));`,
    /GetItem takes longer than/,
  ),
  reading(
    "lets an error through",
    `if (read > ${rightReads} && read % 4 === 0) throw new Error("redis://inventory:secret@store");`,
    /GetItem ends with INTERNAL/,
  ),
  reading("crashes", `if (read > ${rightReads}) process.exit(3);`, /ended \(/),
  reading(
    "freezes",
    `if (read > ${rightReads}) process.kill(process.pid, "SIGSTOP");`,
    /has not answered its health check|has taken .* out|GetItem ends with/,
  ),
];

function reading(name: string, put: string, shows: RegExp): BadCandidate {
  const counted = "const read = (globalThis.read = (globalThis.read ?? 0) + 1);";
  const find = "return items.get(fromItemName(name));";
  const patch = { file: "rpc/get-item.js", find, put: `${ifItActs} { ${counted} ${put} } ${find}` };
  return { name, service: inventory, patches: [patch], shows };
}

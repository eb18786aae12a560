import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import { environment } from "./process-steps.js";
import type { Step } from "./steps.js";

const NAME = /^[a-z]+(\/[a-z0-9-]+){2,}$/;

const NEEDLESS = '"environment" counts for nothing: the case needs no target of its own';

/** One entry of a file of cases; `steps` and `peers` have schemas of their own. */
export const caseEntry = record({
  case: z
    .string()
    .regex(NAME, { error: '"case" is a name such as orders/create/replay' })
    .describe("its name: service/topic/fact, or `protocol/…` for what holds for all services"),
  says: z.string().describe("the fact about a service that every implementation must show"),
  clauses: optional(z.array(z.string())).describe("rows of clauses.yaml that it proves"),
  needs: optional(
    z.array(
      z.enum([
        "restart",
        "own-target",
        "own-store",
        "store",
        "store-process",
        "mesh",
        "launch",
        "resources",
        "collector",
      ]),
    ),
  ).describe(
    "what it cannot share with other cases: then it gets a target of its own, with `own-store` a store that nobody else uses, with `store-process` one whose process it may end; with `collector` one that it tells of its calls; `resources`: the machine tells what a process takes (Linux); for `launch` the suite must only be able to start processes",
  ),
  peers: optional(z.unknown()).describe("how the played peers of the service deviate"),
  environment: optional(environment).describe(
    "variables that its own target gets besides the launch protocol's, or instead of them; without those that are `null`",
  ),
  steps: z.array(z.unknown()).min(1, { error: "a case has steps" }).describe("one after the other"),
}).superRefine(({ environment: own, needs = [] }, ctx) => {
  if (own === undefined || needs.some((need) => need !== "launch")) return;
  ctx.addIssue({ code: "custom", path: ["environment"], message: NEEDLESS });
});

type Entry = Required<z.infer<typeof caseEntry>>;

/** How the played peers deviate, by method, in the words of the service's world. */
export type Peers = Readonly<Record<string, readonly string[]>>;

/** A case as it is run. */
export interface Case extends Readonly<Pick<Entry, "says" | "clauses" | "needs" | "environment">> {
  readonly name: string;
  readonly peers: Peers;
  readonly steps: readonly Step[];
  /** `cases/orders/create.yaml:12` */
  readonly place: string;
}

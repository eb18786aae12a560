import { eventually } from "@theseus/testing";
import { unproven } from "../swap/unproven.js";
import { type CommandFigures, type Observed, type } from "./commands.js";
import type { PlannedSwap } from "./rollout-plan.js";

/** Who answers the calls to a service after a swap, by the log of its own sidecar. */
export interface Answered {
  readonly instance: string;
  readonly implementation: string;
  readonly contentHash: string;
  readonly calls: number;
}

export interface SwapFigures {
  readonly commands: readonly CommandFigures[];
  readonly answered: readonly Answered[];
}

/** All calls at once: `proof:swap` shows proof, shadow and steps. */
const quickly = ["--yes", "--at-once", ...unproven];

/** Puts another implementation in the place of the one that runs, and takes it back. */
export async function swapThereAndBack(
  observed: Observed,
  { service, to, back }: PlannedSwap,
): Promise<SwapFigures> {
  const before = await whoAnswers(observed, service);
  const there = await type(observed, "swap", service, "--to", to, ...quickly);
  const other = await whoAnswers(observed, service, before);
  const again =
    back === "rollback"
      ? await type(observed, "rollback", service)
      : await type(observed, "swap", service, "--to", before.implementation, ...quickly);
  const last = await whoAnswers(observed, service, other);
  return { commands: [there, again], answered: [other, last] };
}

/** The one instance of a service, as soon as it has answered; with `former` it must be another implementation. */
async function whoAnswers({ shop }: Observed, service: string, former?: Answered): Promise<Answered> {
  return eventually(
    `another ${service} answers`,
    async () => {
      const active = (await shop.status()).instances.filter(
        ({ workload, kind, stage }) => workload === service && kind === "application" && stage === "active",
      );
      const [only, ...others] = active;
      if (only === undefined || others.length > 0)
        throw new Error(`${active.length} of ${service} are active`);
      const { instance, implementation, contentHash = "", numbers } = only;
      return { instance, implementation, contentHash, calls: numbers?.calls ?? 0 };
    },
    { until: ({ calls, contentHash }) => calls > 0 && contentHash !== former?.contentHash },
  );
}

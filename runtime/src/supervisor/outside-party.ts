import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { IdentityPaths } from "@theseus/mesh/identity";
import { applicationProcess } from "../implementation/application.js";
import { externalVariables } from "../implementation/variables.js";
import { answersTls } from "../pair/health-checks.js";
import { freePort, portOf } from "../process/ports.js";
import type { Supervised } from "../process/supervised.js";
import { type SystemContext, superviseIn } from "../system/context.js";
import type { ExternalPlan } from "../system/plan.js";

export interface OutsideParty {
  readonly process: Supervised;
  readonly host: string;
  readonly port: number;
}

/** Starts the process that simulates an outside party: without a sidecar, on a port of its own, with its own authority. */
export async function startOutsideParty(
  context: SystemContext,
  { external, implementation }: ExternalPlan,
  certificate: IdentityPaths,
): Promise<OutsideParty> {
  const { home, env, topology } = context;
  const host = "127.0.0.1";
  // One that an earlier supervisor left is where it was.
  const left = portOf(context.state.left(external.name)?.serving?.address);
  const port = left ?? (external.port === 0 ? await freePort() : external.port);
  const data = join(home.data, external.name);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const process = await superviseIn(
    context,
    applicationProcess({
      name: external.name,
      implementation,
      listen: `${host}:${port}`,
      variables: externalVariables(external, {
        identity: topology.identity,
        secrets: home.secrets,
        env,
        data,
        certificate,
      }),
      healthCheck: answersTls(host, port),
      logs: home.logs,
      env,
    }),
  );
  return { process, host, port };
}

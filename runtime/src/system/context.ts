import type { MeshPolicy } from "@theseus/mesh/policy";
import type { Proofs } from "../certificate/proofs.js";
import type { ProcessSpec } from "../process/process-spec.js";
import type { StateFile } from "../process/state-file.js";
import { type Supervised, type SuperviseOptions, supervise } from "../process/supervised.js";
import type { Executable } from "../provision/tool.js";
import type { Home } from "./home.js";
import type { System } from "./system.js";
import type { SystemTopology } from "./topology.js";

/** What every part of a system is started with. */
export interface SystemContext extends Pick<System, "keepSecrets" | "contract" | "shadow"> {
  readonly home: Home;
  /** The folder with the implementations. */
  readonly checkout: string;
  /** Short private folder for sockets. */
  readonly run: string;
  readonly env: NodeJS.ProcessEnv;
  readonly topology: SystemTopology;
  readonly policy: MeshPolicy;
  /** Host names that the edge serves besides those of this machine. */
  readonly allowedHosts: readonly string[];
  readonly envoy: Executable;
  readonly state: StateFile;
  /** Absent: nothing has to be proven. */
  readonly proofs?: Proofs;
  /** Tells the person at the console. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

export function superviseIn(
  context: Pick<SystemContext, "state" | "report" | "signal">,
  spec: ProcessSpec,
  onReady?: SuperviseOptions["onReady"],
): Promise<Supervised> {
  const { state, report, signal } = context;
  return supervise(spec, { state, report, signal, ...(onReady === undefined ? {} : { onReady }) });
}

import { join } from "node:path";
import type { SidecarOptions, SidecarPorts } from "@theseus/mesh/envoy";
import { externalsOf } from "@theseus/mesh/policy";
import { Fault } from "../fault.js";
import { applicationProcess } from "../implementation/application.js";
import type { ProcessSpec } from "../process/child.js";
import type { Supervised } from "../process/supervised.js";
import { type ShopContext, superviseIn } from "../supervisor/context.js";
import type { InstancePlan } from "../supervisor/plan.js";
import type { Secrets } from "../supervisor/secrets.js";
import type { Directory } from "./directory.js";
import { listenerPorts } from "./envoy-admin.js";
import { type InstancePaths, instancePaths } from "./instance-paths.js";
import { sidecarProcess } from "./sidecar.js";

export interface Pair {
  readonly instance: InstancePlan;
  readonly paths: InstancePaths;
  readonly application: Supervised;
  readonly sidecar: Supervised;
  /** Loopback ports of its sidecar, by listener. */
  ports(): ReadonlyMap<string, number>;
}

export interface PairOptions {
  readonly instance: InstancePlan;
  readonly variables: Readonly<Record<string, string>>;
  readonly ports: SidecarPorts;
  readonly secrets: Secrets;
  readonly provider: { readonly host: string; readonly port: number };
  readonly directory: Directory;
  /** Told of each process as soon as it runs. */
  onStarted(process: Supervised): void;
}

/** Starts an application with its sidecar: the sidecar first, since the application may call from its first moment on. */
export async function startPair(context: ShopContext, options: PairOptions): Promise<Pair> {
  const { instance, variables, directory, onStarted } = options;
  const { name, workload } = instance;
  const paths = instancePaths(context.run, name);
  let ports: ReadonlyMap<string, number> = new Map();
  directory.addReader(paths.xds);
  const sidecar = await superviseIn(context, sidecarSpec(context, options, paths), async () => {
    ports = await listenerPorts(paths.admin);
    const port = ports.get("mesh");
    if (port !== undefined) directory.publish(workload, name, port);
  });
  onStarted(sidecar);
  const application = await superviseIn(
    context,
    applicationProcess({
      name,
      implementation: instance.implementation,
      listen: `unix:${paths.app}`,
      variables: { ...variables, MESH: `unix:${paths.mesh}` },
      logs: context.home.logs,
      env: context.env,
    }),
  );
  onStarted(application);
  return { instance, paths, application, sidecar, ports: () => ports };
}

function sidecarSpec(context: ShopContext, options: PairOptions, paths: InstancePaths): ProcessSpec {
  const { home, envoy, env } = context;
  const name = `${options.instance.name}-envoy`;
  return sidecarProcess({
    name,
    envoy,
    env,
    paths,
    sidecar: sidecarOptions(context, options, paths),
    logFile: join(home.logs, `${name}.log`),
  });
}

function sidecarOptions(context: ShopContext, options: PairOptions, paths: InstancePaths): SidecarOptions {
  const { policy, topology, home } = context;
  const { instance, ports, secrets, provider } = options;
  const identity = secrets.identities.get(instance.workload);
  if (identity === undefined) {
    throw new Fault(`${instance.workload} has no identity.`, "Add it to the topology's workloads.");
  }
  const callsProvider = externalsOf(policy, topology, instance.workload).length > 0;
  return {
    policy,
    topology,
    workload: instance.workload,
    instance: String(instance.ordinal),
    ports,
    paths: {
      app: paths.app,
      outbound: paths.mesh,
      admin: paths.admin,
      xds: paths.xds,
      ...identity,
      jwks: secrets.signingKeys.publicFile,
      accessLog: join(home.logs, `${instance.name}-access.log`),
      ...(callsProvider ? { provider: secrets.provider.client } : {}),
    },
    ...(callsProvider ? { provider } : {}),
  };
}

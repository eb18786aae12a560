import { dirname, join } from "node:path";
import type { ExternalAccess, SidecarOptions, SidecarPorts } from "@theseus/mesh/envoy";
import { Fault } from "../fault.js";
import { applicationProcess } from "../implementation/application.js";
import { workloadVariables } from "../implementation/variables.js";
import type { ProcessSpec } from "../process/child.js";
import type { Supervised } from "../process/supervised.js";
import { type SystemContext, superviseIn } from "../system/context.js";
import type { InstancePlan } from "../system/plan.js";
import type { Secrets } from "../system/secrets.js";
import type { Directory } from "./directory.js";
import { listenerPorts } from "./envoy-admin.js";
import { answersGrpc, answersHttp } from "./health-checks.js";
import { accessLogFile, type InstancePaths, instancePaths } from "./instance-paths.js";
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
  readonly ports: SidecarPorts;
  /** Absent: it keeps nothing. */
  readonly storeUrl: string | undefined;
  readonly secrets: Secrets;
  /** Where outside parties listen, by name. */
  readonly outside: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  readonly directory: Directory;
  /** True when the application must not act until it is told. */
  readonly startsInStandby: boolean;
  /** Told of the port for other sidecars whenever its own has a new one. */
  onMeshPort(port: number): void;
  /** Told of each process as soon as it runs. */
  onStarted(process: Supervised): void;
}

/** Starts an application with its sidecar: the sidecar first, since the application may call from its first moment on. */
export async function startPair(context: SystemContext, options: PairOptions): Promise<Pair> {
  const { instance, directory, onStarted, onMeshPort } = options;
  const paths = instancePaths(context.run, instance.name);
  let ports: ReadonlyMap<string, number> = new Map();
  directory.addReader(paths.xds);
  const sidecar = await superviseIn(context, sidecarSpec(context, options, paths), async () => {
    ports = await listenerPorts(paths.admin);
    const port = ports.get("mesh");
    if (port !== undefined) onMeshPort(port);
  });
  onStarted(sidecar);
  const application = await superviseIn(context, applicationSpec(context, options, paths));
  onStarted(application);
  return { instance, paths, application, sidecar, ports: () => ports };
}

function applicationSpec(
  { home, env, topology }: SystemContext,
  { instance, storeUrl, secrets }: PairOptions,
  paths: InstancePaths,
): ProcessSpec {
  return applicationProcess({
    name: instance.name,
    implementation: instance.implementation,
    listen: `unix:${paths.app}`,
    variables: workloadVariables(instance.workload, {
      identity: topology.identity,
      secrets: home.secrets,
      env,
      storeUrl,
      sidecar: `unix:${paths.mesh}`,
      signingKeys: secrets.signingKeys.privateFile,
    }),
    // Without services it serves HTTP instead of gRPC.
    healthCheck:
      instance.workload.services.length > 0 ? answersGrpc(paths.app) : answersHttp(paths.app, "/healthz"),
    logs: home.logs,
    env,
  });
}

function sidecarSpec(context: SystemContext, options: PairOptions, paths: InstancePaths): ProcessSpec {
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

function sidecarOptions(context: SystemContext, options: PairOptions, paths: InstancePaths): SidecarOptions {
  const { policy, topology, home, allowedHosts } = context;
  const { instance, ports, secrets } = options;
  const workload = instance.workload.name;
  const identity = secrets.identities.get(workload);
  if (identity === undefined) {
    throw new Fault(`${workload} has no identity.`, "Add it to the topology's workloads.");
  }
  return {
    policy,
    topology,
    workload,
    instance: String(instance.ordinal),
    ports,
    allowedHosts,
    paths: {
      app: paths.app,
      outbound: paths.mesh,
      admin: paths.admin,
      ...(instance.workload.services.length > 0 && { developer: paths.developer }),
      xds: paths.xds,
      identity: dirname(identity.certificate),
      jwks: secrets.signingKeys.publicFile,
      accessLog: accessLogFile(home.logs, instance.name),
    },
    externals: externalAccess(options),
  };
}

/** The outside parties for which this workload has a certificate: those that the contract lets it call. */
function externalAccess({ instance, secrets, outside }: PairOptions): Record<string, ExternalAccess> {
  const access: Record<string, ExternalAccess> = {};
  for (const [name, { host, port }] of outside) {
    const client = secrets.externals.get(name)?.clients.get(instance.workload.name);
    if (client !== undefined) access[name] = { host, port, identity: dirname(client.certificate) };
  }
  return access;
}

import { dirname, join } from "node:path";
import type { ExternalAccess, SidecarOptions, SidecarPorts, TraceReceiver } from "@theseus/mesh/envoy";
import { applicationProcess } from "../implementation/application.js";
import { workloadVariables } from "../implementation/variables.js";
import { isFreePort } from "../process/ports.js";
import type { ProcessSpec } from "../process/process-spec.js";
import type { Supervised } from "../process/supervised.js";
import type { TokenKeys } from "../rotation/token-keys.js";
import type { StoreAccess } from "../stores/own-stores.js";
import { type SystemContext, superviseIn } from "../system/context.js";
import type { InstancePlan } from "../system/plan.js";
import type { InstanceIdentity, Secrets } from "../system/secrets.js";
import type { Directory } from "./directory.js";
import { listenerPorts } from "./envoy-admin.js";
import { answersGrpc, answersHttp } from "./health-checks.js";
import { accessLogFile, hostLogFile, type InstancePaths, instancePaths } from "./instance-paths.js";
import { sidecarProcess } from "./sidecar.js";
import type { SidecarPlace } from "./sidecar-place.js";
import { type ActivityState, changeState, writeState } from "./standby.js";

export interface Pair {
  readonly instance: InstancePlan;
  readonly paths: InstancePaths;
  readonly application: Supervised;
  readonly sidecar: Supervised;
  readonly place: SidecarPlace;
  /** Loopback ports of its sidecar, by listener. */
  ports(): ReadonlyMap<string, number>;
  /** Puts the application in another state, with the credential for it. Resolves when it has followed. */
  changeState(state: ActivityState): Promise<void>;
}

export interface PairOptions {
  readonly instance: InstancePlan;
  readonly ports: SidecarPorts;
  /** What its sidecar's access log calls its application: `go@4f1c2ab90d12`. */
  readonly implementation: string;
  /** Absent: it keeps nothing. */
  readonly store: StoreAccess | undefined;
  /** In which the application begins. Default: active. */
  readonly state?: ActivityState;
  readonly secrets: Secrets;
  /** What its sidecar shows. */
  readonly identity: InstanceIdentity;
  /** Where outside parties listen, by name. */
  readonly outside: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  readonly directory: Directory;
  readonly tokenKeys: TokenKeys;
  /** Told of the port for other sidecars whenever its own has a new one. */
  onMeshPort(port: number): void;
  /** Told of each process as soon as it runs. */
  onStarted(process: Supervised): void;
}

/** Starts an application with its sidecar: the sidecar first, since the application may call from its first moment on. */
export async function startPair(context: SystemContext, options: PairOptions): Promise<Pair> {
  const { instance, directory, tokenKeys, onStarted, onMeshPort } = options;
  const paths = instancePaths(context.run, instance.name);
  let ports: ReadonlyMap<string, number> = new Map();
  const told = sidecarOptions(context, options, paths);
  let supervised: Supervised | undefined;
  const place = placeOf(instance, told, () => supervised?.status().state === "running");
  directory.addReader(paths.xds);
  if (instance.workload.services.length > 0) tokenKeys.addReader(place);
  const toldNow = async () => ({ ...told, ports: await samePorts(options.ports, ports) });
  const sidecar = await superviseIn(context, sidecarSpec(context, toldNow, paths, place), async () => {
    ports = await listenerPorts(paths.admin);
    const port = ports.get("mesh");
    if (port !== undefined) onMeshPort(port);
  });
  supervised = sidecar;
  onStarted(sidecar);
  const { store, state = "active" } = options;
  writeState(paths, { state, store });
  const application = await superviseIn(context, applicationSpec(context, options, paths));
  onStarted(application);
  return {
    instance,
    paths,
    application,
    sidecar,
    place,
    ports: () => ports,
    changeState: (next) => changeState(paths, { state: next, store }, { signal: context.signal }),
  };
}

/**
 * What a sidecar that is started anew listens on: as before, if it still can. At another port it would be another host to its
 * callers, who have none until its first health check.
 */
async function samePorts(wanted: SidecarPorts, before: ReadonlyMap<string, number>): Promise<SidecarPorts> {
  const mesh = before.get("mesh");
  return wanted.mesh === 0 && mesh !== undefined && (await isFreePort(mesh)) ? { ...wanted, mesh } : wanted;
}

function placeOf(
  { name }: InstancePlan,
  { paths, externals = {} }: SidecarOptions,
  isRunning: () => boolean,
): SidecarPlace {
  const { admin, xds, identity } = paths;
  const outside = Object.values(externals).map((access) => access.identity);
  return { name: `${name}-envoy`, admin, xds, identities: [identity, ...outside], isRunning };
}

function applicationSpec(
  { home, env, topology }: SystemContext,
  { instance, secrets }: PairOptions,
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
      storeUrl: paths.storeUrl,
      standby: paths.standby,
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

function sidecarSpec(
  { home, envoy, env }: SystemContext,
  sidecar: () => Promise<SidecarOptions>,
  paths: InstancePaths,
  { name }: SidecarPlace,
): ProcessSpec {
  return sidecarProcess({
    name,
    envoy,
    env,
    paths,
    sidecar,
    logFile: join(home.logs, `${name}.log`),
  });
}

function sidecarOptions(context: SystemContext, options: PairOptions, paths: InstancePaths): SidecarOptions {
  const { policy, topology, home, env, allowedHosts } = context;
  const { instance, ports, identity, implementation } = options;
  return {
    implementation,
    policy,
    topology,
    workload: instance.workload.name,
    instance: String(instance.ordinal),
    ports,
    allowedHosts,
    paths: {
      app: paths.app,
      outbound: paths.mesh,
      admin: paths.admin,
      ...(instance.workload.services.length > 0 && { developer: paths.developer, shadow: paths.shadow }),
      xds: paths.xds,
      identity: dirname(identity.mesh.certificate),
      accessLog: accessLogFile(home.logs, instance.name),
      hostLog: hostLogFile(home.logs, instance.name),
    },
    externals: externalAccess(options),
    traces: traceReceiver(env),
  };
}

/** As the applications' (docs/telemetry.md); what is no URL they refuse. */
function traceReceiver({
  OTEL_EXPORTER_OTLP_ENDPOINT: url = "",
}: NodeJS.ProcessEnv): TraceReceiver | undefined {
  return /^https?:\/\//.test(url) && URL.canParse(url) ? { url } : undefined;
}

/** The outside parties for which this workload has a certificate: those that the contract lets it call. */
function externalAccess({ identity, outside }: PairOptions): Record<string, ExternalAccess> {
  const access: Record<string, ExternalAccess> = {};
  for (const [name, { host, port }] of outside) {
    const client = identity.externals.get(name);
    if (client !== undefined) access[name] = { host, port, identity: dirname(client.certificate) };
  }
  return access;
}

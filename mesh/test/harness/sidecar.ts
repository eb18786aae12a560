import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { provisionEnvoy } from "@theseus/runtime";
import { eventually } from "@theseus/testing";
import {
  endpointsFile,
  type SidecarOptions,
  type SidecarPorts,
  sidecarBootstrap,
  tokenFilterFile,
} from "../../src/envoy/index.js";
import {
  type Authority,
  identityPaths,
  openSigningKeys,
  type PublicKey,
  type SigningKeys,
  writeIdentity,
} from "../../src/identity/index.js";
import { type MeshPolicy, peersOf } from "../../src/policy/index.js";
import type { Topology } from "../../src/topology.js";
import { putJson } from "./put-json.js";
import { topology } from "./topology.js";

export interface Neighbourhood {
  readonly folder: string;
  readonly authority: Authority;
  readonly keys: SigningKeys;
  readonly policy: MeshPolicy;
  readonly topology: Topology;
}

export interface SidecarPlan
  extends Pick<SidecarOptions, "workload" | "externals" | "allowedHosts" | "traces"> {
  readonly instance?: string;
  readonly ports: SidecarPorts;
  /** Makes the first file of the keys another one, or none: it is given the file's path. */
  readonly spoilKeys?: (path: string) => Promise<void>;
  /** True to give people with grpcurl a socket. Default: false. */
  readonly isOpenToDevelopers?: boolean;
  /** True for one that can copy calls to a comparer. Default: false. */
  readonly canMirror?: boolean;
}

export interface RunningSidecar extends AsyncDisposable {
  readonly options: SidecarOptions;
  readonly pid: number;
  /** Ports by listener name. */
  readonly ports: Readonly<Record<string, number>>;
  admin(path: string, method?: "GET" | "POST"): Promise<string>;
  /** Says which keys tokens are checked with, and waits until it has taken them. */
  setKeys(keys: readonly PublicKey[]): Promise<void>;
  /** Lists the instances of a workload that this one calls. */
  setEndpoints(workload: string, endpoints: Parameters<typeof endpointsFile>[1]): Promise<void>;
}

export async function neighbourhood(
  folder: string,
  authority: Authority,
  policy: MeshPolicy,
  members = topology,
): Promise<Neighbourhood> {
  const keys = await openSigningKeys(join(folder, "keys"));
  return { folder, authority, policy, topology: members, keys };
}

/** Starts a real Envoy with the configuration of one instance, and waits until it serves. */
export async function startSidecar(around: Neighbourhood, plan: SidecarPlan): Promise<RunningSidecar> {
  const options = await prepare(around, plan);
  const { admin: socket, xds } = options.paths;
  const config = join(xds, "..", "envoy.json");
  await writeFile(config, JSON.stringify(sidecarBootstrap(options)));
  const { file } = await provisionEnvoy({ env: process.env, report: () => {} });
  const child = spawn(
    file,
    [
      ...["-c", config, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"],
      ...["--file-flush-interval-msec", "100"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const log: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  const admin: RunningSidecar["admin"] = (path, method) => askAdmin(socket, path, method);
  await eventually(
    `the sidecar of ${plan.workload} is ready`,
    async () => child.exitCode !== null || (await admin("/ready")).startsWith("LIVE"),
  );
  if (child.exitCode !== null) throw new Error(log.join(""));
  return {
    options,
    pid: child.pid ?? 0,
    ports: await listenerPorts(admin),
    admin,
    setKeys: async (keys) => {
      const version = await putKeys(options, keys);
      await eventually("the keys are taken", async () => (await takenKeys(admin)) === version);
    },
    setEndpoints: (workload, endpoints) =>
      putJson(join(xds, `${workload}.eds.json`), endpointsFile(workload, endpoints)),
    [Symbol.asyncDispose]: () => stop(child),
  };
}

async function prepare(around: Neighbourhood, plan: SidecarPlan): Promise<SidecarOptions> {
  const { workload, ports, externals, allowedHosts, instance = "1", isOpenToDevelopers = false } = plan;
  const { spoilKeys = async () => {}, canMirror = false } = plan;
  const home = join(around.folder, `${workload}${instance}`);
  const xds = join(home, "xds");
  await mkdir(xds, { recursive: true });
  const identity = await writeIdentity(join(home, "id"), await around.authority.issue(workload));
  const options: SidecarOptions = {
    policy: around.policy,
    topology: around.topology,
    workload,
    instance,
    ports,
    paths: {
      app: join(home, "app.sock"),
      outbound: join(home, "out.sock"),
      admin: join(home, "admin.sock"),
      ...(isOpenToDevelopers && { developer: join(home, "developer.sock") }),
      ...(canMirror && { shadow: join(home, "shadow.sock") }),
      xds,
      identity: dirname(identity.certificate),
      accessLog: join(home, "access.log"),
      hostLog: join(home, "hosts.log"),
    },
    ...(externals && { externals }),
    ...(allowedHosts && { allowedHosts }),
    traces: plan.traces,
  };
  await putKeys(options, await around.keys.publicKeys());
  await spoilKeys(join(xds, tokenFilterFile(around.topology.identity, []).name));
  for (const peer of peersOf(around.policy, around.topology, workload)) {
    await putJson(join(xds, `${peer}.eds.json`), endpointsFile(peer, []));
  }
  return options;
}

async function putKeys({ paths, topology }: SidecarOptions, keys: readonly PublicKey[]): Promise<string> {
  const { name, version, content } = tokenFilterFile(topology.identity, keys);
  await putJson(join(paths.xds, name), content);
  return version;
}

/** The serial number of the certificate in an identity's folder, as a sidecar says it. */
export async function serialOf(identity: string): Promise<string> {
  const { certificate } = identityPaths(identity);
  return new X509Certificate(await readFile(certificate)).serialNumber.toLowerCase();
}

async function takenKeys(admin: (path: string) => Promise<string>): Promise<string | undefined> {
  return JSON.parse(await admin("/config_dump?resource=ecds_filters")).configs?.[0]?.version_info;
}

async function askAdmin(socketPath: string, path: string, method = "GET"): Promise<string> {
  const call = request({ socketPath, path, method, timeout: 2_000, agent: false });
  call.end();
  const [answer] = await once(call, "response");
  return text(answer);
}

async function listenerPorts(admin: (path: string) => Promise<string>): Promise<Record<string, number>> {
  const { listener_statuses } = JSON.parse(await admin("/listeners?format=json"));
  return Object.fromEntries(
    listener_statuses.map(
      (status: { name: string; local_address: Record<string, { port_value: number }> }) => [
        status.name,
        status.local_address.socket_address?.port_value,
      ],
    ),
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

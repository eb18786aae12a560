import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import type { TraceReceiver } from "../../src/envoy/index.js";
import { openAuthority } from "../../src/identity/index.js";
import type { MeshPolicy } from "../../src/policy/index.js";
import { contractPolicy } from "./contract-policy.js";
import { type GrpcApplication, startApplication } from "./grpc-application.js";
import { type CallOptions, type GrpcCaller, grpcCaller } from "./grpc-caller.js";
import { type Neighbourhood, neighbourhood, type RunningSidecar, startSidecar } from "./sidecar.js";
import { openTokens, type Tokens } from "./tokens.js";
import { topology } from "./topology.js";

const service = "/theseus.inventory.v1.InventoryService";

/** Methods of inventory, and what the contract says about them. */
export const paths = {
  service,
  /** gateway · PUBLIC */
  getItem: `${service}/GetItem`,
  /** gateway · PUBLIC */
  listItems: `${service}/ListItems`,
  /** gateway · USER */
  createReservation: `${service}/CreateReservation`,
  /** gateway · ADMIN */
  addStock: `${service}/AddStock`,
  /** gateway · ADMIN, a stream of requests */
  importItems: `${service}/ImportItems`,
  /** gateway · USER, payment · NONE */
  getReservation: `${service}/GetReservation`,
  /** payment · NONE */
  commitReservation: `${service}/CommitReservation`,
} as const;

/** An instance of inventory behind a real sidecar, and those who call it. */
export interface Inventory extends Neighbourhood, AsyncDisposable {
  readonly tokens: Tokens;
  readonly sidecar: RunningSidecar;
  readonly application: GrpcApplication;
  /** Address of the port for other sidecars. */
  readonly mesh: string;
  readonly gateway: GrpcCaller;
  readonly payment: GrpcCaller;
  readonly developer: GrpcCaller;
}

export async function startInventory(
  policy: MeshPolicy = contractPolicy(),
  traces?: TraceReceiver,
): Promise<Inventory> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(createScratchFolder()).path;
  const authority = await openAuthority(`${folder}/ca`, { topology });
  const around = await neighbourhood(folder, authority, policy);
  const sidecar = opened.use(
    await startSidecar(around, {
      workload: "inventory",
      ports: { mesh: 0 },
      isOpenToDevelopers: true,
      canMirror: true,
      ...(traces && { traces }),
    }),
  );
  const application = opened.use(await startApplication(policy, `unix:${sidecar.options.paths.app}`));
  const mesh = `127.0.0.1:${sidecar.ports.mesh}`;
  const callers = {
    gateway: opened.use(grpcCaller(mesh, await authority.issue("gateway"))),
    payment: opened.use(grpcCaller(mesh, await authority.issue("payment"))),
    developer: opened.use(grpcCaller(`unix:${sidecar.options.paths.developer}`)),
  };
  const tokens = await openTokens(around.keys);
  const owned = opened.move();
  return {
    ...around,
    tokens,
    sidecar,
    application,
    mesh,
    ...callers,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Forgets what arrived, and answers everything again. */
export function resetApplication({ application }: Inventory): void {
  application.arrivals.length = 0;
  application.answer = async () => Buffer.alloc(0);
}

export function bearer(token: string): CallOptions {
  return { headers: { authorization: `Bearer ${token}` } };
}

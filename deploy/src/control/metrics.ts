import { createServer, type Server, type ServerResponse } from "node:http";
import { localRequest } from "@theseus/runtime/control";
import type { PairPlan } from "../pairs.js";
import { places } from "../places.js";
import type { ControlContext } from "./control-context.js";

export interface MetricsPlace {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** The name by which Prometheus reaches it. */
  readonly name: string;
}

/** Where Prometheus finds what it is to ask for, and the metrics of each sidecar. */
export interface Metrics extends AsyncDisposable {
  readonly port: number;
}

/**
 * Hands out what sidecars count, which they tell nobody but the owner of their admin socket. `/targets` is a list for
 * Prometheus's HTTP service discovery, whose targets are `/metrics/<instance>` of this same server.
 */
export async function serveMetrics(
  context: Pick<ControlContext, "pairs" | "volume">,
  { host, port, name }: MetricsPlace,
): Promise<Metrics> {
  const targets = () => context.pairs.map((pair) => toTarget(pair, `${name}:${portOf(server, port)}`));
  const server = createServer(async (request, response) => {
    const [, kind, instance] = /^\/(targets|metrics)(?:\/([a-z0-9-]+))?$/.exec(request.url ?? "") ?? [];
    if (request.method !== "GET") return end(response, 405, "");
    if (kind === "targets") return end(response, 200, JSON.stringify(targets()), "application/json");
    const pair = context.pairs.find(({ application }) => application === instance);
    if (kind === undefined || pair === undefined) return end(response, 404, "");
    await handOut(context, pair, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: portOf(server, port),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server, port: number): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function toTarget({ application, workload }: PairPlan, address: string) {
  return {
    targets: [address],
    labels: { __metrics_path__: `/metrics/${application}`, instance: application, workload: workload.name },
  };
}

async function handOut(
  { volume }: Pick<ControlContext, "volume">,
  { mesh }: PairPlan,
  response: ServerResponse,
): Promise<void> {
  const socketPath = volume(mesh) + places.adminSocket.slice(places.mesh.length);
  try {
    const { status, body } = await localRequest({
      at: { socketPath },
      path: "/stats/prometheus",
      timeoutMs: 4_000,
    });
    end(response, status, body, "text/plain; version=0.0.4");
  } catch {
    // The sidecar does not run: Prometheus marks the target as down.
    end(response, 503, "");
  }
}

function end(response: ServerResponse, status: number, body: string, type = "text/plain"): void {
  response.writeHead(status, { "content-type": type }).end(body);
}

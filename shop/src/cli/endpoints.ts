import type { Endpoints, Home } from "@theseus/runtime/control";
import { peopleOf } from "../seed/people.js";
import { ownCommand, quote } from "./own-command.js";
import { askStatus, sayNotRunning } from "./supervisor.js";
import { table } from "./table.js";

export async function endpoints(home: Home, flags: { readonly json?: true }): Promise<number> {
  const shop = await askStatus(home);
  if (shop === undefined) return sayNotRunning(home);
  if (shop.endpoints === undefined) {
    console.error(`The shop is ${shop.phase}, not open.\n  theseus status shows how far it is.`);
    return 1;
  }
  console.log(flags.json ? JSON.stringify(shop.endpoints, null, 2) : showEndpoints(shop.endpoints));
  return 0;
}

/** Where everything is, and three things to try. */
export function showEndpoints(endpoints: Endpoints): string {
  const { http, grpc, metrics } = endpoints;
  const { admin, customer } = peopleOf(endpoints);
  const services = Object.entries(grpc).map(([service, address]) => [
    `  ${service}`,
    `${socketOf(address)} (gRPC, plaintext, for you alone)`,
  ]);
  const places = table([
    ["  shop", http],
    ...services,
    ...(metrics === undefined ? [] : [["  metrics", `${metrics} (for Prometheus, this machine alone)`]]),
    ["  customer", customer],
    ["  administrator", admin],
  ]);
  return `The shop is open.\n${places}\n\n1. Buy something:\n${journey(http)}\n\n2. ${grpcurl(grpc)}\n\n3. Read along: ${ownCommand} logs -f`;
}

function journey(http: string): string {
  const key = "-H \"idempotency-key: $(node -p 'crypto.randomUUID()')\"";
  const post = (path: string) =>
    `${ownCommand} token --header | curl -s ${http}${path} -H @- -H 'content-type: application/json' ${key}`;
  const order = `{"lines":[{"item":"items/tea-mug","quantity":2},{"item":"items/rope","quantity":1}]}`;
  return [
    `ORDER=$(${post("/v1/reservations")} -d '${order}' | node -p 'JSON.parse(fs.readFileSync(0)).name')`,
    `${post("/v1/payments")} -d "{\\"reservation\\":\\"$ORDER\\",\\"cardToken\\":\\"card-ok\\"}"`,
  ].join("\n");
}

function grpcurl(grpc: Endpoints["grpc"]): string {
  const method = "theseus.inventory.v1.InventoryService/ListItems";
  return `Ask a service itself: grpcurl -plaintext -unix ${quote(socketOf(grpc.inventory))} ${method}`;
}

/** A unix socket as programs take it that are no gRPC library. */
function socketOf(address = ""): string {
  return address.replace(/^unix:/, "");
}

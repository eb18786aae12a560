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
  const { http, grpc } = endpoints;
  const { admin, customer } = peopleOf(endpoints);
  const services = Object.entries(grpc).map(([service, address]) => [
    `  ${service}`,
    `${address} (gRPC, plaintext)`,
  ]);
  const places = table([["  shop", http], ...services, ["  customer", customer], ["  administrator", admin]]);
  return `The shop is open.\n${places}\n\n1. Buy something:\n${journey(http, customer)}\n\n2. ${grpcurl(grpc)}\n\n3. Read along: ${ownCommand} logs -f`;
}

function journey(http: string, customer: string): string {
  const take = (field: string) => `node -p 'JSON.parse(fs.readFileSync(0)).${field}'`;
  const post = (path: string) => `curl -s ${http}${path} -H 'content-type: application/json'`;
  const signed = '-H "authorization: Bearer $TOKEN" -H "idempotency-key: $(node -p \'crypto.randomUUID()\')"';
  const order = `{"lines":[{"item":"items/tea-mug","quantity":2},{"item":"items/rope","quantity":1}]}`;
  return [
    `TOKEN=$(${post("/v1/users:signIn")} -d @${quote(customer)} | ${take("accessToken")})`,
    `ORDER=$(${post("/v1/reservations")} ${signed} -d '${order}' | ${take("name")})`,
    `${post("/v1/payments")} ${signed} -d "{\\"reservation\\":\\"$ORDER\\",\\"cardToken\\":\\"card-ok\\"}"`,
  ].join("\n");
}

function grpcurl(grpc: Endpoints["grpc"]): string {
  const address = grpc.inventory ?? "127.0.0.1:9102";
  return `Ask a service itself: grpcurl -plaintext ${address} theseus.inventory.v1.InventoryService/ListItems`;
}

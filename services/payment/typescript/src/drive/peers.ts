import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import { type Client, createClient, noTelemetry, type Telemetry } from "@theseus/kit";

/** Clients of the services that a payment needs, all through the sidecar. */
export interface Peers extends AsyncDisposable {
  readonly inventory: Client<typeof InventoryServiceService>;
  readonly provider: Client<typeof CardProviderService>;
  readonly user: Client<typeof UserServiceService>;
}

/** Above the two seconds that a slow card takes, and short enough for two lost replies within one CreatePayment. */
const PROVIDER_MS = 2500;
const INVENTORY_MS = 2000;
/** Short, because a payment goes on without the answer. */
const USER_MS = 1000;

export function createPeers(address: string, telemetry: Telemetry = noTelemetry): Peers {
  const inventory = createClient(InventoryServiceService, { address, timeoutMs: INVENTORY_MS, telemetry });
  const provider = createClient(CardProviderService, { address, timeoutMs: PROVIDER_MS, telemetry });
  const user = createClient(UserServiceService, { address, timeoutMs: USER_MS, telemetry });
  return {
    inventory,
    provider,
    user,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([inventory, provider, user].map((client) => client[Symbol.asyncDispose]()));
    },
  };
}

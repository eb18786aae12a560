import { randomUUID } from "node:crypto";
import { forgedTokens } from "../../../test/system/tokens.js";
import { optionOf, type Plant } from "./plant.js";

const order = { lines: [{ item: "items/rope", quantity: 1 }] };

/** Refusals by who asks. */
export const tokenPlants: readonly Plant[] = [
  {
    fault: "denied method",
    by: "a customer adds stock",
    meet: ({ http, visitor }) =>
      http.post("/v1/items/rope:addStock", { quantity: "1" }, { token: visitor.token, key: randomUUID() }),
    cause: /because the contract does not let gateway, with this token, call InventoryService\.AddStock\.$/,
    change: optionOf("allow", "InventoryService", "inventory"),
  },
  {
    fault: "missing token",
    by: "a reservation without a token",
    meet: ({ http }) => http.post("/v1/reservations", order, { key: randomUUID() }),
    cause:
      /because InventoryService\.CreateReservation needs an access token, and the call to gateway-1 has none\.$/,
    change: /theseus token --header/,
  },
  {
    fault: "expired token",
    by: "a reservation with a token by the shop's own key that was good until 100 s ago",
    meet: ({ http, shop, visitor }) =>
      http.post("/v1/reservations", order, {
        token: forgedTokens(shop, visitor.user).expired,
        key: randomUUID(),
      }),
    cause: /because the access token is not valid at inventory-1: Jwt is expired\.$/,
    change: /theseus token --header/,
  },
];

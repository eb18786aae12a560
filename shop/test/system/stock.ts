import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { HttpClient, Token } from "./http-client.js";

/** A new item with so many pieces; its name. */
export async function stockedItem(http: HttpClient, admin: Token, onHand: string): Promise<string> {
  const id = `test-${randomUUID()}`;
  const item = { title: "Test item", unitPrice: { currencyCode: "EUR", units: "12", nanos: 500_000_000 } };
  const created = await http.post(`/v1/items?itemId=${id}`, item, { token: admin });
  expect(created.status, JSON.stringify(created.body)).to.equal(200);
  const added = await http.post(`/v1/items/${id}:addStock`, { quantity: onHand }, { token: admin });
  expect(added.status, JSON.stringify(added.body)).to.equal(200);
  return created.body.name;
}

import { randomUUID } from "node:crypto";
import type { Endpoints, Home } from "@theseus/runtime/control";
import type { MixVocabulary, Random, Visitor } from "@theseus/runtime/load";
import { readCredentials } from "../../seed/credentials.js";
import { createEdgeClient } from "../../seed/edge-client.js";
import { peopleOf } from "../../seed/people.js";
import { signIn } from "../../seed/session.js";
import { gatherCustomers } from "./customers.js";
import { keptSession } from "./kept-session.js";
import { stockItems } from "./stock.js";

/** What a mix of the shop may name. */
export const vocabulary: MixVocabulary = {
  people: ["customer", "administrator"],
  values: ["item", "customer", "email", "password"],
  help: "docs/operating.md says what a mix may have; shop/load/usual.yaml is one.",
};

interface VisitorsOptions {
  readonly home: Home;
  readonly endpoints: Endpoints;
  readonly customers: number;
  /** Of each item. */
  readonly pieces: number;
  /** Nobody else comes then. */
  readonly signal: AbortSignal;
  /** Chooses their items. */
  readonly random: Random;
}

/** Makes sure that there are items to buy and people who buy. Answers who comes next: one customer after the other. */
export async function gatherVisitors(options: VisitorsOptions): Promise<() => Visitor> {
  const { home, endpoints, pieces, signal, random } = options;
  const { http } = endpoints;
  const call = createEdgeClient(http);
  const admin = readCredentials(peopleOf(endpoints).admin);
  const administrator = keptSession(call, admin, await signIn(call, admin));
  const items = await stockItems({ call, token: administrator, pieces });
  const customers = await gatherCustomers({ home, http, count: options.customers, signal });
  let come = 0;
  return () => {
    const customer = customers[come++ % customers.length];
    const email = `${randomUUID()}@theseus.example`;
    return {
      values: { item: random.pick(items), customer: customer?.name ?? "", email, password: randomUUID() },
      tokens: { administrator, ...(customer !== undefined && { customer: customer.token }) },
      ...(customer?.from !== undefined && { from: customer.from }),
    };
  };
}

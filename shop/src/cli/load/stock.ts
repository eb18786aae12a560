import { randomUUID } from "node:crypto";
import { Fault } from "@theseus/runtime/control";
import { type Answer, type EdgeCall, faultOf } from "../../seed/edge-client.js";

type Call = (call: EdgeCall) => Promise<Answer>;

export interface StockOptions {
  readonly call: Call;
  /** Of an administrator. */
  readonly token: () => Promise<string>;
  /** Pieces that each of them is to have. */
  readonly pieces: number;
}

const count = 8;

/** Items that only a load buys, with as many pieces as it may take: nobody else finds the catalogue sold out. Their names. */
export async function stockItems(options: StockOptions): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `load-${index + 1}`);
  return Promise.all(ids.map((id) => stockItem(id, options)));
}

async function stockItem(id: string, { call, token, pieces }: StockOptions): Promise<string> {
  const path = `/v1/items/${id}`;
  let item = await call({ method: "GET", path });
  if (item.status === 404) {
    const body = {
      title: `Ballast ${id}`,
      description: "Bought by theseus load alone.",
      unitPrice: { currencyCode: "EUR", units: "1" },
    };
    const made = { method: "POST", path: `/v1/items?itemId=${id}`, body, key: randomUUID() } as const;
    item = expectDone(await call({ ...made, token: await token() }), `Making ${id}`);
  }
  expectDone(item, `Looking at ${id}`);
  const missing = pieces - (Number(item.body.onHand ?? 0) - Number(item.body.held ?? 0));
  if (missing > 0) {
    const body = { quantity: String(missing) };
    const added = { method: "POST", path: `${path}:addStock`, body, key: randomUUID() } as const;
    expectDone(await call({ ...added, token: await token() }), `Adding stock of ${id}`);
  }
  return `items/${id}`;
}

function expectDone(answer: Answer, doing: string): Answer {
  if (answer.status === 200) return answer;
  throw new Fault(
    `${doing} was answered ${answer.status}${faultOf(answer)}.`,
    "See theseus logs gateway-1, and the log of the service that was asked.",
  );
}

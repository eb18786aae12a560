import { readFileSync } from "node:fs";
import { request } from "node:http";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { shop } from "../root-hooks.js";

/** How many of the requests of one round reach the shop where they are counted. */
export interface Sent {
  readonly edge: number;
  readonly inventory: number;
}

/** Asks for things that there are not, each time others, as anybody can at the edge and a workload in the mesh. */
export async function sendNonsense(from: number, to: number): Promise<Sent> {
  const { meshPort = 0 } = (await shop().instances()).find(({ workload }) => workload === "inventory") ?? {};
  const client = new Client(`127.0.0.1:${meshPort}`, credentialsOf("gateway"), {
    "grpc.ssl_target_name_override": "inventory",
  });
  const sent = { edge: 0, inventory: 0 };
  try {
    for (let each = from; each < to; each += 1) {
      const edge = [
        ask("GET", `/nonsense/${each}`),
        ask("GET", `/v1/${"x".repeat(each)}`),
        ask("DELETE", `/v1/items?page_token=${each}`),
        ask("POST", `/theseus.inventory.v1.InventoryService/Nonsense${each}`),
        ask("PROPFIND", "/v1/items"),
        ask("GET", "/v1/payments", { authorization: `Bearer nonsense-${each}` }),
        ask("GET", "/v1/items", { host: `nonsense-${each}.example` }),
        ask("GET", `/v1/items/nonsense-${each}`, { traceparent: `nonsense-${each}` }),
      ];
      const mesh = [
        call(client, `/nonsense.v${each}.Service/Method`),
        call(client, `/theseus.inventory.v1.InventoryService/Nonsense${each}`),
        call(client, `/theseus.payment.v1.PaymentService/GetPayment`),
      ];
      await Promise.all([...edge, ...mesh]);
      sent.edge += edge.length;
      sent.inventory += mesh.length;
    }
  } finally {
    client.close();
  }
  return sent;
}

function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(shop().edge);
    const asked = request({ hostname, port, method, path, headers, agent: false }, (response) =>
      response.resume().once("end", resolve),
    );
    asked.once("error", reject);
    asked.end();
  });
}

function call(client: Client, path: string): Promise<void> {
  const bytes = (value: Buffer) => value;
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + 30_000;
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), new Metadata(), { deadline }, (error) =>
      error === null ? reject(new Error(`${path} is no nonsense`)) : resolve(),
    );
  });
}

function credentialsOf(workload: string) {
  const { key, certificate } = shop().identityOf(workload);
  const options = { checkServerIdentity: () => undefined };
  return credentials.createSsl(readFileSync(shop().trustBundle), key, certificate, options);
}

import type { Endpoint, Message } from "@theseus/mesh/envoy";
import type { Answer } from "../../../test/system/http-client.js";
import { type Ground, tellPlaces, untilKnown } from "../ground.js";
import { startStandIn } from "../stand-in.js";
import { getItem, type Plant } from "./plant.js";
import { startResetter } from "./resetter.js";

/** What Envoy itself does to a call: its fault filter in the sidecar, a peer that resets, a host that was taken out. */
export const filterPlants: readonly Plant[] = [
  {
    fault: "delay",
    by: "Envoy's fault filter delays GetItem by 5 s",
    meet: (ground) => behind(ground, [fault({ delay: { fixed_delay: "5s", percentage: always } })], ask),
    cause:
      /because the fault filter of inventory-1's sidecar held InventoryService\.GetItem back for longer than the \d+ ms that it has/,
    change: /envoy\.filters\.http\.fault in the configuration of inventory-1's sidecar/,
  },
  {
    fault: "abort",
    by: "Envoy's fault filter aborts GetItem with UNAVAILABLE",
    meet: (ground) => behind(ground, [abort], ask),
    cause: /because the fault filter of inventory-1's sidecar aborted InventoryService\.GetItem/,
    change: /envoy\.filters\.http\.fault in the configuration of inventory-1's sidecar/,
  },
  {
    fault: "reset",
    by: "an application that resets each stream",
    meet: meetReset,
    cause: /because the application of inventory-1 broke InventoryService\.GetItem off: /,
    change: /theseus logs inventory-1/,
  },
  {
    fault: "ejected host",
    by: "one host fails calls until it is ejected, the other one is not there",
    meet: meetEjected,
    cause:
      /because gateway-1 has no inventory to call: 127\.0\.0\.1:\d+ was ejected \d+ ms before, since it failed too many calls in a row/,
    change: /mesh\/src\/envoy\/clusters\/outlier-detection\.ts/,
  },
];

const always = { numerator: 100, denominator: "HUNDRED" };
const abort = fault({ abort: { grpc_status: 14, percentage: always } });

/** For GetItem alone: health checks go through. */
function fault(fields: Message): Message {
  return {
    name: "envoy.filters.http.fault",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
      headers: [{ name: ":path", string_match: { exact: getItem } }],
      ...fields,
    },
  };
}

function ask({ http }: Ground): Promise<Answer> {
  return http.get("/v1/items/rope");
}

/** Does it while a sidecar with some filters more is in the place of inventory-1's. */
async function behind(
  ground: Ground,
  filters: readonly Message[],
  meet: (ground: Ground) => Promise<Answer>,
): Promise<Answer> {
  await using standIn = await startStandIn(ground, "inventory-1", { filters });
  await using _places = await tellPlaces(ground, "inventory", [place(standIn.port)], { well: 1 });
  return await meet(ground);
}

async function meetReset(ground: Ground): Promise<Answer> {
  await using application = await startResetter();
  await using standIn = await startStandIn(ground, "inventory-1", { application: application.socket });
  await using _places = await tellPlaces(ground, "inventory", [place(standIn.port)], { well: 1 });
  return await ask(ground);
}

/** At most half of the hosts are ejected: the other one has to be gone otherwise. */
async function meetEjected(ground: Ground): Promise<Answer> {
  await using standIn = await startStandIn(ground, "inventory-1", { filters: [abort] });
  const places = [place(standIn.port), place(nobody)];
  await using _places = await tellPlaces(ground, "inventory", places, { well: 1 });
  const asking = ask(ground);
  await untilKnown(ground, "inventory", (hosts) => hosts.some(({ isEjected }) => isEjected), "gateway-1");
  await asking;
  return await ask(ground);
}

function place(port: number): Endpoint {
  return { address: "127.0.0.1", port };
}

/** A port at which nobody listens: the one of the discard protocol. */
const nobody = 9;

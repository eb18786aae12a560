import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readState } from "@theseus/runtime/control";
import type { Answer } from "../../../test/system/http-client.js";
import { type Ground, untilKnown } from "../ground.js";
import { pay } from "../journeys/visit.js";
import type { Plant } from "./plant.js";

/** Processes that are gone or stand still, and a card that is declined. */
export const processPlants: readonly Plant[] = [
  {
    fault: "no host",
    by: "SIGSTOP of the only application, until its callers have taken it out",
    meet: meetNoHost,
    cause:
      /because gateway-1 has no inventory to call: 127\.0\.0\.1:\d+ was taken out \d+ ms before, since it did not answer its health checks/,
    change: /theseus status .* inventory/,
  },
  {
    fault: "store gone",
    by: "SIGKILL of inventory's store, as often as it is started again",
    meet: meetNoStore,
    cause: /because inventory-1 could not do InventoryService\.GetItem: the store cannot be reached now/,
    change: /theseus status shows whether its store runs; theseus logs inventory-1$/,
  },
  {
    fault: "deadline at a hop",
    by: "SIGSTOP of the card provider",
    meet: meetSilentProvider,
    cause:
      /because provider had not (answered|begun) after \d+ ms, all the time that payment-1 gave CardProvider\.Authorize/,
    change:
      /payment-1 sets that time itself, within option \(theseus\.mesh\.v1\.service_policy\)\.timeout of CardProvider in proto\//,
  },
  {
    fault: "declined card",
    by: "a payment with card-declined",
    meet: (ground) => pay(ground, "card-declined"),
    cause:
      /because payment-1 answered PAYMENT_DECLINED to PaymentService\.CreatePayment: payment payments\/\w+\.$/,
    change: /docs\/errors\.md says what PAYMENT_DECLINED means/,
  },
];

async function meetNoHost(ground: Ground): Promise<Answer> {
  await using _frozen = freeze(ground, "inventory-1");
  await untilKnown(ground, "inventory", (hosts) => hosts.every(({ failsChecks }) => failsChecks));
  return await ground.http.get("/v1/items/rope");
}

async function meetSilentProvider(ground: Ground): Promise<Answer> {
  await using _frozen = freeze(ground, "provider");
  return await pay(ground, "card-ok");
}

async function meetNoStore(ground: Ground): Promise<Answer> {
  await using _down = keepDown(ground, "inventory-store");
  while (pidOf(ground.shop.home, "inventory-store") !== undefined) await sleep(5);
  return await ground.http.get("/v1/items/rope");
}

function freeze({ shop }: Ground, name: string): AsyncDisposable {
  const pid = pidOf(shop.home, name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, "SIGSTOP");
  return { [Symbol.asyncDispose]: async () => void process.kill(pid, "SIGCONT") };
}

/** Kills a process as soon as it is there, until disposal. */
function keepDown({ shop }: Ground, name: string): AsyncDisposable {
  const over = new AbortController();
  const killing = (async () => {
    for (; !over.signal.aborted; await sleep(5)) {
      const pid = pidOf(shop.home, name);
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await killing;
    },
  };
}

function pidOf(home: string, name: string): number | undefined {
  return readState(join(home, "state.json"))?.processes.find((each) => each.name === name && isAlive(each))
    ?.pid;
}

import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "@theseus/runtime/load";
import type { Shop } from "../../test/system/shop.js";
import { median } from "../statistics.js";
import { compareAtRest } from "./at-rest.js";
import { type HeldFigures, holdWrongCandidate } from "./candidate/held-candidate.js";
import { type CommandFigures, type Observed, observe, type } from "./commands.js";
import { watchEndpointChanges } from "./measure/endpoint-changes.js";
import { type LossFigures, loseOnlyInstance } from "./measure/lost-instance.js";
import { pairMemory } from "./measure/pair-memory.js";
import { measureSpread, type Spread } from "./measure/spread.js";
import { type RolloutFigures, stretchOf, toFailure } from "./rollout-figures.js";
import { inventory, type RolloutPlan } from "./rollout-plan.js";
import { type Answered, swapThereAndBack } from "./swaps.js";
import { Calls } from "./visitors/calls.js";
import { type Market, openMarket, streamCount } from "./visitors/market.js";

export interface RolloutOptions {
  readonly seed: number;
  readonly plan: RolloutPlan;
  readonly report: (line: string) => void;
}

/** The first seconds of a shop are slower than any other. */
const warmMs = 5_000;

/** Changes a shop in every way while people buy and watch, and compares in the end what they were told with what is there. */
export async function proveRollout(shop: Shop, options: RolloutOptions): Promise<RolloutFigures> {
  const { plan, report, seed } = options;
  const market = await openMarket(shop, { ...plan, random: createRandom(seed) });
  await using streams = market.streams;
  const { calls, orders } = market;
  const observed: Observed = { shop, calls, report };
  await sleep(warmMs);
  const beganMs = performance.now();
  await sleep(plan.beforeMs);
  const changedMs = performance.now();
  using endpoints = watchEndpointChanges(await shop.status(), {
    sidecar: "gateway-1-envoy",
    service: inventory,
  });
  const scaled = await scale(observed, plan);
  const changed = await change(observed, plan);
  const endedMs = performance.now();
  const watched = await market.close();
  report("at rest; comparing");
  const violations = await compareAtRest(shop, market, watched);
  const took = await endpoints.end();
  const before = stretchOf(calls.all, beganMs, changedMs);
  const during = stretchOf(calls.all, changedMs, endedMs);
  const failed = [...calls.all, ...scaled.calls].filter((call) => call.failed);
  return {
    seed,
    before,
    during,
    p99Ratio: during.p99Ms / before.p99Ms,
    commands: [...scaled.commands, ...changed.commands],
    answered: changed.answered,
    spread: scaled.spread,
    added: scaled.added,
    endpointChanges: { count: took.length, medianMs: median(took) ?? 0, longestMs: Math.max(0, ...took) },
    streams: { count: streamCount, messages: streams.messages, payments: watched.length },
    orders: orders.length,
    paid: orders.filter(({ payment }) => payment?.what.state === "CAPTURED").length,
    failures: failed.map((call) => toFailure(call, beganMs)),
    violations,
    losses: await loseEach(shop, market, plan),
    held: await holdEach(shop, options),
  };
}

async function scale(observed: Observed, { spreadCalls }: RolloutPlan) {
  const { shop } = observed;
  const up = await type(observed, "scale", inventory, "3");
  const added = pairMemory(await shop.status(), inventory).slice(1);
  const calls = new Calls(observed.calls.http);
  const spread = spreadCalls === undefined ? undefined : await spreadOver(observed, calls, spreadCalls);
  const down = await type(observed, "scale", inventory, "1");
  return { commands: [up, down], spread, added, calls: calls.all };
}

/** By a method that no visitor calls. */
async function spreadOver({ shop, report }: Observed, calls: Calls, count: number): Promise<Spread> {
  const method = "/theseus.inventory.v1.InventoryService/ListItems";
  const path = "/v1/items?pageSize=1";
  const spread = await measureSpread({ shop, calls, service: inventory, method, path, count });
  report(`spread: ${JSON.stringify(spread.perInstance)}`);
  return spread;
}

async function change(observed: Observed, { restarts, swaps, rotations }: RolloutPlan) {
  const commands: CommandFigures[] = [];
  const answered: Answered[] = [];
  for (const service of restarts) commands.push(await type(observed, "restart", service));
  for (const swap of swaps) {
    const figures = await swapThereAndBack(observed, swap);
    commands.push(...figures.commands);
    answered.push(...figures.answered);
  }
  for (const what of ["certificates", "keys"])
    for (let round = 0; round < rotations; round++) commands.push(await type(observed, "rotate", what));
  commands.push(await killSupervisor(observed));
  return { commands, answered };
}

/** kill -9, a while without anybody who watches, and the next start. */
function killSupervisor(observed: Observed): Promise<CommandFigures> {
  const { shop } = observed;
  return observe(observed, "kill -9 of the supervisor, theseus start", async () => {
    const { edge } = shop;
    process.kill(shop.pid, "SIGKILL");
    const { stderr } = await shop.theseus("status");
    if (!stderr.includes("nobody replaces them")) return `theseus status says: ${stderr}`;
    await shop.start();
    return shop.edge === edge ? undefined : "the edge has moved";
  });
}

async function loseEach(
  shop: Shop,
  { calls, orders, buyers }: Market,
  { losses }: RolloutPlan,
): Promise<readonly LossFigures[]> {
  const paid = orders.find(({ payment }) => payment?.what.state === "CAPTURED");
  const buyer = buyers.find(({ user }) => user === paid?.user);
  if (paid === undefined || buyer === undefined) throw new Error("nobody has paid");
  const { token } = buyer;
  const paths: Readonly<Record<string, string | undefined>> = {
    user: buyer.user,
    inventory: paid.lines[0]?.item,
    payment: paid.payment?.what.name,
  };
  const figures: LossFigures[] = [];
  for (const service of losses) {
    const read = { service, path: `/v1/${paths[service]}`, token };
    figures.push(await loseOnlyInstance(shop, new Calls(calls.http), read));
  }
  return figures;
}

async function holdEach(
  shop: Shop,
  { plan: { heldMs }, report }: RolloutOptions,
): Promise<readonly HeldFigures[]> {
  if (heldMs === undefined) return [];
  const held: HeldFigures[] = [];
  for (const manner of ["obeys", "acts in standby"] as const) {
    held.push(await holdWrongCandidate(shop, manner, heldMs));
    report(`a wrong candidate that ${manner}: ${JSON.stringify(held.at(-1))}`);
  }
  return held;
}

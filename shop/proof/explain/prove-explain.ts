import { eventually } from "@theseus/testing";
import type { Shop } from "../../test/system/shop.js";
import { buyOnce } from "../compose/visitor.js";
import { type Ground, groundOf } from "./ground.js";
import type { JourneyFigures } from "./journeys/prove-journeys.js";
import { certificatePlants } from "./plants/certificates.js";
import { filterPlants } from "./plants/filters.js";
import { limitPlants } from "./plants/limits.js";
import type { Plant } from "./plants/plant.js";
import { processPlants } from "./plants/processes.js";
import { tokenPlants } from "./plants/tokens.js";

const plants: readonly Plant[] = [
  ...filterPlants,
  ...certificatePlants,
  ...tokenPlants,
  ...limitPlants,
  ...processPlants,
];

export const plantedFaults: readonly string[] = plants.map(({ fault }) => fault);

/** What was told of a request that met a planted fault. */
export interface Told {
  readonly fault: string;
  readonly by: string;
  readonly requestId: string;
  /** The first line, and the one below. */
  readonly said: string;
  readonly change: string;
  readonly isRight: boolean;
}

export interface ExplainFigures {
  readonly told: readonly Told[];
  /** Absent where only some faults were asked for. */
  readonly journeys?: JourneyFigures;
}

/** What does not hold. */
export function faultsOf({ told, journeys }: ExplainFigures): readonly string[] {
  const wrong = told.filter(({ isRight }) => !isRight).map(({ fault, said }) => `${fault}: ${said}`);
  return [...wrong, ...(journeys?.lacking ?? [])];
}

export interface ExplainOptions {
  readonly faults: readonly string[];
  readonly report: (line: string) => void;
}

/** Sidecars write their access logs twice a second, applications as soon as they have answered. */
const writtenMs = 20_000;

/** Plants one fault after the other in a shop that is well, and asks what became of a request that met it. */
export async function provePlanted(shop: Shop, { faults, report }: ExplainOptions): Promise<readonly Told[]> {
  const ground = await groundOf(shop);
  const told: Told[] = [];
  for (const plant of plants.filter(({ fault }) => faults.includes(fault))) {
    const one = await prove(ground, plant);
    report(`${one.fault}: ${one.isRight ? "right" : "WRONG"}\n    ${one.said}\n    ${one.change}`);
    told.push(one);
    await buyOnce(ground.http, ground.visitor);
  }
  return told;
}

async function prove(ground: Ground, plant: Plant): Promise<Told> {
  const { fault, by, cause, change } = plant;
  const answer = await plant.meet(ground);
  const requestId = answer.headers.get("x-request-id") ?? "";
  let [said, below] = ["", ""];
  const isRight = () => cause.test(said) && change.test(below);
  const isTold = async () => {
    const { stdout, stderr } = await ground.shop.theseus("explain", requestId);
    [said = "", below = ""] = (stdout === "" ? stderr : stdout).split("\n").map((line) => line.trim());
    return isRight();
  };
  // What is told in the end counts, right or wrong.
  await eventually(fault, isTold, { withinMs: writtenMs, everyMs: 500 }).catch(() => {});
  return { fault, by, requestId, said, change: below, isRight: isRight() };
}

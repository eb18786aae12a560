import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import { describeHome } from "@theseus/runtime/control";
import { type Explanation, explain, type Hop } from "@theseus/runtime/explain";
import { eventually } from "@theseus/testing";
import type { Answer } from "../../../test/system/http-client.js";
import type { Shop } from "../../../test/system/shop.js";
import { type Ground, groundOf } from "../ground.js";
import { lacking, type Request } from "./implied-hops.js";
import { look, payFor, reserve } from "./visit.js";

export interface JourneyFigures {
  readonly journeys: number;
  /** Journeys of which each request has a complete tree. */
  readonly complete: number;
  readonly requests: number;
  /** How many hops answered, by workload and language: `inventory go`. */
  readonly languages: Readonly<Record<string, number>>;
  /** What is lacking, as `request id: what`. */
  readonly lacking: readonly string[];
}

export interface JourneyOptions {
  readonly journeys: number;
}

const writtenMs = 20_000;
const atOnce = 2;

const contract = parseContract(descriptorSetBytes());

/**
 * Somebody looks, reserves and pays, two at a time, in services of several languages behind a gateway and before a provider in
 * TypeScript; then the tree of each of the three requests is compared with the contract.
 */
export async function proveJourneys(shop: Shop, { journeys }: JourneyOptions): Promise<JourneyFigures> {
  const ground = await groundOf(shop);
  const made = await makeJourneys(ground, journeys);
  const checked: (readonly Checked[])[] = [];
  for (const each of made) checked.push(await Promise.all(each.map((asked) => check(ground, asked))));
  const all = checked.flat();
  return {
    journeys,
    complete: checked.filter((each) => each.every((one) => one.lacking.length === 0)).length,
    requests: all.length,
    languages: countOf(all.flatMap(({ languages }) => languages)),
    lacking: all.flatMap(({ requestId, lacking: what }) => what.map((one) => `${requestId}: ${one}`)),
  };
}

/** Somebody looks, reserves and pays, two at a time; each list is the requests of one. */
export async function makeJourneys(ground: Ground, journeys: number): Promise<readonly (readonly Asked[])[]> {
  const made: (readonly Asked[])[] = [];
  const visitor = async () => {
    while (made.length < journeys) {
      const place = made.push([]) - 1;
      made[place] = await journey(ground);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, visitor));
  return made;
}

export interface Asked {
  readonly request: Request;
  readonly requestId: string;
}

async function journey(ground: Ground): Promise<readonly Asked[]> {
  const seen = await look(ground);
  const held = await reserve(ground);
  const paid = await payFor(ground, held, "card-ok");
  return [asked("look", seen), asked("reserve", held), asked("pay", paid)];
}

function asked(request: Request, { status, headers, body }: Answer): Asked {
  if (status !== 200) throw new Error(`${request} was answered ${status} ${JSON.stringify(body)}`);
  return { request, requestId: headers.get("x-request-id") ?? "" };
}

interface Checked {
  readonly requestId: string;
  readonly lacking: readonly string[];
  readonly languages: readonly string[];
}

/** Waits for what is written a moment later; what is lacking then is lacking. */
async function check({ shop }: Ground, { request, requestId }: Asked): Promise<Checked> {
  const { logs } = describeHome(shop.home);
  let told: readonly Explanation[] = [];
  const isComplete = () => {
    told = explain(logs, requestId, contract);
    return lacking(request, told, contract).length === 0;
  };
  await eventually(requestId, isComplete, { withinMs: writtenMs, everyMs: 500 }).catch(() => {});
  return { requestId, lacking: lacking(request, told, contract), languages: told.flatMap(languagesOf) };
}

function languagesOf({ hop }: Explanation): readonly string[] {
  return hopsOf(hop).flatMap(({ instance, inbound }) =>
    inbound?.implementation === undefined
      ? []
      : [`${instance.replace(/-\d+$/, "")} ${inbound.implementation.split("@")[0]}`],
  );
}

function hopsOf(hop: Hop): readonly Hop[] {
  return [hop, ...hop.calls.flatMap(({ arrived }) => arrived.flatMap(hopsOf))];
}

function countOf(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

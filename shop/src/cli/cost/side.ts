import type { InstanceStatus } from "@theseus/runtime/control";
import type { Round } from "@theseus/runtime/cost";
import { createRandom, type HttpCalls, openHttpCalls, type Visitor } from "@theseus/runtime/load";
import { gatherVisitors } from "../load/visitors.js";
import type { OwnShop } from "./own-shop.js";

/** One of the shops that are measured in turns. */
export interface Side extends Disposable {
  readonly name: string;
  readonly http: HttpCalls;
  readonly visitor: () => Visitor;
  /** Pids by name. */
  readonly processes: ReadonlyMap<string, number>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly rounds: Round[];
}

/** One may have 20 open reservations: so many customers may have 320. */
const customerCount = 16;
const pieces = 1_000_000;
/** The same items in the same order on each side. */
const seed = 1;

export async function openSide(
  name: string,
  { home, endpoints, status }: OwnShop,
  signal: AbortSignal,
): Promise<Side> {
  const people = { home, endpoints, customers: customerCount, pieces, signal };
  const visitor = await gatherVisitors({ ...people, random: createRandom(seed) });
  const http = openHttpCalls(Number(new URL(endpoints.http).port));
  const running = status.instances.filter(({ pid }) => pid !== undefined);
  return {
    ...{ name, http, visitor, rounds: [] },
    processes: new Map(running.map(({ instance, pid = 0 }) => [instance, pid])),
    kinds: Object.fromEntries(running.map((each) => [each.instance, kindOf(each)])),
    [Symbol.dispose]: () => http[Symbol.dispose](),
  };
}

/** `gateway`, `application`, `sidecar`, `store` or `outside`. */
function kindOf({ kind, workload }: InstanceStatus): string {
  return kind === "application" && workload === "gateway" ? "gateway" : kind;
}

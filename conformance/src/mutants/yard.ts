import type { RunningStore } from "@theseus/mesh/runtime";
import type { Contract } from "../contract/contract.js";
import { openBench, ownDatabase, startStore } from "../run/bench.js";
import type { Bench } from "../run/run-cases.js";
import type { Target } from "../targets/target.js";
import { startDefaults } from "./defaults-target.js";
import type { Mutant } from "./mutant.js";
import { patchImplementation } from "./patched-implementation.js";
import { createTransformation } from "./transformations/create-transformation.js";
import { wrapTarget } from "./wrapped-target.js";

export type OwnedBench = Bench & AsyncDisposable;

/** Where wrong implementations are kept: what is costly to start is started once a service and shared. */
export interface Yard extends AsyncDisposable {
  /** A bench on which a mutant is the target, of all cases and of those that start their own. */
  open(mutant: Mutant): Promise<OwnedBench>;
  /** A bench whose target answers every call with defaults. */
  openDefaults(service: string): Promise<OwnedBench>;
}

type Implemented = Pick<Mutant, "service" | "patches">;

export function createYard(contract: Contract, checkout: string): Yard {
  const stores = new Map<string, Promise<RunningStore>>();
  const right = new Map<string, Promise<OwnedBench>>();

  /** Redis starts in no time; of the other store each bench gets a database. */
  async function storeOf(service: string): Promise<{ readonly storeUrl?: string }> {
    if (service === "inventory") return {};
    const store = await once(stores, "documents", () => startStore(service));
    return { storeUrl: ownDatabase(store.url) };
  }

  async function openPatched(mutant: Implemented): Promise<OwnedBench> {
    const { service } = mutant;
    const patched = patchImplementation(checkout, mutant);
    try {
      const implementations = [patched.implementation] as const;
      const bench = await openBench({ contract, service, implementations, ...(await storeOf(service)) });
      return { ...bench, [Symbol.asyncDispose]: () => disposeAll(bench, patched) };
    } catch (error) {
      patched[Symbol.dispose]();
      throw error;
    }
  }

  /** What mutants wrap is the same for all that are patched alike. */
  async function openWrapped(mutant: Mutant, wrapper: NonNullable<Mutant["wrapper"]>): Promise<OwnedBench> {
    const bench = await openRight(mutant);
    const transformation = createTransformation(wrapper.name, wrapper.with);
    const wrap = (target: Target, owned: boolean) =>
      wrapTarget(target, { contract, transformation, label: mutant.name, owned });
    const shared = await wrap(bench.shared, false);
    return {
      ...bench,
      shared,
      own: async (test, scope) => {
        const own = await bench.own?.(test, scope);
        if (own === undefined) throw new Error("the right implementation has no target of its own");
        return wrap(own, true);
      },
      [Symbol.asyncDispose]: () => shared[Symbol.asyncDispose](),
    };
  }

  function openRight({ service, patches }: Implemented): Promise<OwnedBench> {
    return once(right, JSON.stringify([service, patches]), () => openPatched({ service, patches }));
  }

  return {
    open: (mutant) =>
      mutant.wrapper === undefined ? openPatched(mutant) : openWrapped(mutant, mutant.wrapper),
    async openDefaults(service) {
      const bench = await openRight({ service, patches: [] });
      const shared = await startDefaults();
      return {
        ...bench,
        shared,
        own: startDefaults,
        [Symbol.asyncDispose]: () => shared[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const opened of [...right.values(), ...stores.values()]) {
        await opened.then(
          (each) => each[Symbol.asyncDispose](),
          () => undefined,
        );
      }
    },
  };
}

function once<T>(known: Map<string, Promise<T>>, key: string, open: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? open();
  known.set(key, found);
  return found;
}

async function disposeAll(bench: AsyncDisposable, patched: Disposable): Promise<void> {
  await bench[Symbol.asyncDispose]();
  patched[Symbol.dispose]();
}

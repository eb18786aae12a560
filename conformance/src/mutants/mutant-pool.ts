import type { Contract } from "@theseus/kit/contract";
import type { Implementation, RunningStore } from "@theseus/runtime";
import { findWorld } from "../run/find-world.js";
import { openTestBed } from "../run/open-test-bed.js";
import type { OwnedTestBed } from "../run/test-bed.js";
import type { World } from "../run/world.js";
import { otherDatabase, STORES } from "../targets/stores.js";
import type { Target } from "../targets/target.js";
import { startDefaults } from "./defaults-target.js";
import type { Mutant } from "./mutant.js";
import { patchImplementation } from "./patched-implementation.js";
import { createTransformation } from "./transformations/create-transformation.js";
import { wrapTarget } from "./wrapped-target.js";

/** Gives mutants test beds; stores and implementations that several mutants can share are started once. */
export interface MutantPool extends AsyncDisposable {
  /** A test bed on which every target is the mutant: the shared one, and those of cases that need their own. */
  open(mutant: Mutant): Promise<OwnedTestBed>;
  /** A test bed that shares neither process nor data with any other; without a mutant, of the right implementation. */
  openAlone(service: string, mutant?: Mutant): Promise<OwnedTestBed>;
  /** A test bed on which every target is this implementation. */
  openImplementation(service: string, implementation: Implementation): Promise<OwnedTestBed>;
  /** A test bed whose target answers every call with defaults. */
  openDefaults(service: string): Promise<OwnedTestBed>;
}

type Implemented = Pick<Mutant, "service" | "patches">;

export function createMutantPool(contract: Contract, checkout: string): MutantPool {
  const stores = new Map<string, Promise<RunningStore>>();
  const right = new Map<string, Promise<OwnedTestBed>>();

  /** A test bed gets a database of a store that has several; other stores start quickly, one for each test bed. */
  async function storeOf({ store: kind }: World): Promise<{ readonly storeUrl?: string }> {
    if (!STORES[kind].hasDatabases) return {};
    const store = await once(stores, kind, () => STORES[kind].start());
    return { storeUrl: otherDatabase(store.url) };
  }

  async function openImplementation(service: string, implementation: Implementation): Promise<OwnedTestBed> {
    const world = await findWorld(service);
    const implementations = [implementation] as const;
    return openTestBed({ contract, service, world, implementations, ...(await storeOf(world)) });
  }

  async function openPatched(mutant: Implemented): Promise<OwnedTestBed> {
    const { service } = mutant;
    const patched = patchImplementation(checkout, mutant);
    try {
      const bed = await openImplementation(service, patched.implementation);
      return { ...bed, [Symbol.asyncDispose]: () => disposeAll(bed, patched) };
    } catch (error) {
      patched[Symbol.dispose]();
      throw error;
    }
  }

  /** Mutants that are patched alike wrap the same implementation. */
  async function openWrapped(mutant: Mutant, wrapper: NonNullable<Mutant["wrapper"]>): Promise<OwnedTestBed> {
    const bed = await openRight(mutant);
    const transformation = createTransformation(wrapper.name, wrapper.with);
    const wrap = (target: Target, owned: boolean) =>
      wrapTarget(target, { contract, transformation, label: mutant.name, owned });
    const shared = await wrap(bed.shared, false);
    return {
      ...bed,
      shared,
      own: async (test, scope) => {
        const own = await bed.own?.(test, scope);
        if (own === undefined) throw new Error("the right implementation has no target of its own");
        return wrap(own, true);
      },
      [Symbol.asyncDispose]: () => shared[Symbol.asyncDispose](),
    };
  }

  async function openAlone(service: string, mutant?: Mutant): Promise<OwnedTestBed> {
    const bed = await openPatched({ service, patches: mutant?.patches ?? [] });
    if (mutant?.wrapper === undefined) return bed;
    const transformation = createTransformation(mutant.wrapper.name, mutant.wrapper.with);
    const shared = await wrapTarget(bed.shared, {
      contract,
      transformation,
      label: mutant.name,
      owned: false,
    });
    return {
      ...bed,
      shared,
      [Symbol.asyncDispose]: async () => {
        await shared[Symbol.asyncDispose]();
        await bed[Symbol.asyncDispose]();
      },
    };
  }

  function openRight({ service, patches }: Implemented): Promise<OwnedTestBed> {
    return once(right, JSON.stringify([service, patches]), () => openPatched({ service, patches }));
  }

  return {
    openAlone,
    open: (mutant) =>
      mutant.wrapper === undefined ? openPatched(mutant) : openWrapped(mutant, mutant.wrapper),
    openImplementation,
    async openDefaults(service) {
      const bed = await openRight({ service, patches: [] });
      const shared = await startDefaults();
      return {
        ...bed,
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

async function disposeAll(bed: AsyncDisposable, patched: Disposable): Promise<void> {
  await bed[Symbol.asyncDispose]();
  patched[Symbol.dispose]();
}

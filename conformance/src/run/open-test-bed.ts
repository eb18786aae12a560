import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contract } from "@theseus/kit/contract";
import type { Implementation } from "@theseus/runtime";
import { linkTo } from "@theseus/testing";
import type { Case } from "../cases/case.js";
import type { Fields } from "../cases/value.js";
import { serviceName } from "../contract/contract.js";
import type { Scope } from "../expectations/scope.js";
import { IDENTITY } from "../targets/identity.js";
import { launchTarget } from "../targets/launched-target.js";
import { otherDatabase, STORES } from "../targets/stores.js";
import type { Target } from "../targets/target.js";
import type { OwnedTestBed } from "./test-bed.js";
import type { OpenWorld, World } from "./world.js";

export interface TestBedOptions {
  readonly contract: Contract;
  /** Short name, such as the folder of its implementations has. */
  readonly service: string;
  readonly world: World;
  /** One implementation; or two, that hand over to each other wherever a case restarts its target. */
  readonly implementations: readonly [Implementation, ...Implementation[]];
  /** A store that is not the test bed's own; absent, one is started and ends with it. */
  readonly storeUrl?: string;
}

/** A store, a target on it that cases share, and targets of their own for the cases that need one. */
export async function openTestBed(options: TestBedOptions): Promise<OwnedTestBed> {
  const { contract, service, world } = options;
  const folder = mkdtempSync(join(tmpdir(), "theseus-conformance-"));
  const owned: AsyncDisposable[] = [];
  async function release(): Promise<void> {
    for (const each of owned.toReversed()) await each[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    const storeUrl = options.storeUrl ?? (await own(owned, STORES[world.store].start())).url;
    const open = world.open && (await own(owned, world.open(folder)));
    const surroundings = { ...options, storeUrl, ...(open && { open }) };
    const shared = await own(owned, startTarget(surroundings));
    return {
      contract,
      service: serviceName(contract, service),
      variables: variablesOf(world),
      shared,
      own: (test, scope) => startTarget(surroundings, { test, scope }),
      ...(open && { world: open }),
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function own<T extends AsyncDisposable>(owned: AsyncDisposable[], opening: Promise<T>): Promise<T> {
  const opened = await opening;
  owned.push(opened);
  return opened;
}

/** The variables that every case in a world begins with. */
export function variablesOf({ store, variables }: World): Fields {
  return { ...IDENTITY, ...variables, store: STORES[store].variable };
}

interface Surroundings extends TestBedOptions {
  readonly storeUrl: string;
  readonly open?: OpenWorld;
}

/** The target that cases share; or that of one case, with the environment that it asks for. */
async function startTarget(
  { world, open, storeUrl, implementations }: Surroundings,
  of?: { readonly test: Case; readonly scope: Scope },
): Promise<Target> {
  const link = of?.test.needs.includes("store") === true ? await linkTo(storeUrl) : undefined;
  const url = link?.url ?? storeUrl;
  const variables = {
    [STORES[world.store].variable]:
      of !== undefined && world.ownDatabases === true ? otherDatabase(url) : url,
    ...IDENTITY,
    ...open?.environment(of === undefined ? "shared" : "own"),
  };
  return launchTarget({
    implementations,
    variables,
    own: of?.scope.fill(of.test.environment) ?? {},
    ...(link === undefined ? {} : { store: (action) => (action === "stop" ? link.cut() : link.mend()) }),
    owned: link === undefined ? [] : [link],
  });
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import type { Implementation } from "@theseus/runtime";
import { type Collector, openCollector } from "@theseus/testing";
import type { Case } from "../cases/case.js";
import type { Fields } from "../cases/value.js";
import { serviceName } from "../contract/contract.js";
import type { Scope } from "../expectations/scope.js";
import { type CaseStore, linkedStore, ownStore } from "../targets/case-store.js";
import { IDENTITY } from "../targets/identity.js";
import { type LaunchOptions, launchTarget } from "../targets/launched-target.js";
import { nobodyAt, otherDatabase, STORES, type StoreKind } from "../targets/stores.js";
import type { Target } from "../targets/target.js";
import { openWay } from "../targets/way/way.js";
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
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const storeUrl = options.storeUrl ?? opened.use(await STORES[world.store].start(world.access)).url;
  const open = world.open && opened.use(await world.open(folder));
  const surroundings = { ...options, storeUrl, ...(open && { open }) };
  const shared = opened.use(await startTarget(surroundings));
  const owned = opened.move();
  return {
    contract,
    service: serviceName(contract, service),
    variables: { ...variablesOf(world), name: service, store_url: storeUrl, store_away: nobodyAt(storeUrl) },
    shared,
    own: (test, scope) => startTarget(surroundings, { test, scope }),
    ...(open && { world: open }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
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
  await using opened = new AsyncDisposableStack();
  const needs = of?.test.needs ?? [];
  const kind = STORES[world.store];
  const surrounding = open?.environment(of === undefined ? "shared" : "own") ?? {};
  const needsStore = needs.includes("own-store");
  const isOwn = needsStore && !kind.hasDatabases;
  const placeUrl = isOwn ? opened.use(await kind.start(world.access)).url : storeUrl;
  const store = await caseStore(needs, { world, storeUrl: placeUrl });
  if (store !== undefined) opened.use(store);
  const mesh = needs.includes("mesh") ? await openWay(surrounding.MESH ?? "") : undefined;
  if (mesh !== undefined) opened.use(mesh);
  const needsDatabase =
    of !== undefined && (world.ownDatabases === true || (needsStore && kind.hasDatabases));
  const url = needsDatabase ? otherDatabase(store?.url ?? placeUrl) : (store?.url ?? placeUrl);
  const collector = needs.includes("collector") ? opened.use(await openCollector()) : undefined;
  const variables = {
    [kind.variable]: url,
    ...IDENTITY,
    ...surrounding,
    ...(mesh && { MESH: mesh.url }),
    ...(collector && toldTo(collector)),
  };
  return launchTarget({
    implementations,
    variables,
    own: of?.scope.fill(of.test.environment) ?? {},
    ...(store && { store: store.perform }),
    ...(mesh && { mesh: (action) => mesh.perform(action) }),
    ...(collector && { collector }),
    ...(store && { writes: store.writes }),
    ...(needsStore && storeReading(kind, url)),
    // The target ends what it owns, also when it does not start.
    owned: [opened.move()],
  });
}

/** What is told is told soon, and all lines of the log are. */
function toldTo({ url }: Collector): Readonly<Record<string, string>> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
    OTEL_BLRP_SCHEDULE_DELAY: "100",
    OTEL_METRIC_EXPORT_INTERVAL: "500",
    LOG_LEVEL: "info",
  };
}

function storeReading(
  { content, documents }: (typeof STORES)[StoreKind],
  url: string,
): Pick<LaunchOptions, "content" | "documents"> {
  return { content: () => content(url), ...(documents && { documents: () => documents(url) }) };
}

async function caseStore(
  needs: Case["needs"],
  { world, storeUrl }: Pick<Surroundings, "world" | "storeUrl">,
): Promise<CaseStore | undefined> {
  if (needs.includes("store-process")) return ownStore(world.store, world.access);
  return needs.includes("store") ? linkedStore(storeUrl) : undefined;
}

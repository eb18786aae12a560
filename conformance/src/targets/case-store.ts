import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import type { RedisAccess } from "@theseus/runtime";
import { STORES, type StoreKind } from "./stores.js";
import type { LinkAction } from "./way/link-action.js";
import type { StoreWrite } from "./way/store-writes.js";
import { openWay } from "./way/way.js";

/** What a case does to its store: cuts the way to it, lets it hang, makes it slow, ends its process, or has it there again. */
export type StoreAction = LinkAction | "slow" | "end";

/** A store as one case has it. */
export interface CaseStore extends AsyncDisposable {
  readonly url: string;
  /** `byMs` is how much later each answer comes from a slow one. */
  perform(action: StoreAction, byMs: number): Promise<void>;
  /** The writes that have come over the way to it, where it speaks MongoDB's protocol. */
  writes(): Promise<readonly StoreWrite[]>;
}

/** A way to the store that all cases share. */
export async function linkedStore(shared: string): Promise<CaseStore> {
  const way = await openWay(shared);
  return {
    ...way,
    perform: async (action, byMs) => {
      if (action === "end") throw new Error("a store that others use is not the case's to end");
      return action === "slow" ? way.slow(byMs) : way.perform(action);
    },
  };
}

/** A store that nobody else uses, and a way to it. */
export async function ownStore(kind: StoreKind, access: RedisAccess | undefined): Promise<CaseStore> {
  await using opened = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "theseus-store-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true }));
  let store = await STORES[kind].start(access, dir);
  opened.defer(() => store.kill());
  const way = opened.use(await openWay(store.url));
  const owned = opened.move();
  let ended = false;
  return {
    ...way,
    perform: async (action, byMs) => {
      if (action === "slow") return way.slow(byMs);
      if (action === "end") {
        ended = true;
        // It would refuse nobody.
        await way.perform("stop");
        return store.kill();
      }
      if (action === "start" && ended) {
        store = await STORES[kind].start(access, dir);
        ended = false;
      }
      return way.perform(action, store.url);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

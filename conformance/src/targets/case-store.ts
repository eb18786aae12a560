import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import type { RedisAccess } from "@theseus/runtime";
import { linkTo } from "@theseus/testing";
import { type LinkAction, performOnLink } from "./link-action.js";
import { type StoreWrite, writesOver } from "./store-writes.js";
import { STORES, type StoreKind } from "./stores.js";

/** What a case does to its store: cuts the way to it, lets it hang, makes it slow, ends its process, or has it there again. */
export type StoreAction = LinkAction | "slow" | "end";

/** A store as one case has it. */
export interface CaseStore extends AsyncDisposable {
  readonly url: string;
  /** `byMs` is how much later each answer comes from a slow one. */
  perform(action: StoreAction, byMs: number): Promise<void>;
  /** The writes that have come over the way to it, where it speaks MongoDB's protocol. */
  writes(): readonly StoreWrite[];
}

/** A way to the store that all cases share. */
export async function linkedStore(shared: string): Promise<CaseStore> {
  const link = await linkTo(shared);
  return {
    url: link.url,
    writes: writesOver(link),
    perform: async (action, byMs) => {
      if (action === "end") throw new Error("a store that others use is not the case's to end");
      return action === "slow" ? link.slow(byMs) : performOnLink(link, action);
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** A store that nobody else uses, and a way to it. */
export async function ownStore(kind: StoreKind, access: RedisAccess | undefined): Promise<CaseStore> {
  await using opened = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "theseus-store-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true }));
  let store = await STORES[kind].start(access, dir);
  opened.defer(() => store.kill());
  const link = opened.use(await linkTo(store.url));
  const owned = opened.move();
  let ended = false;
  return {
    url: link.url,
    writes: writesOver(link),
    perform: async (action, byMs) => {
      if (action === "slow") return link.slow(byMs);
      if (action === "end") {
        ended = true;
        // The link would refuse nobody.
        await link.cut();
        return store.kill();
      }
      if (action === "start" && ended) {
        store = await STORES[kind].start(access, dir);
        ended = false;
      }
      return performOnLink(link, action, store.url);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

import { newId } from "@theseus/kit";
import { type RunningStore, startMongo } from "@theseus/runtime";

let store: RunningStore | undefined;

before(async function () {
  this.timeout(180_000);
  store = await startMongo();
});

after(async () => {
  await store?.[Symbol.asyncDispose]();
});

/** A database of one's own on the store that all tests share. */
export function newDatabaseUrl(): string {
  if (store === undefined) throw new Error("the store runs within tests only");
  return databaseUrl(store.url, newId());
}

export function databaseUrl(url: string, database: string): string {
  return url.replace(/\/[^/?]+\?/, `/${database}?`);
}

import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { replaceJson } from "@theseus/runtime/system";
import { readJson } from "./read-json.js";

/** Where each sidecar is, by its name; those that do not run are missing. */
export type Addresses = ReadonlyMap<string, string>;

/** Answers the IPv4 address of a name; undefined when there is no such name. Rejects when it cannot be known. */
export type Resolve = (name: string) => Promise<string | undefined>;

/** By the name service of the network that the control plane shares with the sidecars. */
export const resolveByDns: Resolve = async (name) => {
  try {
    return (await lookup(name, { family: 4 })).address;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTFOUND") return undefined;
    throw error;
  }
};

/** Looks all of them up. What cannot be known now counts as it did before. */
export async function findAddresses(
  names: readonly string[],
  known: Addresses,
  resolve: Resolve,
): Promise<Addresses> {
  const found = await Promise.all(
    names.map(async (name) => [name, await resolve(name).catch(() => known.get(name))] as const),
  );
  return new Map(
    found.flatMap(([name, address]) => (address === undefined ? [] : [[name, address] as const])),
  );
}

/** What was found last, also by an earlier run. */
export function readAddresses(state: string): Addresses {
  return new Map(readJson<readonly (readonly [string, string])[]>(join(state, addressesFile)) ?? []);
}

export function writeAddresses(state: string, addresses: Addresses): void {
  replaceJson(join(state, addressesFile), [...addresses]);
}

const addressesFile = "addresses.json";

import type { World } from "../../src/run/world.js";

/** Inventory calls nobody. */
export const world: World = { store: "redis", variables: { read: "ListItems", reader: "nobody" } };

import { readFileSync } from "node:fs";
import type { World } from "../../src/run/world.js";

const storage = new URL("../../../../services/inventory/storage.md", import.meta.url);

/** Inventory calls nobody. In its store it may do what its storage page says. */
export const world: World = {
  store: "redis",
  access: accessIn(readFileSync(storage, "utf8")),
  variables: { read: "ListItems", reader: "nobody" },
};

function accessIn(page: string): NonNullable<World["access"]> {
  const rules = (/```acl\n(.*?)```/s.exec(page)?.[1] ?? "").split(/\s+/);
  const after = (sign: string) => rules.filter((rule) => rule.startsWith(sign)).map((rule) => rule.slice(1));
  return { keys: after("~"), commands: after("+") };
}

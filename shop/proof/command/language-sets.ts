import { join } from "node:path";
import { implementationsOf } from "@theseus/runtime";
import { topology } from "../../src/topology.js";
import { checkout } from "../../test/system/shop.js";

/** All services in TypeScript, or each in its other language. */
export type LanguageSet = "typescript" | "others";

export const languageSets: readonly LanguageSet[] = ["typescript", "others"];

/** The flags with which a shop of that set is started. */
export function flagsOf(set: LanguageSet): readonly string[] {
  if (set === "typescript") return [];
  return topology.workloads.flatMap(({ name, implementations }) => {
    const [other] = implementationsOf(join(checkout, implementations)).filter(
      (each) => each !== "typescript",
    );
    return other === undefined ? [] : ["--impl", `${name}=${other}`];
  });
}

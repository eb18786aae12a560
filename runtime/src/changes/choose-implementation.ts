import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { UsageFault } from "../fault.js";
import {
  chooseImplementation,
  type Implementation,
  readImplementation,
} from "../implementation/implementation.js";
import type { SystemContext } from "../system/context.js";
import type { SystemWorkload } from "../system/topology.js";
import type { Say } from "./say.js";
import { openWorktree } from "./worktree.js";

export interface Chosen {
  readonly implementation: Implementation;
  /** Where it was taken from, when that is not the checkout as it is. */
  readonly source?: string;
}

type Place = Pick<SystemContext, "home" | "checkout" | "env" | "signal">;

/**
 * Finds what a person means by `go`, `/path/to/implementation` or `typescript@revision`; nothing of it is built.
 *
 * @throws Fault when there is no such implementation of this workload
 */
export async function chooseWanted(
  place: Place,
  workload: SystemWorkload,
  wanted: string,
  say: Say,
): Promise<Chosen> {
  if (isAbsolute(wanted)) return { implementation: fromFolder(wanted, workload), source: wanted };
  const [language = "", revision] = wanted.split(/@(.*)/s);
  if (revision === undefined) return { implementation: fromCheckout(place.checkout, workload, language) };
  const { folder, commit } = await openWorktree(place, revision, say);
  const source = `${language}@${commit.slice(0, 12)}`;
  return { implementation: fromCheckout(folder, workload, language), source };
}

function fromCheckout(checkout: string, workload: SystemWorkload, language: string): Implementation {
  return chooseImplementation(join(checkout, workload.implementations), workload.name, language);
}

function fromFolder(folder: string, { name }: SystemWorkload): Implementation {
  const file = join(folder, "implementation.json");
  if (!existsSync(file))
    throw new UsageFault(
      `There is no implementation in ${folder}: it has no implementation.json.`,
      "docs/launch-protocol.md says what one is.",
    );
  const implementation = readImplementation(file);
  if (implementation.name === name) return implementation;
  throw new UsageFault(
    `${folder} is an implementation of ${implementation.name}, not of ${name}.`,
    `Name a folder whose implementation.json says "name": "${name}".`,
  );
}

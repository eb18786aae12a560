import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Faults } from "@theseus/runtime/schema";
import { createScratchFolder } from "@theseus/testing";
import type { Case } from "../src/cases/case.js";
import { readCases, type WorldSchema } from "../src/cases/case-file.js";
import { assertNoFaults, SuiteFileError } from "../src/schema/suite-file-error.js";

/** A folder of cases of the service `user`, which a test writes. */
export interface CaseFolder extends Disposable {
  /** `name` is such as `user/a.yaml`. */
  write(name: string, text: string): void;
  read(world?: WorldSchema): readonly Case[];
  /** What is wrong with the files, a line each. */
  faults(world?: WorldSchema): readonly string[];
  /** What is wrong with a case that has this one step, without the place. */
  faultsOfStep(step: string, world?: WorldSchema): readonly string[];
}

export function createCaseFolder(): CaseFolder {
  const folder = createScratchFolder();
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  };
  const read = (world: WorldSchema = { steps: {} }) => {
    const found = new Faults();
    const cases = readCases("user", { folder: folder.path, world, faults: found });
    assertNoFaults(found);
    return cases;
  };
  const faults = (world?: WorldSchema) => {
    try {
      read(world);
      return [];
    } catch (error) {
      if (error instanceof SuiteFileError) return error.faults;
      throw error;
    }
  };
  return {
    write,
    read,
    faults,
    faultsOfStep(step, world) {
      write("user/a.yaml", `- case: user/a/b\n  says: A\n  steps:\n    - ${step}\n`);
      return faults(world).map((fault) => fault.replace(/^cases\/user\/a\.yaml:\d+: /, ""));
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

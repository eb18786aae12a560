import { join } from "node:path";
import { Faults } from "@theseus/runtime/schema";
import type { Case } from "../cases/case.js";
import { readCases } from "../cases/case-file.js";
import { readClauses, reportUnknownClauses } from "../coverage/clauses.js";
import { type CoverageException, readExceptions } from "../coverage/exceptions.js";
import { assertNoFaults } from "../schema/suite-file-error.js";
import { servicesWithWorlds } from "./find-world.js";
import type { World } from "./world.js";

const NOTHING = { steps: {} };

/** All that the suite says of a service. */
export interface Suite {
  readonly cases: readonly Case[];
  /** Ids of the clauses that hold for the service. */
  readonly clauses: readonly string[];
  readonly exceptions: readonly CoverageException[];
}

/**
 * Reads the cases of a service, its clauses and its exceptions, out of the suite's own folder; `more` is one with other cases.
 * @throws SuiteFileError with all that is wrong in any of the files
 */
export function loadSuite(folder: string, service: string, world: World, more?: string): Suite {
  const faults = new Faults();
  const suite = readSuite(service, world, { folder, faults, ...(more !== undefined && { more }) });
  assertNoFaults(faults);
  return suite;
}

/** As `loadSuite`, for who reads more and then tells of all faults. */
export function readSuite(
  service: string,
  world: World,
  { folder, faults, more }: { readonly folder: string; readonly faults: Faults; readonly more?: string },
): Suite {
  const of = { service, services: servicesWithWorlds(), faults };
  const reading = { folder: join(folder, "cases"), world: world.schema ?? NOTHING, faults };
  const cases = readCases(service, reading, more);
  const clauses = readClauses(join(folder, "cases", "clauses.yaml"), of);
  const exceptions = readExceptions(join(folder, "cases", "exceptions.yaml"), of);
  reportUnknownClauses(cases, clauses, faults);
  return { cases, clauses, exceptions };
}

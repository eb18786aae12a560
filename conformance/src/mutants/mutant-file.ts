import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { CaseFileError } from "../cases/case-file.js";
import type { Mutant, Patch } from "./mutant.js";
import { createTransformation } from "./transformations/create-transformation.js";

type Fields = Readonly<Record<string, unknown>>;

const KEYS = ["mutant", "breaks", "patch", "wrapper", "with", "killed-by", "healthy", "base"];

/**
 * Reads all mutants of a folder: `<service>.yaml` each, with `base`, what is patched in all of them so that they are
 * quick to try. Faults of all files are reported at once.
 */
export function loadMutants(folder: string): readonly Mutant[] {
  const faults: string[] = [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const mutants = files.sort().flatMap((file) => readMutants(folder, file, faults));
  const names = new Set<string>();
  for (const { name, place } of mutants) {
    if (names.has(name)) faults.push(`${place}: there is another mutant ${name}`);
    names.add(name);
  }
  if (faults.length > 0) throw new CaseFileError(faults);
  return mutants;
}

function readMutants(folder: string, file: string, faults: string[]): Mutant[] {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(join(folder, file), "utf8"), { lineCounter: lines });
  for (const error of document.errors) faults.push(`mutants/${file}: ${error.message}`);
  const content = (document.toJS() ?? {}) as Fields;
  const { service, healthy, base = [], mutants } = content;
  if (typeof service !== "string" || typeof healthy !== "string" || !Array.isArray(mutants)) {
    faults.push(`mutants/${file}: it must have "service", "healthy" and a list of "mutants"`);
    return [];
  }
  return mutants.map((entry: Fields, index) => {
    const node = document.getIn(["mutants", index], true) as { range?: [number, number, number] } | undefined;
    const place = `mutants/${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
    return toMutant({ healthy, base, ...entry }, service, place, (fault) =>
      faults.push(`${place}: ${fault}`),
    );
  });
}

function toMutant(entry: Fields, service: string, place: string, report: (fault: string) => void): Mutant {
  for (const key of Object.keys(entry)) if (!KEYS.includes(key)) report(`"${key}" is not a key of a mutant`);
  const name = String(entry.mutant ?? "");
  if (!/^[a-z]+\/[a-z0-9-]+$/.test(name) || !name.startsWith(`${service}/`))
    report(`"${name}" is not a name such as ${service}/hold-as-key-ttl`);
  if (typeof entry.breaks !== "string") report(`${name} does not say what it breaks`);
  const killedBy = (entry["killed-by"] ?? []) as readonly string[];
  if ((entry.patch === undefined) === (entry.wrapper === undefined))
    report(`${name} must be either a patch or a wrapper`);
  return {
    name,
    service,
    breaks: String(entry.breaks),
    killedBy,
    healthy: String(entry.healthy),
    place,
    patches: [...toPatches(entry.base, report), ...toPatches(entry.patch ?? [], report)],
    ...(entry.wrapper === undefined ? {} : { wrapper: toWrapper(entry, report) }),
  };
}

function toPatches(given: unknown, report: (fault: string) => void): readonly Patch[] {
  const patches = (Array.isArray(given) ? given : [given]) as readonly Fields[];
  return patches.map(({ in: file, find, put }) => {
    if (typeof file !== "string" || typeof find !== "string" || typeof put !== "string")
      report(`a patch must have "in", "find" and "put"`);
    return { in: String(file), find: String(find), put: String(put) };
  });
}

function toWrapper(entry: Fields, report: (fault: string) => void): NonNullable<Mutant["wrapper"]> {
  const wrapper = { name: String(entry.wrapper), with: (entry.with ?? {}) as Fields };
  try {
    createTransformation(wrapper.name, wrapper.with);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
  }
  return wrapper;
}

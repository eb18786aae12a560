import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readImplementation } from "@theseus/runtime";
import type { Instances } from "@theseus/runtime/shadow";
import { checkout } from "../system/shop.js";

type Pair = Awaited<ReturnType<Instances["start"]>>;

/** An instance in standby, beside the one that is active, seen by everybody as healthy. */
export interface Candidate extends AsyncDisposable {
  readonly old: readonly Pair[];
  readonly candidate: Pair;
}

/** Starts what is in a folder as a candidate for a service. */
export async function startCandidate(
  instances: Instances,
  service: string,
  folder: string,
): Promise<Candidate> {
  const old = instances.pairsOf(service);
  const [first] = old;
  if (first === undefined) throw new Error(`no ${service} runs`);
  const ordinal = Math.max(...old.map(({ instance }) => instance.ordinal)) + 1;
  const name = `${service}-${ordinal}`;
  const implementation = readImplementation(join(folder, "implementation.json"));
  const candidate = await instances.start({ ...first.instance, name, ordinal, implementation }, "starting");
  await instances.move(service, new Map([[name, "standby"]]));
  return { old, candidate, [Symbol.asyncDispose]: () => instances.end(name) };
}

interface Patch {
  /** Below `dist/src`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** A copy of a compiled service in TypeScript with another text in one of its files. */
export function patchedCopy(
  service: string,
  { file, find, put }: Patch,
): Disposable & { readonly folder: string } {
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(above, "candidate-"));
  const original = join(checkout, "services", service);
  const folder = join(root, "services", service, "typescript");
  for (const part of ["package.json", "implementation.json", "dist/src"])
    cpSync(join(original, "typescript", part), join(folder, part), { recursive: true });
  const scripts = join(original, "lua");
  if (existsSync(scripts)) cpSync(scripts, join(folder, "../lua"), { recursive: true });
  const path = join(folder, "dist/src", file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) throw new Error(`${path} has it not once: ${find}`);
  writeFileSync(path, text.replace(find, put));
  return { folder, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

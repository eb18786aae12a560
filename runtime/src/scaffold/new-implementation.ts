import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { toFault, UsageFault } from "../fault.js";
import { type SystemTopology, type SystemWorkload, servicesOf } from "../system/topology.js";
import { type Filling, renderTemplate } from "./render-template.js";

export interface NewImplementation {
  readonly checkout: string;
  readonly topology: SystemTopology;
  /** A workload that serves, with a store. */
  readonly service: string;
  /** One that there are templates for. */
  readonly language: string;
  /** A folder beside the other implementations, absolute or in the working folder; absent: it is named as the language. */
  readonly folder?: string;
}

const templates = fileURLToPath(new URL("../../../templates", import.meta.url));
const suffix = ".tmpl";

/**
 * Writes a skeleton that builds, starts, and answers every RPC with UNIMPLEMENTED; answers its folder.
 *
 * @throws UsageFault, with nothing written, for an unknown service or language and for a folder that cannot be it
 */
export function newImplementation(options: NewImplementation): string {
  const { checkout, topology, service, language } = options;
  const workload = workloadOf(topology, service);
  assertOneOf("language", language, languages());
  const parent = join(checkout, workload.implementations);
  const folder = resolve(options.folder ?? join(parent, language));
  assertFree(folder, parent);
  const filling = fillingOf(workload, basename(folder));
  const files = filesBelow(join(templates, language)).map((path) => ({
    path: renderTemplate(path.slice(0, -suffix.length), filling),
    text: renderTemplate(readFileSync(join(templates, language, path), "utf8"), filling),
  }));
  publish(files, folder);
  return folder;
}

/** Languages that there are templates for. */
export function languages(): readonly string[] {
  return readdirSync(templates).sort();
}

function assertOneOf(what: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  throw new UsageFault(`There is no ${what} "${given}" to begin with.`, `There are: ${known.join(", ")}.`);
}

/** The start looks for implementations in one place only. */
function assertFree(folder: string, parent: string): void {
  const name = relative(parent, folder);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new UsageFault(
      `${folder} is no place for an implementation.`,
      `It must be ${relative(process.cwd(), parent) || "."}/<name>, the name of lower-case letters, digits and hyphens.`,
    );
  }
  if (existsSync(folder)) {
    throw new UsageFault(
      `${folder} exists.`,
      `Choose another with --dir ${relative(process.cwd(), parent) || "."}/<name>, or remove it first.`,
    );
  }
}

/** Skeletons are for workloads with one gRPC service of the usual name and a store. */
function workloadOf(topology: SystemTopology, service: string): SystemWorkload {
  assertOneOf("service", service, servicesOf(topology));
  const workload = topology.workloads.find(({ name }) => name === service);
  const usual = `theseus.${service}.v1.${capitalised(service)}Service`;
  if (workload?.services.join() === usual && workload.store.kind !== "none") return workload;
  throw new UsageFault(
    `There is no skeleton for ${service}.`,
    `Skeletons are for workloads that serve one service (${usual}) on a store of their own.`,
  );
}

/** The facts are the kind of the store and the names of the variables. */
function fillingOf({ name, store, variables }: SystemWorkload, implementation: string): Filling {
  const [storeVariable = ""] = Object.keys(variables).filter((each) => variables[each]?.from === "store");
  return {
    values: {
      service: name,
      Service: capitalised(name),
      package: `theseus.${name}.v1`,
      implementation,
      storeVariable,
    },
    facts: new Set([store.kind, ...Object.keys(variables)]),
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(suffix));
}

/** The folder gets its name when it is whole. */
function publish(files: readonly { readonly path: string; readonly text: string }[], folder: string): void {
  const stage = `${folder}.${process.pid}.part`;
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(stage, path)), { recursive: true });
      writeFileSync(join(stage, path), text);
    }
    renameSync(stage, folder);
  } catch (error) {
    throw toFault(error, `Writing ${folder} failed`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

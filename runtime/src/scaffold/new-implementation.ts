import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { toFault, UsageFault } from "../fault.js";
import { renderTemplate, type Values } from "./render-template.js";

export interface NewImplementation {
  readonly checkout: string;
  /** `user`, `inventory` or `payment`. */
  readonly service: string;
  /** One that there are templates for. */
  readonly language: string;
  /** `services/<service>/<name>`, absolute or in the working folder; `<name>` is the language when absent. */
  readonly folder?: string;
}

const services = ["user", "inventory", "payment"];
const templates = fileURLToPath(new URL("../../../templates", import.meta.url));
const suffix = ".tmpl";

/**
 * Writes a skeleton that builds, starts, and answers every RPC with UNIMPLEMENTED; answers its folder.
 *
 * @throws UsageFault, with nothing written, for an unknown service or language and for a folder that cannot be it
 */
export function newImplementation(options: NewImplementation): string {
  const { checkout, service, language } = options;
  assertOneOf("service", service, services);
  assertOneOf("language", language, languages());
  const folder = resolve(options.folder ?? join(checkout, "services", service, language));
  assertFree(folder, join(checkout, "services", service));
  const values = valuesOf(service, folder);
  const files = filesBelow(join(templates, language)).map((path) => ({
    path: renderTemplate(path.slice(0, -suffix.length), service, values),
    text: renderTemplate(readFileSync(join(templates, language, path), "utf8"), service, values),
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

function valuesOf(service: string, folder: string): Values {
  return {
    service,
    Service: service.charAt(0).toUpperCase() + service.slice(1),
    package: `theseus.${service}.v1`,
    implementation: relative(dirname(folder), folder),
    storeVariable: service === "inventory" ? "REDIS_URL" : "MONGODB_URL",
  };
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

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fault, UsageFault } from "../fault.js";

/** What `implementation.json` says: how one implementation of a service is built and run in its own folder. */
export interface Implementation {
  readonly name: string;
  readonly language: string;
  /** Absent: there is nothing to build. */
  readonly build?: readonly [string, ...string[]];
  readonly run: readonly [string, ...string[]];
  /** Files that it is built of; patterns as `listFiles` takes them. */
  readonly sources: readonly string[];
  /** Files that name the versions of what it is built with. */
  readonly locks: readonly string[];
  /** Files that it needs in order to run, besides `implementation.json`: in its folder, or in the folder above. */
  readonly files: readonly string[];
  /** Prints version and vendor of what it runs on. Absent: nobody knows. */
  readonly version?: readonly [string, ...string[]];
  /** The folder that it lies in. */
  readonly folder: string;
}

export const fileName = "implementation.json";

/** Of an implementation that does not say what its files are: everything but what is for people and for tests. */
const everything = ["*", "node_modules", "!*.md", "!test", "!tests"];

/** Reads an `implementation.json`; one fault names everything that is wrong with it. */
export function readImplementation(path: string): Implementation {
  const fields = parseObject(path);
  const faults: string[] = [];
  const text = (key: string): string => {
    const value = fields[key];
    if (typeof value === "string" && /^[a-z][a-z0-9-]*$/.test(value)) return value;
    faults.push(`"${key}" must be a word of lower-case letters, digits and hyphens`);
    return "";
  };
  const command = (key: string): readonly [string, ...string[]] => {
    const value: unknown = fields[key];
    if (isCommand(value)) return value;
    faults.push(`"${key}" must be a list of strings: a program and its arguments`);
    return [""];
  };
  const paths = (key: string, otherwise: readonly string[]): readonly string[] => {
    const value: unknown = fields[key] ?? otherwise;
    if (Array.isArray(value) && value.every(isText)) return value;
    faults.push(`"${key}" must be a list of paths`);
    return [];
  };
  const files = paths("files", everything);
  for (const path of files)
    if (/^(\.\.\/){2}|^\//.test(path))
      faults.push(`"files" reaches above the folder of its service: ${path}`);
  const known = ["name", "language", "build", "run", "sources", "locks", "files", "version"];
  for (const key of Object.keys(fields)) if (!known.includes(key)) faults.push(`"${key}" is not known`);
  const implementation = {
    name: text("name"),
    language: text("language"),
    ...(fields.build === undefined ? {} : { build: command("build") }),
    run: command("run"),
    sources: paths("sources", everything),
    locks: paths("locks", []),
    files,
    ...(fields.version === undefined ? {} : { version: command("version") }),
    folder: dirname(path),
  };
  if (faults.length > 0) {
    throw new Fault(
      `${path} is not a valid implementation: ${faults.join("; ")}.`,
      `Its fields are ${known.join(", ")}; see docs/launch-protocol.md.`,
    );
  }
  return implementation;
}

/** The implementation `language` of a service, or a fault that lists those there are. */
export function findImplementation(checkout: string, service: string, language: string): Implementation {
  return chooseImplementation(join(checkout, "services", service), service, language);
}

/** The one implementation that lies in a folder, or else that in `language`, or a fault that lists those there are. */
export function chooseImplementation(folder: string, name: string, language: string): Implementation {
  const alone = join(folder, fileName);
  if (existsSync(alone)) return readImplementation(alone);
  const available = implementationsOf(folder);
  if (!available.includes(language)) {
    throw new UsageFault(
      `There is no implementation "${language}" of ${name} (${join(folder, language, fileName)}).`,
      available.length === 0 ? "There is none at all." : `There is: ${available.join(", ")}.`,
    );
  }
  return readImplementation(join(folder, language, fileName));
}

/** Languages of the implementations that lie in a service's folder. */
export function implementationsOf(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries
      .map(({ name }) => name)
      .filter((name) => readdirSync(join(folder, name)).includes(fileName));
  } catch {
    return [];
  }
}

function parseObject(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    throw new Error("it is not an object");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault(`${path} cannot be read: ${why}.`, "See docs/launch-protocol.md for its form.", {
      cause: error,
    });
  }
}

function isCommand(value: unknown): value is readonly [string, ...string[]] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

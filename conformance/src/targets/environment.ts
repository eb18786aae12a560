import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fields, Value } from "../cases/value.js";

type Environment = Readonly<Record<string, string>>;

/**
 * An environment with the variables of a case in it: each `{$file: content, mode}` becomes the path of such a file in the
 * folder, and a variable that is null is left out.
 */
export function withVariables(environment: Environment, variables: Fields, folder: string): Environment {
  const changed: Record<string, string> = { ...environment };
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) delete changed[name];
    else changed[name] = toText(name, value, folder);
  }
  return changed;
}

function toText(name: string, value: Value, folder: string): string {
  if (value === null || typeof value !== "object" || !("$file" in value)) return String(value);
  const { $file: content = null, mode = "600" } = value as Fields;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, toFileText(content), { mode: Number.parseInt(String(mode), 8) });
  return path;
}

/** In one step: a process that reads the file finds one content or the other. */
export function replaceFile(path: string, content: Value): void {
  writeFileSync(`${path}.new`, toFileText(content), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function toFileText(content: Value): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

import { mkdirSync, writeFileSync } from "node:fs";
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
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path, text, { mode: Number.parseInt(String(mode), 8) });
  return path;
}

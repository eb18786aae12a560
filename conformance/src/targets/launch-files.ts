import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fields, Value } from "../cases/value.js";

/** Variables as a case writes them, with every `{$file: content, mode}` replaced by the path of such a file. */
export function toEnvironment(variables: Fields, folder: string): Record<string, string> {
  const entries = Object.entries(variables).map(([name, value]) => [name, toText(name, value, folder)]);
  return Object.fromEntries(entries) as Record<string, string>;
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

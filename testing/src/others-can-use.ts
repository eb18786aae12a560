import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Everything in a folder, itself included, that another account has any right to. */
export function whatOthersCanUse(path: string): readonly string[] {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return [];
  const exposed = (stat.mode & 0o077) === 0 ? [] : [`${path} (${(stat.mode & 0o777).toString(8)})`];
  if (!stat.isDirectory()) return exposed;
  return [...exposed, ...readdirSync(path).flatMap((name) => whatOthersCanUse(join(path, name)))];
}

import { type ListedFile, listFiles } from "./file-list.js";
import { hashFiles, type MadeFile } from "./hash-files.js";
import { fileName, type Implementation } from "./implementation.js";
import { nodePackages } from "./node-packages.js";

/** Stands for the packages that `package.json` names, wherever Node.js finds them. */
const packages = "node_modules";

/** The implementation's folder in a copy, beside which there can be what it shares with others of its service. */
export const copiedFolder = "implementation";

/** SHA-256 over all that runs of an implementation, in hexadecimal: the same for each copy of it. */
export function contentHash(implementation: Implementation): Promise<string> {
  return hashFiles(runFiles(implementation));
}

/** All that runs of an implementation, by the paths of a copy. */
export function runFiles(implementation: Implementation): readonly (ListedFile | MadeFile)[] {
  const { folder, files } = implementation;
  const own = listFiles(
    folder,
    files.filter((pattern) => pattern !== packages),
  ).filter(({ path }) => path !== fileName);
  const placed = own.map(({ path, file }) => ({ path: placeOf(path), file }));
  const needed = files.includes(packages) ? nodePackages(folder, copiedFolder) : [];
  return [...placed, ...needed, howItRuns(implementation)];
}

/** The `implementation.json` of a copy: it is built already. */
function howItRuns({ name, language, run, files, version }: Implementation): MadeFile {
  const fields = { name, language, run, files, ...(version !== undefined && { version }) };
  return { path: placeOf(fileName), content: `${JSON.stringify(fields, null, 2)}\n` };
}

function placeOf(path: string): string {
  return path.startsWith("../") ? path.slice("../".length) : `${copiedFolder}/${path}`;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes figures for programs and for people; answers the paths. */
export function writeFigures(
  folder: string,
  name: string,
  { figures, page }: { readonly figures: unknown; readonly page: string },
): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files = [
    [join(folder, `${name}.json`), `${JSON.stringify(figures, null, 2)}\n`],
    [join(folder, `${name}.md`), page],
  ] as const;
  for (const [path, text] of files) writeFileSync(path, text);
  return files.map(([path]) => path);
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.map((cell) => String(cell ?? "")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** With so many decimals; nothing of nothing. */
export function fixed(value: number | undefined, decimals = 1): string {
  return value === undefined ? "" : value.toFixed(decimals);
}

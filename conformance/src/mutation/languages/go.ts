import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Implementation } from "@theseus/runtime";
import { type GeneratedMutant, shown } from "../generated-mutant.js";
import { type MutationLanguage, NotBuilt } from "../mutation-language.js";
import { runTool } from "../run-tool.js";
import { GO_TOKENS } from "./go-tokens.js";

/** The module that pins the tool. */
const MODULE = fileURLToPath(new URL("../../../../mutation/go", import.meta.url));

/** Those that gremlins does not apply unless it is told to. */
const MORE_OPERATORS = [
  ...["--invert-assignments", "--invert-bitwise", "--invert-bwassign"],
  ...["--invert-logical", "--invert-loopctrl", "--remove-self-assignments"],
];

interface Report {
  readonly files: readonly {
    readonly file_name: string;
    readonly mutations: readonly Finding[];
  }[];
}

interface Finding {
  readonly type: string;
  readonly line: number;
  readonly column: number;
}

/** Gremlins says where which operator applies; the operator's token is replaced here. */
export const go: MutationLanguage = {
  tool: "gremlins 0.6.0",

  async generate({ folder }) {
    const { files } = await report(folder);
    return files
      .toSorted((a, b) => (a.file_name < b.file_name ? -1 : 1))
      .flatMap(({ file_name: file, mutations }) => {
        const text = readFileSync(join(folder, file), "utf8");
        return mutations.toSorted(byPlace).flatMap((finding) => toMutant(file, text, finding) ?? []);
      });
  },

  async build({ folder, run: [program, ...args], ...rest }, { replaces, content }, copy) {
    const [source, overlay, built] = ["source.go", "overlay.json", basename(program)].map((name) =>
      join(copy, name),
    ) as [string, string, string];
    writeFileSync(source, content);
    writeFileSync(overlay, JSON.stringify({ Replace: { [join(folder, replaces)]: source } }));
    const flags = ["-trimpath", "-buildvcs=false", "-overlay", overlay, "-o", built];
    await runTool(["go", "build", ...flags, "."], { cwd: folder, env: { CGO_ENABLED: "0" } }).catch(
      (error) => {
        throw new NotBuilt(String(error));
      },
    );
    return { ...rest, folder, run: [built, ...args] };
  },
};

/** Without tests there is no coverage to be measured first, and gremlins tells of every place. */
async function report(folder: Implementation["folder"]): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), "theseus-gremlins-"));
  try {
    const tool = join(scratch, "gremlins");
    await runTool(["go", "build", "-o", tool, "github.com/go-gremlins/gremlins/cmd/gremlins"], {
      cwd: MODULE,
    });
    const copy = join(scratch, "module");
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith("_test.go") });
    const found = join(scratch, "report.json");
    const flags = ["--dry-run", "--silent", "--output", found, "--exclude-files", "^gen/", ...MORE_OPERATORS];
    await runTool([tool, "unleash", ...flags, "."], { cwd: copy });
    return JSON.parse(readFileSync(found, "utf8")) as Report;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || (a.type < b.type ? -1 : 1);
}

function toMutant(file: string, text: string, { type, line, column }: Finding): GeneratedMutant | undefined {
  const lines = text.split("\n");
  // Columns count bytes.
  const bytes = Buffer.from(lines[line - 1] ?? "");
  const [before, rest] = [bytes.subarray(0, column - 1).toString(), bytes.subarray(column - 1).toString()];
  const tokens = Object.entries(GO_TOKENS[type] ?? {}).toSorted(([a], [b]) => b.length - a.length);
  const [token, other] = tokens.find(([each]) => rest.startsWith(each)) ?? [];
  if (token === undefined || other === undefined) return undefined;
  const changed = before + other + rest.slice(token.length);
  const content = Buffer.from(lines.with(line - 1, changed).join("\n"));
  const [from, to] = [shown(lines[line - 1] ?? ""), shown(changed)];
  return { file, line, column, operator: type, before: from, after: to, replaces: file, content };
}

import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { type Implementation, readImplementation } from "@theseus/runtime";
import { type GeneratedMutant, shown } from "../generated-mutant.js";
import type { MutationLanguage } from "../mutation-language.js";

/** Where the compiler puts what runs. */
const COMPILED = join("dist", "src");

/** Stryker's mutants of the compiled code, which is the source without its types; lines are those of the source. */
export const typescript: MutationLanguage = {
  tool: "@stryker-mutator/instrumenter 9.6.1",

  async generate({ folder }) {
    const files = readdirSync(join(folder, COMPILED), { recursive: true, encoding: "utf8" });
    const mutants: GeneratedMutant[] = [];
    for (const file of files.filter((name) => name.endsWith(".js")).sort())
      mutants.push(...(await mutantsOf(folder, join(COMPILED, file))));
    return mutants;
  },

  async build({ folder }, { replaces, content }, copy) {
    for (const name of ["package.json", "implementation.json"]) cpSync(join(folder, name), join(copy, name));
    cpSync(join(folder, COMPILED), join(copy, COMPILED), { recursive: true });
    const packages = join(folder, "node_modules");
    if (existsSync(packages)) symlinkSync(packages, join(copy, "node_modules"));
    writeFileSync(join(copy, replaces), content);
    return readImplementation(join(copy, "implementation.json"));
  },
};

async function mutantsOf(
  folder: Implementation["folder"],
  file: string,
): Promise<readonly GeneratedMutant[]> {
  const text = readFileSync(join(folder, file), "utf8");
  const map = new SourceMap(JSON.parse(readFileSync(join(folder, `${file}.map`), "utf8")));
  const starts = lineStarts(text);
  const offset = ({ line, column }: Position) => (starts[line] ?? text.length) + column;
  return (await instrument(file, text)).flatMap(({ location: { start, end }, mutatorName, replacement }) => {
    const [from, to] = [offset(start), offset(end)];
    const source = map.findEntry(start.line, start.column);
    // What the compiler adds has no place in the source.
    if (!("originalLine" in source) || source.generatedLine !== start.line) return [];
    return {
      file: file.replace(COMPILED, "src").replace(/\.js$/, ".ts"),
      line: source.originalLine + 1,
      column: start.column + 1,
      operator: mutatorName,
      before: shown(text.slice(from, to)),
      after: shown(replacement),
      replaces: file,
      content: Buffer.from(text.slice(0, from) + replacement + text.slice(to)),
    };
  });
}

/** Counted from 0. */
interface Position {
  readonly line: number;
  readonly column: number;
}

async function instrument(name: string, content: string) {
  const instrumenter = new Instrumenter(SILENT);
  const options = { plugins: null, ignorers: [], excludedMutations: ["StringLiteral"] };
  const { mutants } = await instrumenter.instrument([{ name, content, mutate: true }], options);
  return mutants.filter(({ status }) => status === undefined);
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

const ignore = () => undefined;
const no = () => false;

const SILENT: ConstructorParameters<typeof Instrumenter>[0] = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};

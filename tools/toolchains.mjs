// npm run toolchains [-- LANGUAGE…]: what each language's implementations are built with, and whether it is here. Exit code
// 1 when something is missing. Nothing of it is needed for `npm start` with the implementations in TypeScript.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * A program, or a part of it, with the command that shows it, its least version, and where it comes from.
 * @typedef {{program: string, args: string[], least?: string, part?: string, from: string}} Tool
 * @typedef {{name: string, from: string, version?: string, problem?: string}} Found
 */

/** @type {Readonly<Record<string, readonly Tool[]>>} */
const TOOLCHAINS = {
  go: [{ program: "go", args: ["version"], least: "1.26", from: "https://go.dev/dl" }],
  java: [
    { program: "javac", args: ["-version"], least: "17", from: "https://adoptium.net" },
    { program: "mvn", args: ["--version"], least: "3.8", from: "https://maven.apache.org" },
  ],
  python: [
    { program: "python3", args: ["--version"], least: "3.11", from: "https://www.python.org" },
    { program: "python3", args: ["-c", "import ensurepip, venv"], part: "venv", from: "python3-venv" },
  ],
  rust: [{ program: "cargo", args: ["--version"], least: "1.88", from: "https://rustup.rs" }],
  typescript: [],
};

/**
 * What was found, by language: Maven takes a second to say its version, and every step of Java's asks.
 * @type {Map<string, {readonly missing: string | undefined}>}
 */
const ANSWERS = new Map();

/**
 * Why nothing in a language can be built here, and the way out; undefined when it can.
 * @param {string} language
 */
export function missingToolchain(language) {
  const known = ANSWERS.get(language);
  if (known !== undefined) return known.missing;
  const missing = whatIsMissing(language);
  ANSWERS.set(language, { missing });
  return missing;
}

/** @param {string} language */
function whatIsMissing(language) {
  const missing = (TOOLCHAINS[language] ?? []).map(look).filter(({ problem }) => problem !== undefined);
  if (missing.length === 0) return undefined;
  return missing.map(({ name, problem, from }) => `${name} ${problem} (${from})`).join(", ");
}

/**
 * @param {Tool} tool
 * @returns {Found}
 */
function look({ program, args, least, part, from }) {
  const name = part === undefined ? program : `${program}'s ${part}`;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
  if (status === null) return { name, from, problem: "is not on PATH" };
  if (status !== 0) return { name, from, problem: "does not run" };
  if (least === undefined) return { name, from };
  const said = `${stdout}${stderr}`;
  const [version] = /\d+(?:\.\d+)+/.exec(said) ?? /\b\d+\b/.exec(said) ?? ["?"];
  if (isAtLeast(version, least)) return { name, version, from };
  return { name, version, from, problem: `${version} is too old, ${least} is needed` };
}

/**
 * @param {string} version
 * @param {string} least
 */
function isAtLeast(version, least) {
  const found = version.split(".").map(Number);
  for (const [index, wanted] of least.split(".").map(Number).entries()) {
    const part = found[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** @param {readonly string[]} wanted  languages */
function main(wanted) {
  const unknown = wanted.filter((language) => !Object.hasOwn(TOOLCHAINS, language));
  if (unknown.length > 0) {
    console.error(
      `nothing is known of ${unknown.join(", ")}; there are: ${Object.keys(TOOLCHAINS).join(", ")}`,
    );
    return 2;
  }
  const languages = wanted.length === 0 ? Object.keys(TOOLCHAINS) : wanted;
  const rows = languages.flatMap((language) =>
    (TOOLCHAINS[language] ?? []).map((tool) => ({ language, ...look(tool) })),
  );
  for (const { language, name, version, problem, from } of rows) {
    const told = problem === undefined ? (version ?? "is here") : `${problem}: ${from}`;
    console.log(`${language.padEnd(8)}${name.padEnd(16)}${told}`);
  }
  return rows.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));

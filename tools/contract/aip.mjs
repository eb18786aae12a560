// npm run contract:aip — holds the contract to google.aip.dev with its own linter, a Go program in a fixed version that Go
// builds. Where the contract departs from a rule, proto/aip-exceptions.yaml says why.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const LINTER = join(ROOT, "tools/contract/aip");

/** @typedef {{file_path: string, problems: readonly {message: string, rule_id: string, location: {start_position: {line_number: number}}}[]}} Report */

/** False where there is no Go, which builds the linter. */
export function canLintByAip() {
  return spawnSync("go", ["version"], { stdio: "ignore" }).status === 0;
}

/** The rules from which the contract departs somewhere, and why. */
export const EXCEPTIONS = join(ROOT, "proto/aip-exceptions.yaml");

/**
 * What the linter finds in the files of a contract, a line each.
 * @param {string} proto         the folder that names of files begin in
 * @param {string} thirdParty    the folder with what they import
 * @param {string} [exceptions]  a file of the linter's configuration
 * @returns {string[]}
 */
export function aipFaults(proto, thirdParty, exceptions = EXCEPTIONS) {
  const files = readdirSync(proto, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".proto"),
  );
  const config = ["--config", exceptions, "--output-format", "json"];
  const args = ["tool", "api-linter", ...config, "-I", proto, "-I", thirdParty, ...files.sort()];
  const { status, stdout, stderr } = spawnSync("go", args, { cwd: LINTER, encoding: "utf8" });
  if (status !== 0) throw new Error(`the linter of google.aip.dev did not run:\n${stderr}`);
  const reports = /** @type {readonly Report[]} */ (JSON.parse(stdout));
  return reports.flatMap(({ file_path, problems }) =>
    problems.map(
      ({ message, rule_id, location }) =>
        `${file_path}:${location.start_position.line_number} ${rule_id}: ${message}`,
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!canLintByAip()) {
    console.error("The linter of google.aip.dev needs Go 1.26 or newer on the PATH.");
    process.exitCode = 2;
  } else {
    const faults = aipFaults(join(ROOT, "proto"), join(ROOT, "third_party"));
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) {
      console.error(`\n${faults.length} faults. Mend them, or argue each in ${EXCEPTIONS}.`);
      process.exitCode = 1;
    }
  }
}

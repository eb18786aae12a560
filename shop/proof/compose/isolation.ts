import type { Docker } from "../../src/compose/docker.js";
import { topology } from "../../src/topology.js";
import { type Container, containersOf, runBeside } from "./project.js";

/** What an application reached, of what it must and must not reach. */
export interface Reach {
  readonly application: string;
  /** Its own store; undefined for one that keeps nothing. */
  readonly ownStore?: boolean;
  /** Others that it got through to, which must be none: `address port`. */
  readonly others: readonly string[];
  /** To how many others it tried. */
  readonly tried: number;
}

/** Ports of sidecars, the edge, stores, and of the machine itself. */
const ports = [22, 80, 443, 2375, 6379, 8080, 8443, 27017];

/** Tries from each application's own network to reach every other container, the machine and the world. */
export async function tryToReach(docker: Docker): Promise<readonly Reach[]> {
  const containers = await containersOf(docker);
  const addresses = await addressesOf(docker, containers);
  const reaches: Reach[] = [];
  for (const { name, store } of topology.workloads) {
    const application = `${name}-1`;
    const from = containers.find(({ service }) => service === application);
    if (from === undefined) throw new Error(`${application} does not run`);
    const own = `${name}-store`;
    const others = [...addresses].filter(([service]) => service !== own && service !== application);
    const targets = [...others.flatMap(([, ips]) => ips), ...(await gateways(docker, from)), "1.1.1.1"];
    const [storePort] = store.kind === "redis" ? [6379] : [27017];
    const [ip] = addresses.get(own) ?? [];
    reaches.push({
      application,
      ...(ip === undefined ? {} : { ownStore: await isReached(from, ip, storePort) }),
      others: await reachedOf(from, targets),
      tried: targets.length * ports.length,
    });
  }
  return reaches;
}

async function addressesOf(docker: Docker, containers: readonly Container[]) {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const found = new Map<string, readonly string[]>();
  for (const { id, service, state } of containers) {
    if (state !== "running") continue;
    const said = await docker("inspect", "--format", format, id);
    found.set(service, said.trim().split(/\s+/).filter(Boolean));
  }
  return found;
}

/** The machine's own address in the networks of a container, where it has one. */
async function gateways(docker: Docker, { id }: Container): Promise<readonly string[]> {
  const said = await docker(
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}",
    id,
  );
  return said.trim().split(/\s+/).filter(Boolean);
}

function isReached(from: Container, ip: string, port: number): Promise<boolean> {
  return runBeside(
    from,
    `${tryAll}; all([["${ip}", ${port}]]).then((got) => process.exit(got.length === 1 ? 0 : 1))`,
  );
}

async function reachedOf(from: Container, ips: readonly string[]): Promise<readonly string[]> {
  const targets = ips.flatMap((ip) => ports.map((port) => [ip, port] as const));
  const isCutOff = await runBeside(
    from,
    `${tryAll}; all(${JSON.stringify(targets)}).then((got) => process.exit(got.length === 0 ? 0 : 1))`,
  );
  if (isCutOff) return [];
  const reached: string[] = [];
  for (const [ip, port] of targets) if (await isReached(from, ip, port)) reached.push(`${ip} ${port}`);
  return reached;
}

/** A function `all` of `[address, port]` pairs that answers those that take a connection within a second. */
const tryAll = `
  const net = require("node:net");
  const one = ([host, port]) => new Promise((resolve) => {
    const socket = net.connect({ host, port }).on("connect", () => done(true)).on("error", () => done(false));
    const late = setTimeout(() => done(false), 1000);
    const done = (is) => { clearTimeout(late); socket.destroy(); resolve(is); };
  });
  const all = async (targets) => {
    const got = await Promise.all(targets.map(one));
    return targets.filter((_, index) => got[index]);
  }`;

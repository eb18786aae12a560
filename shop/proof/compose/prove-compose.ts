import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "@theseus/runtime";
import { implementationsOf } from "@theseus/runtime/system";
import { type Docker, dockerIn } from "../../src/compose/docker.js";
import { overrideFileName, writeOverride } from "../../src/compose/files.js";
import { swapImplementation } from "../../src/compose/swap.js";
import { topology } from "../../src/topology.js";
import { HttpClient } from "../../test/system/http-client.js";
import type { Session } from "../traffic/session.js";
import { type Reach, tryToReach } from "./isolation.js";
import { type Container, containersOf, crash, leftoversOf, untilWell } from "./project.js";
import { findImages } from "./stand-ins.js";
import { buyOnce, type LoadFigures, loadLightly, newVisitor } from "./visitor.js";

export interface ComposeProofOptions {
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
}

export interface ComposeFigures {
  /** Official images that were stand-ins. */
  readonly standIns: readonly string[];
  /** Seconds of each step. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly reach: readonly Reach[];
  readonly crashes: readonly { readonly container: string; readonly recoverySeconds: number }[];
  readonly swap: LoadFigures;
  /** What does not hold. */
  readonly faults: readonly string[];
}

const project = "theseus-proof";

/** Each service with the other language that it is written in. */
function otherLanguages(checkout: string): readonly { readonly service: string; readonly to: string }[] {
  return topology.workloads.flatMap(({ name, implementations, language = topology.language }) =>
    implementationsOf(join(checkout, implementations))
      .filter((other) => other !== language)
      .slice(0, 1)
      .map((to) => ({ service: name, to })),
  );
}

/** Brings the shop up from containers, uses, hurts, scales and changes it, and takes it away again. */
export async function proveCompose(options: ComposeProofOptions): Promise<ComposeFigures> {
  const { checkout, env } = options;
  if (existsSync(join(checkout, overrideFileName)))
    throw new Error(`${overrideFileName} is there: npx theseus compose removes it`);
  const port = await freePort();
  const plain = dockerIn(checkout, env);
  const images = await findImages(plain);
  const own = { COMPOSE_PROJECT_NAME: project, THESEUS_PORT: String(port), ...images.variables };
  const docker = dockerIn(checkout, { ...env, ...own });
  const proof = new ComposeProof(options, docker, new HttpClient(`http://127.0.0.1:${port}`));
  try {
    await proof.run();
  } finally {
    await proof.takeAway();
  }
  return { standIns: images.standIns, ...proof.figures() };
}

class ComposeProof {
  readonly #seconds: Record<string, number> = {};
  readonly #crashes: { container: string; recoverySeconds: number }[] = [];
  readonly #faults: string[] = [];
  #reach: readonly Reach[] = [];
  #swap: LoadFigures = { calls: 0, failed: [] };

  constructor(
    private readonly options: ComposeProofOptions,
    private readonly docker: Docker,
    private readonly http: HttpClient,
  ) {}

  async run(): Promise<void> {
    const { docker, http } = this;
    await this.#step("build", () => docker("compose", "build"));
    await this.#step("up", () => docker("compose", "up", "--detach", "--wait", "--wait-timeout", "300"));
    const visitor = await newVisitor(http);
    await this.#step("journey", () => buyOnce(http, visitor));
    await this.#step("isolation", () => this.#isolate());
    await this.#step("crashes", () => this.#crashEach(visitor));
    await this.#step("scale", () => this.#scale(visitor));
    await this.#step("swap", () => this.#exchange(visitor));
    await this.#step("journey after", () => buyOnce(http, visitor));
  }

  async takeAway(): Promise<void> {
    const { docker } = this;
    await this.#step("down", () =>
      docker("compose", "--profile", "*", "down", "--volumes", "--remove-orphans"),
    );
    rmSync(join(this.options.checkout, overrideFileName), { force: true });
    for (const left of await leftoversOf(docker, project)) this.#faults.push(`${left} is left`);
  }

  figures(): Omit<ComposeFigures, "standIns"> {
    return {
      seconds: this.#seconds,
      reach: this.#reach,
      crashes: this.#crashes,
      swap: this.#swap,
      faults: this.#faults,
    };
  }

  async #isolate(): Promise<void> {
    this.#reach = await tryToReach(this.docker);
    for (const { application, ownStore, others } of this.#reach) {
      if (ownStore === false) this.#faults.push(`${application} does not reach its own store`);
      if (others.length > 0) this.#faults.push(`${application} reaches ${others.join(", ")}`);
    }
  }

  /** Each container that goes on, once; then somebody buys something. */
  async #crashEach(visitor: Session): Promise<void> {
    const containers = await containersOf(this.docker);
    for (const container of containers.filter(({ state }) => state === "running")) {
      const recoverySeconds = await this.#crash(container, visitor);
      this.options.report(`${container.service} killed: well again after ${recoverySeconds.toFixed(1)} s`);
      this.#crashes.push({ container: container.service, recoverySeconds });
    }
  }

  async #crash(container: Container, visitor: Session): Promise<number> {
    const began = performance.now();
    await crash(this.docker, container);
    await buyOnce(this.http, visitor);
    const bought = (performance.now() - began) / 1_000;
    await untilWell(this.docker);
    return bought;
  }

  async #scale(visitor: Session): Promise<void> {
    writeOverride(this.options.checkout, { replicas: new Map([["inventory", 3]]) });
    await this.docker("compose", "up", "--detach", "--wait", "--wait-timeout", "180", "--remove-orphans");
    for (const instance of ["inventory-1", "inventory-2", "inventory-3"]) await this.#serves(instance);
    await buyOnce(this.http, visitor);
  }

  async #serves(instance: string): Promise<void> {
    const command = ["node", "shop/bin/containers.mjs", "serve", instance];
    await this.docker("compose", "exec", "--no-TTY", "control", ...command);
  }

  async #exchange(visitor: Session): Promise<void> {
    const { checkout, report } = this.options;
    const load = loadLightly(this.http, visitor);
    try {
      for (const { service, to } of otherLanguages(checkout))
        await swapImplementation({ checkout, docker: this.docker, service, to, report });
    } finally {
      this.#swap = await load.end();
    }
    for (const call of this.#swap.failed) this.#faults.push(`during the swaps: ${call}`);
  }

  async #step(name: string, run: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    await run();
    this.#seconds[name] = Math.round((performance.now() - began) / 100) / 10;
    this.options.report(`${name}: ${this.#seconds[name]} s`);
  }
}

import { join } from "node:path";
import type { Say } from "../changes/say.js";
import { buildAll } from "../implementation/build.js";
import { contentHash } from "../implementation/content-hash.js";
import type { Implementation } from "../implementation/implementation.js";
import type { Home } from "../system/home.js";
import { type BuildCopy, copyBuild, findCopy, originOf, removeOldCopies } from "./build-copy.js";
import { certificatesOf, keepCertificate, readCertificate, removeExpired } from "./certificate-store.js";
import { coveredInputs, type Subject, type Surroundings } from "./covered-inputs.js";
import type { Tested } from "./proof-definition.js";
import { ProofFault, refusal } from "./proof-fault.js";
import { openProofKey, type ProofKey } from "./proof-key.js";
import { type Failure, runCheck } from "./run-checks.js";
import { neededIn, runningIn } from "./running.js";
import { shortcomings, type Wanted } from "./shortcomings.js";
import type { CoveredInput, Result } from "./statement.js";

/** Finds or makes the proof that an implementation keeps the contract. */
export interface Prover {
  /** @throws ProofFault that names failing clauses, and the commands that repeat each */
  prove(candidate: Candidate, say: Say): Promise<Proven>;
}

export interface Candidate {
  readonly service: string;
  readonly implementation: Implementation;
  /** Where it was taken from, when that is not the checkout as it is. */
  readonly source?: string;
}

/** What was tested is what is started: `implementation` is the content-addressed copy. */
export interface Proven {
  readonly implementation: Implementation;
  /** Path of the DSSE envelope. */
  readonly certificate: string;
  /** It was proven before; the suite did not run. */
  readonly reused: boolean;
}

export interface ProofOptions extends Surroundings {
  readonly home: Pick<Home, "path" | "secrets" | "state">;
  /** From what a service would be taken over where nothing runs. */
  usual?(service: string): Implementation | undefined;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

const dayMs = 24 * 3_600_000;

export async function openProofs(options: ProofOptions): Promise<Proofs> {
  return new Proofs(options, await openProofKey(join(options.home.secrets, "proofs")));
}

/** Certificates of implementations: made, found and checked. */
export class Proofs implements Prover {
  constructor(
    readonly options: ProofOptions,
    readonly key: ProofKey,
  ) {}

  async prove(candidate: Candidate, say: Say): Promise<Proven> {
    const { env, signal } = this.options;
    if (candidate.implementation.build !== undefined) say(`building ${nameOf(candidate)}`);
    await buildAll([candidate.implementation], [], { env, signal, inBackground: true });
    const copy = await copyBuild(this.#builds, candidate.implementation);
    const tested = await this.#tested(candidate, copy);
    const inputs = await coveredInputs(this.options, tested);
    const wanted = { service: candidate.service, contentHash: copy.contentHash, inputs };
    const found = this.#find(candidate, wanted, say);
    if (found !== undefined) return { implementation: copy.implementation, certificate: found, reused: true };
    const result = await this.#test(candidate, { tested, wanted }, say);
    const certificate = keepCertificate(this.#certificates, result, this.key);
    this.#tidy(copy.contentHash);
    return { implementation: copy.implementation, certificate, reused: false };
  }

  /**
   * Checks a certificate against an implementation as it lies there, byte by byte.
   *
   * @throws ProofFault that says what is wrong with it, and names what has changed
   */
  async assertProven(service: string, implementation: Implementation, certificate: string): Promise<void> {
    const faults = await this.faultsOf(service, implementation, certificate);
    if (faults.length === 0) return;
    throw new ProofFault(
      `${certificate} is no proof of ${service} (${implementation.language}): ${faults.join("; ")}.`,
      `theseus certificate ${service} --impl ${originOf(implementation)} --prove makes one.`,
    );
  }

  /** What is wrong with a certificate of an implementation; nothing: it holds. */
  async faultsOf(
    service: string,
    implementation: Implementation,
    certificate: string,
  ): Promise<readonly string[]> {
    const result = attempt(() => this.read(certificate));
    if (result instanceof Error) return [result.message];
    const hash = await contentHash(implementation);
    const looked = await this.#tested({ service, implementation }, { implementation, contentHash: hash });
    const inputs = await coveredInputs(this.options, looked);
    return shortcomings(result, { service, contentHash: hash, inputs }, this.#now());
  }

  /**
   * What is wrong with a certificate of something that lies where `find` says, or where it was copied to.
   *
   * @throws Fault when there is no such implementation
   */
  async faultsOfFile(
    certificate: string,
    find: (service: string, language: string) => Implementation,
  ): Promise<readonly string[]> {
    const result = attempt(() => this.read(certificate));
    if (result instanceof Error) return [result.message];
    const { service, language, contentHash: hash } = result;
    const copy = findCopy(this.#builds, hash);
    return this.faultsOf(service, copy ?? find(service, language), certificate);
  }

  /**
   * What a certificate says.
   *
   * @throws Error that says what is wrong with it
   */
  read(certificate: string): Result {
    return readCertificate(certificate, this.key).result;
  }

  /** The latest certificate of an implementation as it was built, whether it holds or not. */
  async latest({ service, implementation }: Candidate): Promise<string | undefined> {
    const all = certificatesOf(this.#certificates, service, this.key);
    const hash = await contentHash(implementation);
    const fitting = all.find(({ result }) => result.contentHash === hash);
    return (fitting ?? all.find(({ result }) => result.language === implementation.language))?.path;
  }

  #find({ implementation }: Candidate, wanted: Wanted, say: Say): string | undefined {
    const all = certificatesOf(this.#certificates, wanted.service, this.key)
      .filter(({ result }) => result.language === implementation.language)
      .map((each) => ({ ...each, faults: shortcomings(each.result, wanted, this.#now()) }));
    const valid = all.find(({ faults }) => faults.length === 0);
    if (valid !== undefined) {
      say(`proven at ${valid.result.issuedAt.toISOString()}: ${valid.path}`);
      return valid.path;
    }
    const [nearest] = all.sort((a, b) => a.faults.length - b.faults.length);
    if (nearest !== undefined) say(`its certificate does not hold: ${nearest.faults.join("; ")}`);
    return undefined;
  }

  async #test(
    candidate: Candidate,
    { tested, wanted }: { readonly tested: Tested & Subject; readonly wanted: Wanted },
    say: Say,
  ): Promise<Result> {
    const { definition, signal, ...place } = this.options;
    const passed: string[] = [];
    const failures: Failure[] = [];
    for (const check of definition.checks(tested)) {
      say(`${check.name} runs against ${nameOf(candidate)}`);
      const checked = await runCheck(check, { ...place, ...(signal && { signal }) });
      say(`${check.name}: ${checked.passed.length} passed, ${checked.failures.length} failed`);
      passed.push(...checked.passed);
      failures.push(...checked.failures);
    }
    if (failures.length > 0) throw refusal(nameOf(candidate), failures, passed.length);
    await this.#assertComplete(candidate, passed, { tested, inputs: wanted.inputs });
    const { language } = candidate.implementation;
    const { service, contentHash, inputs } = wanted;
    const issuedAt = this.#now();
    return {
      service,
      language,
      ...(candidate.source !== undefined && { source: candidate.source }),
      contentHash,
      inputs,
      passed: [...new Set(passed)].sort(),
      fingerprint: definition.fingerprint,
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + (definition.lifetimeMs ?? 30 * dayMs)),
    };
  }

  /** A run says nothing of what has changed meanwhile, and nothing of a contract that was never compared. */
  async #assertComplete(
    candidate: Candidate,
    passed: readonly string[],
    { tested, inputs }: { readonly tested: Tested & Subject; readonly inputs: readonly CoveredInput[] },
  ): Promise<void> {
    const missing = this.options.definition.fingerprint.filter((name) => !passed.includes(name));
    if (missing.length > 0)
      throw new ProofFault(
        `${nameOf(candidate)} is not proven: nothing has compared its contract (${missing.join(", ")}).`,
        "Run the whole suite.",
      );
    const after = new Map(
      (await coveredInputs(this.options, tested)).map(({ name, sha256 }) => [name, sha256]),
    );
    const changed = inputs.filter(({ name, sha256 }) => after.get(name) !== sha256);
    if (changed.length === 0) return;
    throw new ProofFault(
      `${nameOf(candidate)} is not proven: ${changed.map(({ name }) => `"${name}"`).join(", ")} changed during the test.`,
      "Try again when nobody changes it.",
    );
  }

  /** Each has to take over from the other, unless both are one. */
  async #tested({ service, implementation, source }: Candidate, copy: BuildCopy): Promise<Tested & Subject> {
    const { home, usual } = this.options;
    const tested = {
      service,
      implementation: copy.implementation,
      wanted: source === undefined ? implementation.language : originOf(implementation),
    };
    const running = runningIn(home, service) ?? usual?.(service);
    if (running === undefined) return tested;
    const runningHash = await contentHash(running);
    return runningHash === copy.contentHash ? tested : { ...tested, running, runningHash };
  }

  #tidy(made: string): void {
    const certified = removeExpired(this.#certificates, this.key, this.#now());
    removeOldCopies(this.#builds, [made, ...certified, ...neededIn(this.options.home)]);
  }

  get #builds(): string {
    return join(this.options.home.path, "builds");
  }

  get #certificates(): string {
    return join(this.options.home.path, "certificates");
  }

  #now(): Date {
    return this.options.now?.() ?? new Date();
  }
}

function nameOf({ service, implementation, source }: Candidate): string {
  return `${service} (${source ?? implementation.language})`;
}

function attempt<Value>(make: () => Value): Value | Error {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { type Candidate, chooseWanted, openProofs, type Proofs } from "@theseus/runtime/certificate";
import { type Home, prepareHome, UsageFault } from "@theseus/runtime/control";
import { chooseImplementation, type Implementation } from "@theseus/runtime/system";
import { proof } from "../proof.js";
import { topology } from "../topology.js";
import { quote } from "./own-command.js";

export interface CertificateFlags {
  readonly impl: string;
  readonly json?: true;
  readonly prove?: true;
}

interface Place {
  readonly home: Home;
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Shows the certificate of an implementation, or has it tested first; 1 when none holds. */
export async function certificate(
  place: Place,
  service: string,
  { impl, json, prove }: CertificateFlags,
): Promise<number> {
  const wayOut = `theseus certificate ${service} --impl ${quote(impl)} --prove makes one.`;
  const proofs = await open(place);
  const candidate = await choose(place, service, impl);
  if (prove) await proofs.prove(candidate, tell);
  const path = await proofs.latest(candidate);
  if (path === undefined) {
    console.error(`There is no certificate of ${service} (${impl}).\n  ${wayOut}`);
    return 1;
  }
  const faults = await proofs.faultsOf(service, candidate.implementation, path);
  const result = proofs.read(path);
  if (json) console.log(JSON.stringify({ path, holds: faults.length === 0, faults, ...result }, null, 2));
  else console.log(show(path, proofs));
  if (faults.length === 0) return 0;
  console.error(`It does not hold: ${faults.join("; ")}.\n  ${wayOut}`);
  return 1;
}

/** Checks a file: its signature, its time, and whether all that it covers is as it was. */
export async function verifyCertificate(place: Place, file: string): Promise<number> {
  if (!existsSync(file))
    throw new UsageFault(
      `There is no file ${file}.`,
      "theseus certificate <service> --impl … names those there are.",
    );
  const proofs = await open(place);
  const faults = await proofs.faultsOfFile(file, (service, language) => find(place, service, language));
  if (faults.length === 0) console.log(`${show(file, proofs)}\nIt holds.`);
  else console.error(`${file} does not hold: ${faults.join("; ")}.`);
  return faults.length === 0 ? 0 : 1;
}

function open({ home, checkout, env }: Place): Promise<Proofs> {
  prepareHome(home);
  return openProofs({
    home,
    checkout,
    env,
    contract: descriptorSetBytes(),
    definition: proof,
    usual: (service) => find({ checkout }, service, topology.language),
  });
}

async function choose(place: Place, service: string, wanted: string): Promise<Candidate> {
  const { signal } = new AbortController();
  return { service, ...(await chooseWanted({ ...place, signal }, workloadOf(service), wanted, tell)) };
}

function find({ checkout }: Pick<Place, "checkout">, service: string, language: string): Implementation {
  return chooseImplementation(join(checkout, workloadOf(service).implementations), service, language);
}

function workloadOf(service: string) {
  const found = topology.workloads.find(({ name, services }) => name === service && services.length > 0);
  if (found !== undefined) return found;
  throw new UsageFault(`There is no service "${service}".`, "theseus certificate --help names them.");
}

function tell(line: string): void {
  console.error(line);
}

function show(path: string, proofs: Proofs): string {
  const { service, language, source, contentHash, inputs, passed, releasedSuite, ...times } =
    proofs.read(path);
  return [
    `${service} (${source ?? language}) keeps the contract: ${passed.length} cases passed.`,
    `  certificate     ${path}`,
    `  what was built  ${contentHash}`,
    `  made, expires   ${times.issuedAt.toISOString()}, ${times.expiresAt.toISOString()}`,
    `  fingerprint     of the contract, compared by ${times.fingerprint.join(", ")}`,
    `  released suite  ${releasedSuite ?? "none has been released"}`,
    `  public key      ${proofs.key.publicFile}`,
    "  it covers",
    ...inputs.map(({ name, sha256 }) => `    ${sha256.slice(0, 16)}  ${name}`),
  ].join("\n");
}

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ComposeFile,
  type ComposeOptions,
  composeFile,
  composeOverride,
  toYaml,
} from "@theseus/deploy/compose";
import { Fault } from "@theseus/runtime/control";
import { shopSystem } from "../shop.js";

/** What is chosen besides what the contract and the topology say. */
export type Choices = Pick<ComposeOptions, "replicas" | "implementations">;

export const composeFileName = "docker-compose.yml";
export const overrideFileName = "docker-compose.override.yml";

const header =
  " Written by npm run compose from the topology and the contract. Do not edit: see docs/compose.md.";
const overrideHeader = " Written by npx theseus compose. Do not edit: see docs/compose.md.";

/** The text of docker-compose.yml: one instance of each service, in the language that its variable says. */
export function composeText(checkout: string): string {
  return toYaml(describe(checkout, {}), header);
}

/** The text of docker-compose.override.yml, which compose lays over docker-compose.yml by itself. */
export function overrideText(checkout: string, choices: Choices): string {
  return toYaml(composeOverride(describe(checkout, {}), describe(checkout, choices)), overrideHeader);
}

/** Writes docker-compose.override.yml, or removes it when nothing is chosen. */
export function writeOverride(checkout: string, choices: Choices): void {
  const path = join(checkout, overrideFileName);
  if (existsSync(path) && !readFileSync(path, "utf8").startsWith(`#${overrideHeader}`)) {
    throw new Fault(
      `${path} is not written by theseus compose.`,
      "Give it another name, and name it with docker compose -f.",
    );
  }
  if (isNothing(choices)) rmSync(path, { force: true });
  else replaceFile(path, overrideText(checkout, choices));
}

export function writeComposeFile(checkout: string): void {
  replaceFile(join(checkout, composeFileName), composeText(checkout));
}

function describe(checkout: string, choices: Choices): ComposeFile {
  return composeFile(shopSystem(), { checkout, version: "0.1.0", ...choices });
}

function isNothing({ replicas = new Map(), implementations = new Map() }: Choices): boolean {
  return implementations.size === 0 && [...replicas.values()].every((count) => count === 1);
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

import { Fault } from "../fault.js";

export type Platform = "linux-x64" | "linux-arm64" | "darwin-arm64" | "darwin-x64";

const known: readonly string[] = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];

function isPlatform(name: string): name is Platform {
  return known.includes(name);
}

/** The kind of machine that a pinned download must fit. `remedy` says what to do where none does. */
export function hostPlatform(remedy: string, name = `${process.platform}-${process.arch}`): Platform {
  if (!isPlatform(name)) throw new Fault(`There are no pinned downloads for ${name}.`, remedy);
  if (name.startsWith("linux-") && !hasGlibc()) {
    throw new Fault("The pinned downloads need glibc, and this Linux has another C library.", remedy);
  }
  return name;
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

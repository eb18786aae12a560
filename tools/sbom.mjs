/** Writes a bill of materials (CycloneDX, JSON) of everything that Theseus is built with to standard output. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { implementations } from "./checkout/implementations.mjs";

const ROOT = join(import.meta.dirname, "..");
/** @param {string} file */
const read = (file) => readFileSync(join(ROOT, file), "utf8");

/**
 * npm lists what is installed; the others are read from their lock files, beside it.
 *
 * @returns {{ bomFormat: string, components: { "bom-ref": string, purl: string }[] }}
 */
export function billOfMaterials() {
  const npm = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  /** @type {{ bomFormat: string, metadata: { component: { name: string } }, components: { "bom-ref": string, purl: string }[] }} */
  const bill = JSON.parse(npm);
  bill.metadata.component.name = "theseus";
  const others = [
    ...lockFiles("go.mod").flatMap(goModules),
    ...lockFiles("requirements.lock").flatMap(pythonPackages),
    ...pythonPackages("runtime/pins/secantusdb.txt"),
    ...lockFiles("libraries.sha256").flatMap(javaLibraries),
  ];
  const known = new Set(bill.components.map((component) => component["bom-ref"]));
  for (const component of others) {
    if (known.has(component["bom-ref"])) continue;
    known.add(component["bom-ref"]);
    bill.components.push(component);
  }
  return bill;
}

/**
 * Those of the implementations that have such a file.
 *
 * @param {string} name
 */
function lockFiles(name) {
  return implementations(ROOT)
    .map(({ folder }) => join(folder, name))
    .filter((file) => existsSync(join(ROOT, file)));
}

/** @param {string} file */
function goModules(file) {
  return [...read(file).matchAll(/^(?:require )?\t?([a-z][^\s]*\.[^\s]*) (v[^\s]+)/gm)].map(
    ([, name, version]) => library(name, version, `pkg:golang/${name}@${version}`),
  );
}

/** @param {string} file */
function pythonPackages(file) {
  return [...read(file).matchAll(/^([A-Za-z0-9._-]+)==([^\s;\\]+)/gm)].map(([, name, version]) =>
    library(name, version, `pkg:pypi/${name?.toLowerCase()}@${version}`),
  );
}

/** @param {string} file */
function javaLibraries(file) {
  return [...read(file).matchAll(/^([0-9a-f]{64}) {2}([^/]+)\/(.+?)-(\d.*)\.jar$/gm)].map(
    ([, content, group, name, version]) => ({
      ...library(name, version, `pkg:maven/${group}/${name}@${version}`),
      group,
      hashes: [{ alg: "SHA-256", content }],
    }),
  );
}

/**
 * @param {string | undefined} name
 * @param {string | undefined} version
 * @param {string} purl
 */
function library(name, version, purl) {
  return { "bom-ref": purl, type: "library", name, version, purl };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(billOfMaterials(), null, 2));

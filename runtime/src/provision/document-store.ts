import { fileURLToPath } from "node:url";
import { Fault } from "../fault.js";
import { cacheFolder, installOnce } from "./cache.js";
import { mongod } from "./fixed-releases.js";
import { installLocked } from "./pip.js";
import { hostPlatform } from "./platform.js";
import { findPython } from "./python.js";
import { fromPath, type LocalProgram, type Provisioning } from "./tool.js";

/** What serves MongoDB's protocol: `mongod` itself, or the pinned SecantusDB run by a Python. */
export type DocumentStore =
  | { readonly kind: "mongod"; readonly version: string; readonly file: string }
  | {
      readonly kind: "secantusdb";
      readonly version: string;
      readonly python: string;
      /** Folder of the installed packages. */
      readonly packages: string;
    };

const secantus = {
  name: "SecantusDB",
  version: "0.7.0b3",
  platforms: ["linux-x64", "linux-arm64", "darwin-arm64"],
};
const lock = fileURLToPath(new URL("../../../pins/secantusdb.txt", import.meta.url));
const local: LocalProgram = {
  program: "mongod",
  products: [mongod],
  override: "if your distribution has fixed them under this number, start it and set MONGODB_URL",
};
const alternative = "put mongod on PATH, or set MONGODB_URL to a running one";
const remedy = "Put mongod on PATH, or set MONGODB_URL to a running one.";

export async function provisionDocumentStore(provisioning: Provisioning): Promise<DocumentStore> {
  const found = await fromPath(local, provisioning);
  return found === undefined ? installSecantus(provisioning) : { kind: "mongod", ...found };
}

async function installSecantus({ env, report, signal }: Provisioning): Promise<DocumentStore> {
  const { name, version, platforms } = secantus;
  const platform = hostPlatform(remedy);
  if (!platforms.includes(platform)) throw new Fault(`There is no pinned ${name} for ${platform}.`, remedy);
  const python = await findPython(env, { purpose: name, oldest: "3.10", newest: "3.13", alternative });
  const cacheName = `secantusdb-${version}-python${python.version}-${platform}`;
  const packages = await installOnce(cacheFolder(env), cacheName, report, async (stage) => {
    report(
      `downloading ${name} ${version} (30 MB), which is under GPL-2.0-only: see NOTICE.md before you pass it on`,
    );
    await installLocked(python, { what: name, alternative, env, signal }, lock, stage);
  });
  return { kind: "secantusdb", version, python: python.executable, packages };
}

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, readImplementation } from "@theseus/runtime";
import { findPython, installLocked, installOnce } from "@theseus/runtime/provision";
import { mirror } from "../mirror.js";
import type { MutationLanguage } from "../mutation-language.js";
import { readMutants } from "../read-mutants.js";
import { runTool } from "../run-tool.js";

const FOLDER = fileURLToPath(new URL("../../../../mutation/python", import.meta.url));
const VERSION = "8.7.0";

/** The operators of Cosmic Ray, applied by `mutants.py`; what is no Python is no mutant. */
export const python: MutationLanguage = {
  tool: `cosmic-ray ${VERSION}`,

  async generate({ folder }) {
    const { env } = process;
    const wanted = { purpose: "Cosmic Ray", oldest: "3.11", alternative: "leave Python's mutants out" };
    const found = await findPython(env, wanted);
    const name = `cosmic-ray-${VERSION}-python${found.version}`;
    const packages = await installOnce(
      cacheFolder(env),
      name,
      () => undefined,
      (stage) =>
        installLocked(found, { what: wanted.purpose, ...wanted, env }, join(FOLDER, "cosmic-ray.txt"), stage),
    );
    const command = [found.executable, join(FOLDER, "mutants.py"), folder] as const;
    return readMutants(await runTool([...command], { cwd: FOLDER, env: { PYTHONPATH: packages } }));
  },

  /** Paths of the packages are relative to the interpreter, which is found in the copy. */
  async build({ folder }, { replaces, content }, copy) {
    mirror(folder, copy, { replaces, content, within: "src" });
    return readImplementation(join(copy, "implementation.json"));
  },
};

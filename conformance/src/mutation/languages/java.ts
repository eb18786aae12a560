import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, Fault, readImplementation } from "@theseus/runtime";
import { installOnce } from "@theseus/runtime/provision";
import type { MutationLanguage } from "../mutation-language.js";
import { readMutants } from "../read-mutants.js";
import { runTool } from "../run-tool.js";

const FOLDER = fileURLToPath(new URL("../../../../mutation/java", import.meta.url));
const [CHECKSUM = "", JAR = ""] = readFileSync(join(FOLDER, "pitest.sha256"), "utf8").trim().split(/ +/);
const CLASSES = join("target", "classes");

/** The default operators of PIT's engine, applied to compiled classes by `Mutants.java`. */
export const java: MutationLanguage = {
  tool: JAR.replace(/\.jar$/, "").replace("-", " "),

  async generate({ folder }) {
    const pitest = join(await installPitest(), JAR);
    const command = ["java", "-cp", pitest, join(FOLDER, "Mutants.java"), folder] as const;
    return readMutants(await runTool([...command], { cwd: FOLDER }));
  },

  /** All is linked to but the archive that holds the class. The classes that were read beforehand fit no other archive. */
  async build({ folder }, { replaces, content }, copy) {
    link(folder, copy, (name) => name !== "target");
    const [from, to] = [join(folder, "target"), join(copy, "target")];
    link(from, to, (name) => name === "lib");
    for (const name of readdirSync(from).filter((each) => each.endsWith(".jar"))) {
      cpSync(join(from, name), join(to, name));
      const file = relative(CLASSES, replaces);
      const place = join(copy, "changed");
      mkdirSync(join(place, dirname(file)), { recursive: true });
      writeFileSync(join(place, file), content);
      await runTool(["jar", "--update", "--file", join(to, name), "-C", place, file], { cwd: copy });
    }
    return readImplementation(join(copy, "implementation.json"));
  },
};

function link(folder: string, copy: string, wanted: (name: string) => boolean): void {
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(folder).filter(wanted)) symlinkSync(join(folder, name), join(copy, name));
}

/** Fetches the tool's archive once. Maven 3 trusts what it gets, so its checksum is compared here. */
function installPitest(): Promise<string> {
  return installOnce(
    cacheFolder(process.env),
    JAR.replace(/\.jar$/, ""),
    () => undefined,
    async (stage) => {
      const flags = ["-B", "-q", "-f", join(FOLDER, "pom.xml"), "-DexcludeTransitive=true"];
      const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${stage}`];
      await runTool(["mvn", ...flags, ...copy], { cwd: stage });
      const found = createHash("sha256")
        .update(readFileSync(join(stage, JAR)))
        .digest("hex");
      if (found === CHECKSUM) return;
      throw new Fault(`${JAR} is not what was pinned (sha256 differs).`, "Look at what Maven fetches from.");
    },
  );
}

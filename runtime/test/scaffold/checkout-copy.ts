import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../src/provision/cache.js";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** The checkout as it is built now, somewhere else and without the implementations in other languages. */
export class CheckoutCopy implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "theseus-scaffold-")));

  constructor() {
    for (const entry of readdirSync(checkout)) {
      if ([".git", ".theseus", "node_modules"].includes(entry)) continue;
      cpSync(join(checkout, entry), join(this.path, entry), {
        recursive: true,
        preserveTimestamps: true,
        verbatimSymlinks: true,
        filter: (path) => !isForeign(relative(checkout, path)),
      });
    }
    // Nothing changes a package in place: its files can be the same ones.
    execFileSync("cp", ["-a", "-l", join(checkout, "node_modules"), this.path]);
  }

  /** Runs a block of commands as a reader would paste it. */
  run(script: string): Promise<Outcome> {
    const env = {
      ...process.env,
      CARGO_TARGET_DIR: join(cacheFolder(process.env), "cargo-target"),
      PROFILE: "dev",
      npm_config_update_notifier: "false",
    };
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["-e", "-o", "pipefail", "-c", script], { cwd: this.path, env });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, output }));
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function isForeign(path: string): boolean {
  const [, language] = /^services\/[^/]+\/([^/]+)$/.exec(path) ?? [];
  return language !== undefined && /^(go|java|python|rust)/.test(language);
}

import { execFile } from "node:child_process";
import { Fault } from "@theseus/runtime/control";

/** Runs docker and answers what it writes to standard output. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** Docker in the folder of the compose file. Rejects with a `Fault` that has the last of what docker said. */
export function dockerIn(checkout: string, env: NodeJS.ProcessEnv): Docker {
  return (...args) =>
    new Promise((resolve, reject) => {
      const options = { cwd: checkout, env, maxBuffer: 64 * 1024 * 1024 };
      execFile("docker", args, options, (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const isMissing = "code" in error && error.code === "ENOENT";
        reject(isMissing ? noDocker() : refused(args, stderr || error.message));
      });
    });
}

export function noDocker(): Fault {
  return new Fault(
    "There is no docker on PATH.",
    "Install Docker Engine 28 or newer; npm start needs none of it.",
  );
}

function refused(args: readonly string[], said: string): Fault {
  const last = said.trim().split("\n").slice(-3).join("\n    ");
  return new Fault(
    `docker ${args.slice(0, 3).join(" ")} … failed: ${last}`,
    "npx theseus compose check looks for the cause.",
  );
}

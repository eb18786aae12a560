import { execFile } from "node:child_process";
import { Fault } from "@theseus/runtime";

interface ToolOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and answers what it wrote to its standard output. */
export function runTool(command: readonly [string, ...string[]], { cwd, env }: ToolOptions): Promise<string> {
  const [program, ...args] = command;
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 256 << 20 };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n    ");
      const problem = `${command.join(" ")} in ${cwd} failed:\n    ${said === "" ? error.message : said}`;
      reject(new Fault(problem, "`npm run toolchains` says what is missing."));
    });
  });
}

import { readFileSync } from "node:fs";
import type { ConfigFault } from "./config-error.js";
import { type Reading, type Variable, variable } from "./variable.js";

/**
 * What a file holds that nobody but its owner may read. A fault names the file, and never repeats what is in it.
 *
 * @param parse throws an Error whose message is fit to be printed
 */
export function privateFile<T>(name: string, parse: (text: string) => T): Variable<T> {
  const file = variable.file(name, { secret: true });
  return {
    names: file.names,
    read(env) {
      const reading = file.read(env);
      if ("faults" in reading) return reading;
      try {
        return { value: parse(readFileSync(reading.value, "utf8")) };
      } catch (error) {
        const problem = error instanceof Error ? error.message : "cannot be read";
        return { faults: [{ variable: name, given: reading.value, problem }] };
      }
    },
  };
}

/**
 * A secret in its variable or, as containers have secrets, in the private file that `<name>_FILE` names. A line feed at
 * the end of the file does not count.
 *
 * @example url: orPrivateFile(variable.url("REDIS_URL", { schemes: ["redis"] }))
 * @param inner reads one variable, and repeats its value in no fault
 */
export function orPrivateFile<T>(inner: Variable<T>): Variable<T> {
  const [name = ""] = inner.names;
  const fileName = `${name}_FILE`;
  const file = privateFile(fileName, withoutLineFeed);
  return {
    names: [name, fileName],
    read(env) {
      const isGiven = (each: string) => (env[each] ?? "") !== "";
      if (!isGiven(fileName)) return isGiven(name) ? inner.read(env) : absent(inner.read(env), fileName);
      if (isGiven(name))
        return { faults: [{ variable: fileName, problem: `is set, and so is ${name}; set one of them` }] };
      const content = file.read(env);
      if ("faults" in content) return content;
      const reading = inner.read({ [name]: content.value });
      return mapFaults(reading, ({ problem }) => ({
        variable: fileName,
        given: env[fileName],
        problem: `what the file holds ${problem}`,
      }));
    },
  };
}

function absent<T>(reading: Reading<T>, fileName: string): Reading<T> {
  return mapFaults(reading, (fault) => ({
    ...fault,
    problem: `${fault.problem}; or ${fileName} must name a private file that holds it`,
  }));
}

function mapFaults<T>(reading: Reading<T>, change: (fault: ConfigFault) => ConfigFault): Reading<T> {
  return "faults" in reading ? { faults: reading.faults.map(change) } : reading;
}

function withoutLineFeed(text: string): string {
  const content = text.replace(/\n$/, "");
  if (content === "") throw new Error("the file is empty");
  return content;
}

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  applicationProcess,
  type Child,
  type Implementation,
  launch,
  type ProcessSpec,
} from "@theseus/runtime";
import type { Collector } from "@theseus/testing";
import type { Fields } from "../cases/value.js";
import { replaceFile, withVariables } from "./environment.js";
import { tryLaunch } from "./launch-attempt.js";
import { processUse } from "./process-use.js";
import { whenFewStart } from "./starts.js";
import type { Target, TargetControl } from "./target.js";

export interface LaunchOptions {
  /** The first is started first, and each restart starts the next in turn: with two, each hands over to the other. */
  readonly implementations: readonly [Implementation, ...Implementation[]];
  /** What the launch protocol hands over besides LISTEN. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables of a case in the environment besides, or instead of these. */
  readonly own?: Fields;
  /** What is done to the store; absent where it is not the case's. */
  readonly store?: TargetControl["store"];
  /** What is done to the way to whom the target calls; likewise. */
  readonly mesh?: TargetControl["mesh"];
  /** A text that is another one when what the target's own store holds is; absent where the store is shared. */
  readonly content?: () => Promise<string>;
  /** What that holds; absent where it holds no documents. */
  readonly documents?: TargetControl["documents"];
  /** Absent where nobody listens on the way to the store. */
  readonly writes?: TargetControl["writes"];
  /** Absent where the target tells nobody. */
  readonly collector?: Collector;
  /** Ends with the target. */
  readonly owned?: readonly AsyncDisposable[];
}

const STANDBY = "LAUNCH_STANDBY_FILE";

type Environment = Readonly<Record<string, string>>;

/** Starts an implementation by the launch protocol, on a socket of its own. */
export async function launchTarget(options: LaunchOptions): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "tc-"));
  let turn = 0;
  const standbyFile = join(folder, "standby");
  let variables = withVariables(
    { ...options.variables, [STANDBY]: standbyFile },
    options.own ?? {},
    filesFolder(),
  );
  let content: string | undefined;
  const seconds: Child[] = [];
  let child = await first().catch(async (error: unknown) => {
    await release();
    throw error;
  });

  /** For the files that one change of the environment names. */
  function filesFolder(): string {
    return join(folder, randomBytes(6).toString("hex"));
  }

  async function first(): Promise<Child> {
    content = await options.content?.();
    return next();
  }

  function storeContent(): Promise<string> {
    if (options.content === undefined) throw new Error("the case has no store of its own");
    return options.content();
  }

  function next(change: Environment = {}): Promise<Child> {
    return whenFewStart(() => launch(nextProcess(change)));
  }

  async function release(): Promise<void> {
    for (const owned of options.owned ?? []) await owned[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }

  function nextProcess(change: Environment = {}): ProcessSpec {
    const implementation =
      options.implementations[turn % options.implementations.length] ?? options.implementations[0];
    turn += 1;
    const listen = `unix:${join(folder, `${turn}.sock`)}`;
    const name = `${implementation.name}-${implementation.language}`;
    return applicationProcess({
      name,
      implementation,
      listen,
      variables: { ...variables, ...change },
      logs: folder,
      env: quiet(),
    });
  }

  return {
    get address() {
      return child.address;
    },
    label: options.implementations.map(({ name, language }) => `${name} (${language})`).join(" and "),
    control: {
      async restart(how, change) {
        variables = withVariables(variables, change ?? {}, filesFolder());
        await (how === "kill" ? child.kill() : child.stop());
        child = await next();
      },
      replaceFile(variable, content) {
        const { [variable]: path } = variables;
        if (path === undefined) throw new Error(`${variable} names no file`);
        replaceFile(path, content);
      },
      async second() {
        const second = await next({ [STANDBY]: join(folder, "standby-second") });
        seconds.push(second);
        return second.address;
      },
      async terminate() {
        const started = performance.now();
        const { code } = await child.stop();
        return { code, seconds: (performance.now() - started) / 1000 };
      },
      store: options.store ?? notOurs("store"),
      mesh: options.mesh ?? notOurs("mesh"),
      async rememberStore() {
        content = await storeContent();
      },
      async wasWritten() {
        return (await storeContent()) !== content;
      },
      documents: options.documents ?? notOurs("store"),
      writes: async () => {
        if (options.writes === undefined) throw new Error("nobody listens on the way to the store");
        return options.writes();
      },
      async standby(action) {
        const path = variables[STANDBY] ?? standbyFile;
        await (action === "begin" ? writeFile(path, "") : rm(path));
      },
      collector() {
        if (options.collector === undefined)
          throw new Error("the case has no collector: it has no such need");
        return options.collector;
      },
      use: () => processUse(child.pid),
      async log() {
        const logs = (await readdir(folder)).filter((name) => name.endsWith(".log"));
        return (await Promise.all(logs.map((name) => readFile(join(folder, name), "utf8")))).join("");
      },
      tryLaunch(change) {
        const spec = nextProcess();
        return whenFewStart(() =>
          tryLaunch({ ...spec, env: withVariables(spec.env, change, filesFolder()) }),
        );
      },
    },
    async [Symbol.asyncDispose]() {
      for (const running of [child, ...seconds]) await running.kill();
      await release();
    },
  };
}

function notOurs(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`the ${what} is not the case's: it has no such need`));
}

function quiet(): NodeJS.ProcessEnv {
  return { LOG_LEVEL: "warn", ...process.env };
}

import { parseArgs } from "node:util";
import { ConfigError, createLog, type Running, run, startTelemetry } from "@theseus/kit";
import { ContractError } from "@theseus/kit/contract";
import { type Config, parseConfig } from "./config.js";
import { type Gateway, type Surroundings, startGateway } from "./gateway.js";
import { loadContract } from "./load-contract.js";
import { describeApi } from "./openapi/document.js";
import { readRoutes } from "./routes/read-routes.js";
import { connectUpstream } from "./upstream/upstream.js";

const USAGE = `theseus-gateway: HTTP and JSON in front of gRPC, by the google.api.http rules of a descriptor set

  theseus-gateway [serve] --listen ADDRESS --upstream ADDRESS [--descriptor-set FILE]
  theseus-gateway openapi [--descriptor-set FILE]

  serve                    answer HTTP (the default)
  openapi                  print the OpenAPI 3.1 document of the descriptor set

  --listen ADDRESS         where to listen: 127.0.0.1:8080 or unix:/path         (LISTEN)
  --upstream ADDRESS       the gRPC server, plaintext HTTP/2, same forms          (MESH)
  --descriptor-set FILE    FileDescriptorSet with imports; default: the shop's    (DESCRIPTOR_SET)
  --timeout TIME           of a call whose method has none in the contract; 10s   (TIMEOUT)
  --max-body-bytes N       largest body; default 4194304                          (MAX_BODY_BYTES)
  --max-values N           JSON values in a body or line; default 100000         (MAX_VALUES)
  --heartbeat TIME         silence before an event stream's heartbeat; 15s        (HEARTBEAT)
  --resume-timeout TIME    how long a lost stream is tried to be resumed; 10s     (RESUME_TIMEOUT)
  --body-timeout TIME      how long a body may take to arrive; 30s                (BODY_TIMEOUT)
  --drain-timeout TIME     how long a stop waits for running requests; 8s         (DRAIN_TIMEOUT)
  --max-calls N            calls at a time, but for streams; default 1000         (MAX_CALLS)
  --max-streams N          streams at a time; default 2500                        (MAX_STREAMS)
  --max-streams-per-client N  of one address; default 100              (MAX_STREAMS_PER_CLIENT)
  --pass-headers NAMES     further headers to pass on, between commas             (PASS_HEADERS)
  --log-level LEVEL        trace, debug, info, warn, error, fatal, silent; info   (LOG_LEVEL)
  --help                   print this

  An option beats its variable. Faults of the configuration exit with 78, of the command line with 64.
`;
const EXIT_USAGE = 64;

const FLAGS: Readonly<Record<string, string>> = {
  listen: "LISTEN",
  upstream: "MESH",
  "descriptor-set": "DESCRIPTOR_SET",
  timeout: "TIMEOUT",
  "max-body-bytes": "MAX_BODY_BYTES",
  "max-values": "MAX_VALUES",
  heartbeat: "HEARTBEAT",
  "resume-timeout": "RESUME_TIMEOUT",
  "body-timeout": "BODY_TIMEOUT",
  "drain-timeout": "DRAIN_TIMEOUT",
  "max-calls": "MAX_CALLS",
  "max-streams": "MAX_STREAMS",
  "max-streams-per-client": "MAX_STREAMS_PER_CLIENT",
  "pass-headers": "PASS_HEADERS",
  "log-level": "LOG_LEVEL",
};

/** The command line. Never rejects. */
export async function main(args: readonly string[]): Promise<void> {
  const parsed = parse(args);
  if (typeof parsed === "string") {
    process.stderr.write(`${parsed}\nTry: theseus-gateway --help\n`);
    process.exitCode = EXIT_USAGE;
  } else if (parsed.help) process.stdout.write(USAGE);
  else if (parsed.command === "openapi") printOpenApi({ ...process.env, ...parsed.env });
  else await run((env, { version }) => serve({ ...env, ...parsed.env }, version));
}

interface CommandLine {
  readonly command: "serve" | "openapi";
  readonly help: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** The command line, parsed, or what is wrong with it. */
function parse(args: readonly string[]): CommandLine | string {
  const strings = Object.fromEntries(Object.keys(FLAGS).map((flag) => [flag, { type: "string" as const }]));
  try {
    const options = { ...strings, help: { type: "boolean" as const, short: "h" } };
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [command = "serve", ...rest] = positionals;
    if ((command !== "serve" && command !== "openapi") || rest.length > 0)
      return `there is no command ${positionals.join(" ")}`;
    const env = Object.entries(values).flatMap(([flag, value]) =>
      typeof value === "string" ? [[FLAGS[flag] ?? flag, value]] : [],
    );
    return { command, help: values.help === true, env: Object.fromEntries(env) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function serve(env: NodeJS.ProcessEnv, version: string): Promise<Running> {
  const config = parseConfig(env);
  const telemetry = await startTelemetry(config.telemetry, { name: "gateway", version });
  const log = createLog({ level: config.logLevel, name: "gateway", telemetry });
  const upstream = connectUpstream(config.upstream, config);
  const gateway = await start(config, { log, telemetry, upstream });
  return {
    address: gateway.address,
    log,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
      await telemetry[Symbol.asyncDispose]();
    },
  };
}

/** A contract that cannot be served is a fault of the configuration that names it. */
async function start(config: Config, around: Omit<Surroundings, "contract">): Promise<Gateway> {
  const { descriptorSet: given } = config;
  try {
    return await startGateway(config, { contract: loadContract(given), ...around });
  } catch (error) {
    around.upstream[Symbol.dispose]();
    if (!(error instanceof ContractError)) throw error;
    const faults = error.faults.map((problem) => ({ variable: "DESCRIPTOR_SET", given, problem }));
    throw new ConfigError(faults, { cause: error });
  }
}

function printOpenApi(env: NodeJS.ProcessEnv): void {
  try {
    const contract = loadContract(env.DESCRIPTOR_SET);
    process.stdout.write(`${JSON.stringify(describeApi(contract, readRoutes(contract)), null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

import { fileURLToPath } from "node:url";
import {
  describeHome,
  Fault,
  type Home,
  homePath,
  mostInstances,
  servicesOf,
  UsageFault,
} from "@theseus/runtime/control";
import { Argument, Command, CommanderError, Option } from "commander";
import { topology } from "../topology.js";
import {
  collectHost,
  collectPair,
  collectWord,
  parseCount,
  parseLanguage,
  parsePattern,
  parsePort,
  parsePositive,
  parseReplicas,
  parseSince,
} from "./arguments.js";
import type { CertificateFlags } from "./certificate.js";
import { change, toImplementation } from "./change.js";
import type { ComposeFlags } from "./compose.js";
import { addCostCommand } from "./cost/command.js";
import { down } from "./down.js";
import { endpoints } from "./endpoints.js";
import { history } from "./history.js";
import { addLoadCommand } from "./load/command.js";
import { LEVELS } from "./logs/record.js";
import type { LogFlags } from "./logs.js";
import type { MeshExplainFlags } from "./mesh-explain.js";
import { type NewImplFlags, newImpl } from "./new-impl.js";
import { ownCommand } from "./own-command.js";
import { pid } from "./pid.js";
import { reconcile } from "./reconcile.js";
import { type StartFlags, start } from "./start.js";
import { type StatusFlags, status } from "./status.js";
import type { SwapFlags } from "./swap.js";
import { swapStatus } from "./swap-status.js";
import { type TokenFlags, token } from "./token.js";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

/** Runs one command and answers its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let code = 0;
  const finish = (result: number) => {
    code = result;
  };
  try {
    const home = describeHome(homePath(env, checkout));
    await createProgram(home, env, finish).parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(error instanceof Fault ? error.message : `theseus: ${String(error)}`);
    return error instanceof UsageFault ? 2 : 1;
  }
}

function createProgram(home: Home, env: NodeJS.ProcessEnv, finish: (code: number) => void): Command {
  const program = new Command("theseus")
    .description("A small shop of microservices behind real sidecars.")
    .exitOverride()
    .showHelpAfterError("(theseus --help lists what there is)")
    .addHelpText("after", `\ntheseus is ${ownCommand} in any folder, and npx theseus in the checkout.`);
  const services = servicesOf(topology).join(", ");
  const command = (text: string, description: string) => program.command(text).description(description);

  command("start", "start everything and stay in the foreground until Ctrl-C")
    .alias("up")
    .option("--port <port>", "HTTP port of the gateway, 0 for any that is free", parsePort, topology.port)
    .option(
      "--metrics-port <port>",
      "port of /metrics on this machine, 0 for any that is free (default: 9464; any when that is taken, or with --port 0)",
      parsePort,
    )
    .option(
      "--allowed-host <name>",
      "a host name that the edge serves besides localhost, 127.0.0.1 and [::1] (repeatable)",
      collectHost,
    )
    .option(
      "--impl <service=language>",
      "implementation of a service (repeatable)",
      collectPair(parseLanguage),
    )
    .option("--replicas <service=number>", "instances of a service (repeatable)", collectPair(parseReplicas))
    .option(
      "--policy <file>",
      "what this deployment asks beyond the contract, in YAML or JSON: see mesh/README.md",
    )
    .addOption(new Option("--built <language>", "needs no build any more").argParser(collectWord).hideHelp())
    .action(async (flags: StartFlags) => finish(await start({ flags, home, checkout, env })));
  command("down", "end the shop that runs, and whatever a killed one left").action(async () =>
    finish(await down(home)),
  );
  command("status", "show instances: health, stage, ports, and what they answered in the last minute")
    .option("--json", "as JSON, with numbers by method, code and reason")
    .option("-w, --watch", "every second, until Ctrl-C")
    .action(async (flags: StatusFlags) => finish(await status(home, flags)));
  command("scale", "have another number of instances of a service")
    .argument("<service>", services)
    .argument("<count>", `1 to ${mostInstances}`, parseCount)
    .action(async (service: string, count: number) =>
      finish(await change(home, { kind: "scale", service, count })),
    );
  command("restart", "start a service anew, one instance after the other, new beside old")
    .argument("<service>", services)
    .action(async (service: string) => finish(await change(home, { kind: "restart", service })));
  const swaps = command("swap", "put another implementation of a service into the place of the one that runs")
    .argument("[service]", services)
    .option(
      "--to <implementation>",
      "a language, a folder (./path), a language at a git revision (typescript@main), or other",
    )
    .option("--all", "each service, one after the other")
    .option("-y, --yes", "do not ask before the candidate gets calls")
    .option("--json", "each line as JSON, with where it stands")
    .option("--calls <number>", "calls that the candidate answers before it goes on (500)", parsePositive)
    .option("--longest <seconds>", "how long a stage or a step lasts at most (120)", parsePositive)
    .option("--compared <number>", "reads that are compared before it gets a call (200)", parsePositive)
    .option("--save-cases <folder>", "keep each difference as a case of the conformance suite")
    .option("--without-proof <reason>", "prove nothing of it; the reason is kept in the history")
    .option("--at-once", "all calls at once, compared with nothing")
    .option("--pause", "hold the swap that is under way where it is")
    .option("--resume", "let it go on")
    .option("--abort", "take it back")
    .action(async (service: string | undefined, flags: SwapFlags) =>
      finish(await (await swapCommand()).swap(home, service, flags)),
    );
  swaps
    .command("status")
    .description("say where the swap stands that is under way, or how the last one ended")
    .action(async (_: unknown, own: Command) =>
      finish(await swapStatus(home, own.optsWithGlobals<{ json?: true }>())),
    );
  command("rollback", "bring the former implementation of a service back")
    .argument("<service>", services)
    .action(async (service: string) => finish(await change(home, { kind: "rollback", service })));
  command("rotate", "give everybody new certificates, or have the next key sign access tokens")
    .addArgument(new Argument("<what>").choices(["certificates", "keys"]))
    .action(async (what: "certificates" | "keys") => finish(await change(home, { kind: "rotate", what })));
  command("history", "show what was changed when")
    .option("--json", "as JSON")
    .action((flags: { json?: true }) => finish(history(home, flags)));
  const certificates = command("certificate", "show the proof that an implementation keeps the contract");
  certificates
    .command("show", { isDefault: true })
    .description("show it, or make it: theseus certificate <service> --impl … does the same")
    .argument("<service>", services)
    .requiredOption("--impl <implementation>", "as swap --to takes it", (text: string) =>
      toImplementation(text),
    )
    .option("--json", "as JSON")
    .option("--prove", "run the suite when there is none that holds")
    .action(async (service: string, flags: CertificateFlags) =>
      finish(await (await certificateCommands()).certificate({ home, checkout, env }, service, flags)),
    );
  certificates
    .command("verify")
    .description("check a certificate: its signature, its time, and whether all that it covers is as it was")
    .argument("<file>", "a DSSE envelope")
    .action(async (file: string) =>
      finish(await (await certificateCommands()).verifyCertificate({ home, checkout, env }, file)),
    );
  command("logs", "show the logs of one instance or of all")
    .argument("[instance]", "such as inventory-1, inventory-1-envoy, user-store")
    .option("-f, --follow", "go on as lines come")
    .option(
      "-n, --lines <number>",
      "last lines of each to begin with: 50, or all that are asked for",
      parseCount,
    )
    .option("--request <id>", "only of one request (x-request-id), or of one trace")
    .option("--since <time>", "only from a time on: 30s, 5m, 2h, or 2026-01-31T12:00:00Z", parseSince)
    .addOption(new Option("--level <level>", "only of this level and what is worse").choices(LEVELS))
    .option("--grep <pattern>", "only lines in which a regular expression is found", parsePattern)
    .option("--json", "as they were written, on a terminal too")
    .action(async (instance: string | undefined, flags: LogFlags) =>
      finish(await (await logsCommand()).logs(home, instance, flags, { env })),
    );
  command("explain", "say what became of a request or of a payment, and why; also of a shop that has ended")
    .argument("<id>", "of the request (x-request-id) or of its trace; or payments/…, the name of a payment")
    .option("--json", "as JSON")
    .action(async (id: string, flags: { json?: true }) =>
      finish(await (await explainCommand()).explain(home, id, flags)),
    );
  program
    .command("mesh")
    .description("say what the sidecars do")
    .command("explain")
    .description("say where each value comes from that sidecars keep for the methods of a service")
    .argument("<service>", services)
    .option("--policy <file>", "what a deployment asks beyond the contract, as start takes it")
    .option("--json", "as JSON")
    .action(async (service: string, flags: MeshExplainFlags) =>
      finish((await meshExplainCommand()).meshExplain(service, flags)),
    );
  command("endpoints", "show where the shop can be reached, and what to try")
    .option("--json", "as JSON")
    .action(async (flags: { json?: true }) => finish(await endpoints(home, flags)));
  command("pid", "print the process id of one instance")
    .argument("<instance>", "such as inventory-1, inventory-1-envoy, user-store")
    .action(async (instance: string) => finish(await pid(home, instance)));
  command("token", "print an access token of the demonstration customer, good for 25 seconds or longer")
    .option("--admin", "of the administrator instead")
    .option("--header", "as a header: theseus token --header | curl -H @- …")
    .action(async (flags: TokenFlags) => finish(await token(home, flags)));
  command(
    "reconcile",
    "compare all payments with stock and the card provider's ledger, and mend what is sure",
  )
    .addHelpText("after", "\nIt ends with 1 when something is left that people have to decide.")
    .action(async () => finish(await reconcile(home)));
  addLoadCommand(program, { home, finish });
  addCostCommand(program, { services, env, finish });
  const inContainers = command(
    "compose",
    "choose instances and implementations for docker compose: see docs/compose.md",
  )
    .option("--replicas <service=number>", "instances of a service (repeatable)", collectPair(parseReplicas))
    .option(
      "--impl <service=language>",
      "implementation of a service (repeatable)",
      collectPair(parseLanguage),
    )
    .option("--base", "write docker-compose.yml itself, which is part of the repository")
    .action(async (flags: ComposeFlags) => finish((await composeCommands()).compose(checkout, flags)));
  inContainers
    .command("check")
    .description("say what stands in the way of docker compose up")
    .action(async () => finish(await (await composeCommands()).checkCompose(checkout, env)));
  inContainers
    .command("swap")
    .description("replace the implementation of a service while the shop runs in containers")
    .argument("<service>", servicesOf(topology).join(", "))
    .requiredOption("--to <language>", "language of the implementation that takes over", parseLanguage)
    .action(async (service: string, flags: { to: string }) =>
      finish(await (await composeCommands()).swapInCompose(checkout, env, service, flags)),
    );
  command("new-impl", "begin an implementation of a service in another language")
    .argument("<service>", servicesOf(topology).join(", "))
    .requiredOption("--lang <language>", "go, java, python, rust or typescript")
    .option("--dir <folder>", "services/<service>/<name>; its name is the language by default")
    .action(async (service: string, flags: NewImplFlags) => finish(await newImpl(checkout, service, flags)));
  return program;
}

/** The other commands have no need of what these import, and answer sooner without it. */
const certificateCommands = () => import("./certificate.js");
const composeCommands = () => import("./compose.js");
const meshExplainCommand = () => import("./mesh-explain.js");
const logsCommand = () => import("./logs.js");
const explainCommand = () => import("./explain/explain.js");
const swapCommand = () => import("./swap.js");

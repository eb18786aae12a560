import { Fault, UsageFault } from "@theseus/runtime/control";
import { Command, CommanderError } from "commander";
import { collectPair, parseReplicas } from "../cli/arguments.js";
import type { TokenFlags } from "../cli/token.js";
import { compareAll, seed, token } from "./as-client.js";
import { type ControlFlags, control, drain, forget, serve } from "./control.js";
import { makeUsers } from "./make-users.js";

/** Runs one command in a container of the shop and answers its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runContainerCommand(args: readonly string[]): Promise<number> {
  let code = 0;
  const finish = (result: number) => {
    code = result;
  };
  try {
    await createProgram(finish).parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(error instanceof Fault ? error.message : `theseus: ${String(error)}`);
    return error instanceof UsageFault ? 2 : 1;
  }
}

function createProgram(finish: (code: number) => void): Command {
  const program = new Command("theseus")
    .description("What the shop's containers need besides its services: see docs/compose.md.")
    .exitOverride()
    .showHelpAfterError("(--help lists what there is)");
  program
    .command("control")
    .description(
      "write what every container needs, and tell the sidecars where their peers are, until SIGTERM",
    )
    .option("--replicas <service=number>", "instances of a service (repeatable)", collectPair(parseReplicas))
    .option("--policy <file>", "what this deployment asks beyond the contract")
    .action((flags: ControlFlags) => control(flags));
  program
    .command("drain")
    .description("let an instance get no new calls, and wait until every sidecar knows")
    .argument("<instance>", "such as inventory-1")
    .action(drain);
  program
    .command("serve")
    .description("let an instance get calls, and wait until every sidecar finds it healthy")
    .argument("<instance>", "such as inventory-1")
    .action(serve);
  program
    .command("forget")
    .description("forget that an instance drains, which is gone")
    .argument("<instance>", "such as inventory-2")
    .action(forget);
  program
    .command("store-users")
    .description("make the users of a workload's store exist, from beside the store")
    .argument("<workload>", "such as user")
    .action(makeUsers);
  program.command("seed").description("fill a new shop, and have its latest payments compared").action(seed);
  program
    .command("token")
    .description("print an access token of the demonstration customer, good for 25 seconds or longer")
    .option("--admin", "of the administrator instead")
    .option("--header", "as a header, for curl -H @-")
    .action((flags: TokenFlags) => token(flags));
  program
    .command("reconcile")
    .description("compare all payments with stock and the card provider's ledger")
    .action(async () => finish(await compareAll()));
  return program;
}

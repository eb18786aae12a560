import { writeFileSync } from "node:fs";
import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { buildImplementation, Fault, findImplementation, type Implementation } from "@theseus/runtime";
import { type Command, InvalidArgumentError } from "commander";
import { loadContract, serviceName } from "../contract/contract.js";
import { count, oneOf, wholeNumber } from "../flags.js";
import { findWorld } from "../run/find-world.js";
import { openTestBed } from "../run/open-test-bed.js";
import { listenForStop } from "../run/stop-asked.js";
import type { TestBed } from "../run/test-bed.js";
import type { World } from "../run/world.js";
import { type DifferResult, type FoundDifference, findDifferences } from "./differ.js";
import { type Done, numbersFrom, type OpenSides } from "./search.js";
import { Side } from "./side.js";

interface Surroundings {
  /** The folder with `services`, where implementations are looked for. */
  readonly checkout: string;
  readonly services: readonly string[];
  write(line: string): void;
  /** Told the exit code. */
  settle(code: number): void;
}

interface DifferFlags {
  readonly service: string;
  readonly impl: string;
  readonly against?: string;
  readonly target?: string;
  readonly sharedStore: boolean;
  readonly seed: number;
  readonly first: number;
  readonly jobs: number;
  readonly minutes: number;
  readonly calls?: number;
  readonly sequences?: number;
  readonly wellFormed: boolean;
  readonly save?: string;
  readonly json?: string;
  readonly build: boolean;
}

/** Adds `differ`, which looks for requests that two implementations answer differently. */
export function addDifferCommand(program: Command, surroundings: Surroundings): void {
  const { services } = surroundings;
  program
    .command("differ")
    .description(
      "send calls made from the contract to two implementations, and tell what they answer differently",
    )
    .requiredOption("--service <name>", `one of ${services.join(", ")}`, oneOf(services))
    .option("--impl <language>", "the implementation that expectations are taken from", "typescript")
    .option("--against <language>", "the implementation that is compared with it")
    .option("--target <host:port>", "instead of --against: one that somebody else runs, on an empty store")
    .option("--shared-store", "both in turn on one store, compared with the first alone", false)
    .option("--seed <number>", "choice of the calls", wholeNumber, Math.floor(Math.random() * 2 ** 31))
    .option("--first <number>", "sequence to begin with: how an earlier run goes on", wholeNumber, 0)
    .option("--jobs <number>", "sequences at once, each pair with stores of its own", count, 1)
    .option("--minutes <number>", "how long", toMinutes, 2)
    .option("--calls <number>", "how many calls at the most", wholeNumber)
    .option("--sequences <number>", "how many sequences at the most", wholeNumber)
    .option("--well-formed", "no strange bytes or metadata", false)
    .option("--save <file>", "write what was found as cases")
    .option("--json <file>", "write the results as JSON")
    .option("--no-build", "do not build the implementations first")
    .action(async (flags: DifferFlags) => surroundings.settle(await perform(flags, surroundings)));
}

async function perform(flags: DifferFlags, { checkout, write }: Surroundings): Promise<number> {
  const { service, seed, first } = flags;
  const contract = loadContract();
  const implementations = implementationsOf(flags, checkout);
  if (flags.build) for (const each of implementations) await buildImplementation(each, { env: process.env });
  const pair = { flags, contract, world: await findWorld(service), implementations };
  using stop = listenForStop();
  write(`${service}: ${flags.impl} and ${flags.target ?? flags.against}, seed ${seed}. Once more:`);
  write(`  ${commandOf(flags)}`);
  const until = performance.now() + flags.minutes * 60_000;
  const result = await findDifferences({
    contract,
    service: serviceName(contract, service),
    open: () => openSides(pair),
    seed,
    numbers: numbersFrom(first),
    jobs: flags.jobs,
    wellFormed: flags.wellFormed,
    ...(pair.world.scene && { scene: pair.world.scene }),
    isOver: (done) => stop.code !== undefined || performance.now() > until || isEnough(flags, done),
    onFound: ({ kind, text, repeats }) => write(`\n# ${kind}${repeats ? "" : ", seen once"}\n${text}`),
  });
  keep(flags, result);
  write(
    `${service}: ${result.sequences} sequences, ${result.calls} calls, ${result.found.length} differences`,
  );
  return stop.code ?? (result.found.length === 0 ? 0 : 1);
}

/** The command that makes the same sequences again, from the first on. */
function commandOf({
  service,
  impl,
  against,
  target,
  sharedStore,
  seed,
  first,
  wellFormed,
}: DifferFlags): string {
  const other = target === undefined ? `--against ${against}` : `--target ${target}`;
  const more = [sharedStore && "--shared-store", wellFormed && "--well-formed"].filter(
    (each) => each !== false,
  );
  return [
    `npx theseus-conformance differ --service ${service} --impl ${impl} ${other}`,
    ...more,
    `--seed ${seed} --first ${first}`,
  ].join(" ");
}

function isEnough({ calls, sequences }: DifferFlags, done: Done): boolean {
  return (
    done.calls >= (calls ?? Number.POSITIVE_INFINITY) ||
    done.sequences >= (sequences ?? Number.POSITIVE_INFINITY)
  );
}

function implementationsOf(flags: DifferFlags, checkout: string): readonly Implementation[] {
  const { service, impl, against, target } = flags;
  if ((against === undefined) === (target === undefined))
    throw new Fault(
      "What to compare with is not clear.",
      "Give --against a language, or --target an address.",
    );
  if (target !== undefined && flags.sharedStore)
    throw new Fault(
      "--shared-store needs two implementations that the suite starts.",
      "Give --against a language.",
    );
  if (target !== undefined && flags.jobs > 1)
    throw new Fault(
      "--jobs needs implementations that the suite starts: a target has one store.",
      "Leave it out, or give --against a language.",
    );
  return [impl, ...(against === undefined ? [] : [against])].map((each) =>
    findImplementation(checkout, service, each),
  );
}

interface Pair {
  readonly flags: DifferFlags;
  readonly contract: Contract;
  readonly world: World;
  readonly implementations: readonly Implementation[];
}

/** The first side is the first implementation; the second is the other, or both in turn on one store. */
async function openSides({ flags, contract, world, implementations }: Pair): Promise<OpenSides> {
  const { service, target, sharedStore } = flags;
  const [first, second] = implementations as readonly [Implementation, Implementation | undefined];
  const { scene } = world;
  const surroundings = { contract, service: serviceName(contract, service), ...(scene && { scene }) };
  await using opened = new AsyncDisposableStack();
  const start = async (...each: readonly [Implementation, ...Implementation[]]) =>
    opened.use(await openTestBed({ contract, service, world, implementations: each }));
  const side = (label: string, addresses: readonly string[], bed?: TestBed) =>
    opened.use(new Side({ ...surroundings, label, addresses, ...(bed?.world && { world: bed.world }) }));
  const one = await start(first);
  const a = side(first.language, [one.shared.address], one);
  const b = second === undefined ? side(String(target), [String(target)]) : await other(second);
  const owned = opened.move();
  return { sides: [a, b], [Symbol.asyncDispose]: () => owned.disposeAsync() };

  async function other(implementation: Implementation): Promise<Side> {
    if (!sharedStore) {
      const bed = await start(implementation);
      return side(implementation.language, [bed.shared.address], bed);
    }
    const both = await start(first, implementation);
    const beside = await both.shared.control?.second();
    const label = `${first.language} and ${implementation.language} in turn`;
    return side(label, [both.shared.address, String(beside)], both);
  }
}

function keep({ save, json, service }: DifferFlags, { found, sequences }: DifferResult): void {
  if (save !== undefined && found.length > 0) writeFileSync(save, found.map(({ text }) => text).join(""));
  if (json === undefined) return;
  const failed = found.map(({ kind }: FoundDifference) => ({ name: kind, outcome: "failed" }));
  const passed = { name: `${service}: ${sequences} sequences are answered alike`, outcome: "passed" };
  writeFileSync(json, `${JSON.stringify({ results: failed.length > 0 ? failed : [passed] }, null, 2)}\n`);
}

function toMinutes(text: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(text)) throw new InvalidArgumentError("It must be a number of minutes.");
  return Number(text);
}

import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { AsyncDisposableStack } from "@theseus/kit";
import { Fault, servicesOf, UsageFault } from "@theseus/runtime/control";
import { cpuResolutionSeconds, measureRound, toCostReport } from "@theseus/runtime/cost";
import { type Mix, readMix } from "@theseus/runtime/load";
import { awaitStop, type StopRequest } from "@theseus/runtime/supervisor";
import { topology } from "../../topology.js";
import { openReportFile } from "../figures/report-file.js";
import { vocabulary } from "../load/visitors.js";
import { showCost } from "./cost-text.js";
import { openOwnShop } from "./own-shop.js";
import type { SavedCost } from "./saved-cost.js";
import { openSide, type Side } from "./side.js";

export interface CostFlags {
  readonly service?: string;
  readonly impl?: readonly string[];
  readonly telemetry?: string;
  readonly rounds: number;
  readonly warmUp: number;
  readonly calls: number;
  readonly mix?: string;
  readonly json?: true;
  readonly report?: string;
}

const usualMix = fileURLToPath(new URL("../../../../load/cost.yaml", import.meta.url));
const atOnce = 4;
const idleMs = 3_000;

/** Measures what calls cost, on shops of its own: of one implementation, or of two in turns. 0 when it is done. */
export async function cost(flags: CostFlags, env: NodeJS.ProcessEnv): Promise<number> {
  if (process.platform !== "linux")
    throw new UsageFault(
      `theseus cost reads processor time from /proc, which ${process.platform} does not have.`,
      "Run it on Linux; docker compose has one.",
    );
  const variants = toVariants(flags);
  const mix = readMix(flags.mix ?? usualMix, costVocabulary);
  const save = openReportFile(flags.report);
  using stop = awaitStop();
  const report = await measure({ flags, env, variants, mix, stop });
  save(report);
  console.log(flags.json ? JSON.stringify(report) : showCost(report));
  return 0;
}

const costVocabulary = { ...vocabulary, help: `${vocabulary.help} So is shop/load/cost.yaml.` };

interface Variant {
  readonly name: string;
  readonly flags: readonly string[];
  /** Besides this process's. */
  readonly env: NodeJS.ProcessEnv;
}

function toVariants({ service, impl, telemetry }: CostFlags): readonly Variant[] {
  if (telemetry !== undefined) {
    if (service !== undefined || impl !== undefined)
      throw new UsageFault("--telemetry compares by itself.", "Leave --service and --impl out.");
    return [
      { name: "nobody told", flags: [], env: { OTEL_EXPORTER_OTLP_ENDPOINT: "" } },
      { name: "telemetry", flags: [], env: { OTEL_EXPORTER_OTLP_ENDPOINT: telemetry } },
    ];
  }
  if (service === undefined && impl === undefined) return [{ name: "as it is", flags: [], env: {} }];
  if (service === undefined || impl === undefined)
    throw new UsageFault("--service and --impl belong together.", "--service inventory --impl typescript,go");
  const known = servicesOf(topology);
  if (!known.includes(service))
    throw new UsageFault(`There is no service "${service}".`, `There are: ${known.join(", ")}.`);
  if (impl.length !== 2 || impl[0] === impl[1])
    throw new UsageFault("--impl takes two implementations, the old and the new.", "--impl typescript,go");
  return impl.map((name) => ({ name, flags: ["--impl", `${service}=${name}`], env: {} }));
}

interface Measurement {
  readonly flags: CostFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly variants: readonly Variant[];
  readonly mix: Mix;
  readonly stop: StopRequest;
}

async function measure({ flags, env, variants, mix, stop }: Measurement): Promise<SavedCost> {
  const { signal } = stop;
  const say = (line: string) => (flags.json ? undefined : console.log(line));
  await using open = new AsyncDisposableStack();
  const sides: Side[] = [];
  for (const variant of variants) {
    say(`Opening a shop${variants.length > 1 ? `: ${variant.name}` : ""}.`);
    const own = { flags: variant.flags, env: { ...env, ...variant.env } };
    const shop = open.use(await openOwnShop({ ...own, signal }));
    sides.push(open.use(await openSide(variant.name, shop, signal)));
  }
  const begun = new Date().toISOString();
  const stoppedAtOnce = stop.urgent.then(() => Promise.reject(stopped()));
  // Nobody waits for it before the first round.
  stoppedAtOnce.catch(() => {});
  for (let round = -flags.warmUp; round < flags.rounds && !signal.aborted; round++) {
    say(round < 0 ? "A round to warm up." : `Round ${round + 1} of ${flags.rounds}.`);
    for (const side of sides) {
      const measuring = measureRound({ ...side, mix, calls: flags.calls, atOnce, idleMs });
      const measured = await Promise.race([measuring, stoppedAtOnce]);
      if (round >= 0) side.rounds.push(measured);
    }
  }
  // Ctrl-C comes between two rounds; a variant must not have one more than the other.
  const complete = Math.min(...sides.map(({ rounds }) => rounds.length));
  if (complete === 0) throw stopped();
  return {
    ...(flags.service !== undefined && { service: flags.service }),
    mix: flags.mix ?? usualMix,
    rounds: complete,
    callsPerRound: flags.calls,
    atOnce,
    resolutionMicros: (cpuResolutionSeconds / flags.calls) * 1e6,
    confidence: "95 %, by Student's t over rounds; of ratios over the logarithms of the rounds' ratios",
    kinds: sides[0]?.kinds ?? {},
    processors: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    begun,
    ...toCostReport(new Map(sides.map(({ name, rounds }) => [name, rounds.slice(0, complete)]))),
  };
}

function stopped(): Fault {
  return new Fault("Stopped before a round was complete.", "There is nothing to report.");
}

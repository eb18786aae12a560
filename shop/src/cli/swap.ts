import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import {
  askChange,
  askedLine,
  askSteering,
  Fault,
  type Home,
  readState,
  type Steering,
  type SwapChange,
  showChange,
  UsageFault,
} from "@theseus/runtime/control";
import { chooseOther, everyService } from "./choose-other.js";
import { LiveView } from "./live-view.js";
import { askStatus, sayNotRunning } from "./supervisor.js";
import { showSwap } from "./swap-view.js";

export interface SwapFlags {
  readonly to?: string;
  readonly all?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly atOnce?: true;
  readonly withoutProof?: string;
  readonly saveCases?: string;
  readonly calls?: number;
  readonly longest?: number;
  readonly compared?: number;
  readonly pause?: true;
  readonly resume?: true;
  readonly abort?: true;
}

/** Swaps one service or all, or steers the swap that is under way. */
export async function swap(home: Home, service: string | undefined, flags: SwapFlags): Promise<number> {
  const steerings = (["pause", "resume", "abort"] as const).filter((each) => flags[each]);
  const [steering] = steerings;
  if (steering !== undefined) {
    if (steerings.length > 1 || flags.to !== undefined || flags.all)
      throw new UsageFault(`--${steering} stands alone.`, "It is about the swap that is under way.");
    return steer(home, steering);
  }
  if ((service === undefined) !== (flags.all ?? false))
    throw new UsageFault("Name the service to swap, or all of them by --all.", "theseus swap --help");
  if (flags.to === undefined)
    throw new UsageFault("Say what is to run: --to.", "A language, a folder (./path), or typescript@main.");
  if (!flags.yes && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new UsageFault(
      "Nobody can be asked here whether the candidate is to get calls.",
      "--yes says so beforehand.",
    );
  const shop = await askStatus(home);
  if (shop === undefined) return sayNotRunning(home);
  for (const each of service === undefined ? everyService() : [service])
    await swapOne(home, toChange(each, chooseOther(shop, each, flags.to), flags), flags);
  return 0;
}

function toChange(service: string, to: string, flags: SwapFlags): SwapChange {
  const { withoutProof, saveCases, calls, longest, compared } = flags;
  return {
    kind: "swap",
    service,
    to,
    ...(withoutProof !== undefined && { withoutProof }),
    ...(flags.atOnce && { atOnce: true }),
    ...(!flags.yes && { askFirst: true }),
    ...(calls !== undefined && { calls }),
    ...(longest !== undefined && { longestSeconds: longest }),
    ...(compared !== undefined && { compared }),
    ...(saveCases !== undefined && { saveCases: resolve(saveCases) }),
  };
}

async function swapOne(home: Home, change: SwapChange, { json }: SwapFlags): Promise<void> {
  const control = controlOf(home);
  const begun = Date.now();
  const seconds = () => (Date.now() - begun) / 1_000;
  const where = async () => (await askStatus(home).catch(() => undefined))?.swap;
  await using view = new LiveView(json ? undefined : process.stdout, async () => {
    const swapped = await where();
    return swapped && showSwap(swapped);
  });
  // One line after the other, however long it takes to ask for the rest of it.
  let telling = Promise.resolve();
  const tell = (told: object) => {
    telling = telling.then(async () =>
      console.log(JSON.stringify({ seconds: seconds(), ...told, swap: await where() })),
    );
  };
  const say = (line: string) => {
    if (json) tell({ line });
    else view.print(`${seconds().toFixed(1).padStart(6)} s  ${line}`);
    if (line === askedLine) void view.pausedFor(() => askPerson(control, change));
  };
  try {
    await askChange(control, change, say);
    if (json) tell({ done: showChange(change) });
    else view.print(`${seconds().toFixed(1).padStart(6)} s  done: ${showChange(change)}`);
  } catch (error) {
    if (json && error instanceof Fault) tell({ fault: error.problem });
    throw error;
  } finally {
    await telling;
  }
}

/** Whoever does not answer leaves it where it is. */
async function askPerson(control: string, { service, to }: SwapChange): Promise<void> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Give calls of ${service} to ${to}? [y/N] `);
  prompt.close();
  await askSteering(control, /^y(es)?$/i.test(answer.trim()) ? "resume" : "abort", () => {});
}

async function steer(home: Home, steering: Steering): Promise<number> {
  if ((await askStatus(home)) === undefined) return sayNotRunning(home);
  await askSteering(controlOf(home), steering, (line) => console.log(line));
  return 0;
}

function controlOf(home: Home): string {
  const state = readState(home.state);
  if (state === undefined) throw new Fault("The shop has ended meanwhile.", "npm start opens it.");
  return state.control;
}

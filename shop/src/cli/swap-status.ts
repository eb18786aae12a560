import {
  type Home,
  readHistory,
  readState,
  type SwapStatus,
  showChange,
  swapNote,
} from "@theseus/runtime/control";
import { askStatus, sayNotRunning } from "./supervisor.js";
import { showSwap } from "./swap-view.js";

/** Says where a swap stands, also one whose supervisor was killed; else how the last one ended. */
export async function swapStatus(home: Home, flags: { readonly json?: true }): Promise<number> {
  const shop = await askStatus(home);
  const noted = readState(home.state)?.notes[swapNote] as SwapStatus | undefined;
  const swap = shop === undefined ? noted : shop.swap;
  if (flags.json) console.log(JSON.stringify({ running: shop !== undefined, swap: swap ?? null }, null, 2));
  else if (swap !== undefined) console.log(showSwap(swap));
  else console.log(lastSwap(home));
  if (shop !== undefined) return 0;
  if (swap !== undefined && !flags.json)
    console.log(
      `The supervisor is gone, and nobody goes on with it; the next start ${swap.stage === "drain" || swap.percent === 100 ? "finishes" : "undoes"} it.`,
    );
  return sayNotRunning(home);
}

function lastSwap(home: Home): string {
  const last = readHistory(home).findLast(({ change }) => change.kind === "swap");
  if (last === undefined) return "No swap is under way, and there was none.";
  const end = last.undone === undefined ? "done" : `undone: ${last.undone.split("\n")[0]}`;
  return `No swap is under way. The last one, ${showChange(last.change)} at ${last.at.slice(0, 19).replace("T", " ")}: ${end}`;
}

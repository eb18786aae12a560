import { resolve } from "node:path";
import { askChange, type Change, type Home, readState, showChange } from "@theseus/runtime/control";
import { askStatus, sayNotRunning } from "./supervisor.js";

/** Has the running shop changed, and shows what happens. */
export async function change(home: Home, wanted: Change): Promise<number> {
  const shop = await askStatus(home);
  const state = readState(home.state);
  if (shop === undefined || state === undefined) return sayNotRunning(home);
  const begun = Date.now();
  const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s`;
  await askChange(state.control, wanted, (line) => console.log(`${seconds()}  ${line}`));
  console.log(`${seconds()}  done: ${showChange(wanted)}`);
  return 0;
}

/** A path as the supervisor needs it; a language or a revision stays as it is. */
export function toImplementation(text: string, folder = process.cwd()): string {
  return /^[./~]/.test(text) ? resolve(folder, text) : text;
}

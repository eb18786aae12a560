import { Fault } from "../fault.js";

/** What is wrong with a folder of keys, and what follows when it is made anew. */
export function unusable(folder: string, consequence: string, error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return new Fault(
    `The keys in ${folder} cannot be used: ${why}.`,
    `Put back a copy of them; or remove the folder: the next start makes ${consequence}.`,
    { cause: error },
  );
}

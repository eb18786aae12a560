import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CopiedImplementation, copyPayment } from "./copied-implementation.js";

/** What the candidate does in standby: what it is told, or its work all the same. */
export type Manner = "obeys" | "acts in standby";

export interface Candidate extends CopiedImplementation {
  /** Lets it be healthy, which it is not before. */
  release(): void;
}

interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const hold = ".held";

/** Its worker takes up every open payment at once, and marks it FAILED without asking anybody. */
const wrongWorker: readonly Patch[] = [
  {
    file: "drive/recover.js",
    find: "const { kind, log: after } = await driver.drive(payment, context, neverRetry);",
    put: `const failed = { sequence: lastEvent(payment).sequence + 1, type: "FAILED", time: clock.now(), failure: "RESERVATION_GONE" };
        await store.insertEvent(payment.intent.id, failed);
        const [kind, after] = ["settled", payment];`,
  },
  { file: "drive/recovery.js", find: "clock.now().getTime() - recoverAfterMs", put: "clock.now().getTime()" },
  {
    file: "start-payment.js",
    find: "probe: () => store.ping()",
    put: `probe: async () => {
          if ((await import("node:fs")).existsSync(new URL("../../${hold}", import.meta.url))) throw new Error("held");
          return store.ping();
        }`,
  },
];

const worksAtOnce: Patch = {
  file: "start-payment.js",
  find: "const server = ",
  put: "startRecovery({ store, recover, clock, log, random, recoverAfterMs }); const server = ",
};

/** A patched copy of payment in TypeScript. */
export function makeWrongCandidate(manner: Manner): Candidate {
  const copy = copyPayment();
  for (const each of manner === "obeys" ? wrongWorker : [...wrongWorker, worksAtOnce])
    patch(copy.folder, each);
  const held = join(copy.folder, hold);
  writeFileSync(held, "");
  return { ...copy, release: () => rmSync(held) };
}

function patch(folder: string, { file, find, put }: Patch): void {
  const path = join(folder, "dist/src", file);
  const parts = readFileSync(path, "utf8").split(find);
  if (parts.length !== 2) throw new Error(`${file} has it ${parts.length - 1} times, not once: ${find}`);
  writeFileSync(path, parts.join(put));
}

import { record } from "@theseus/runtime/schema";
import { z } from "zod";

export const patch = record({
  in: z.string().describe("`service/saga.js`, `kit/health.js`, `lua/sweep.lua`"),
  find: z.string().describe("must be there exactly once; blanks and line ends in it stand for any"),
  put: z.string(),
});

/** A text in an implementation's compiled code, or in the scripts beside it, and what replaces it. */
export type Patch = Readonly<z.infer<typeof patch>>;

/** One implementation that is wrong in one thing. */
export interface Mutant {
  /** `orders/stores-orders-in-a-map`: the service, and what it does wrong. */
  readonly name: string;
  readonly service: string;
  /** The clause of the contract that it breaks, in words. */
  readonly breaks: string;
  /** What is changed in a copy of the TypeScript implementation. */
  readonly patches: readonly Patch[];
  /** A proxy in front of it: a transformation's name and parameters. */
  readonly wrapper?: { readonly name: string; readonly with: Readonly<Record<string, unknown>> };
  /** Names of the cases that must all fail against it. */
  readonly killedBy: readonly string[];
  /** Why no answer to any call shows it; absent where one does. */
  readonly beyondAnswers?: string;
  /** A case that it passes, which shows that it is wrong in this one thing only. */
  readonly healthy: string;
  /** `mutants/orders.yaml:12` */
  readonly place: string;
}

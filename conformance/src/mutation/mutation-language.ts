import type { Implementation } from "@theseus/runtime";
import type { GeneratedMutant } from "./generated-mutant.js";

/** How implementations in one language are mutated, by a tool that is made for it. */
export interface MutationLanguage {
  /** The tool and its version, as reports name it. */
  readonly tool: string;
  /** All mutants of an implementation that is built; the same code gives the same ones in the same order. */
  generate(implementation: Implementation): Promise<readonly GeneratedMutant[]>;
  /**
   * Makes the implementation with one file replaced, in or beside an empty folder below the checkout.
   * @throws NotBuilt when the compiler refuses it
   */
  build(
    implementation: Implementation,
    mutant: Pick<GeneratedMutant, "replaces" | "content">,
    folder: string,
  ): Promise<Implementation>;
}

/** A mutant that its language's compiler refuses. */
export class NotBuilt extends Error {}

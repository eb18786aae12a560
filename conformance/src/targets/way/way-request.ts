import type { LinkAction } from "./link-action.js";

/** What the thread that carries ways is asked for; each is answered once, in its turn. */
export type WayRequest =
  | { readonly verb: "open"; readonly target: string }
  | {
      readonly verb: "perform";
      readonly way: number;
      readonly action: LinkAction;
      /** Where it leads when it is mended, if that is another server than before. */
      readonly server?: string;
    }
  | { readonly verb: "slow"; readonly way: number; readonly byMs: number }
  | { readonly verb: "writes"; readonly way: number }
  | { readonly verb: "close"; readonly way: number };

export interface Asked {
  readonly id: number;
  readonly request: WayRequest;
}

export interface Answered {
  readonly id: number;
  readonly result?: unknown;
  /** Why it failed. */
  readonly fault?: string;
}

export interface OpenedWay {
  readonly way: number;
  readonly url: string;
}

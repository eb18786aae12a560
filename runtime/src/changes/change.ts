import type { SwapOptions } from "../swap/swap-options.js";

/** A change of a running system, as somebody asks for it. */
export type Change = ServiceChange | { readonly kind: "rotate"; readonly what: Rotated };

/** Leaf certificates of all workloads, or the keys that sign access tokens. */
export type Rotated = "certificates" | "keys";

/** A change of one service. */
export type ServiceChange =
  | { readonly kind: "scale"; readonly service: string; readonly count: number }
  | { readonly kind: "restart"; readonly service: string }
  /** `to` is a language, the absolute path of a folder with an `implementation.json`, or `language@revision`. */
  | SwapChange
  | { readonly kind: "rollback"; readonly service: string };

export interface SwapChange extends SwapOptions {
  readonly kind: "swap";
  readonly service: string;
  readonly to: string;
}

/** As it would be typed: `scale ship 3`. */
export function showChange(change: Change): string {
  switch (change.kind) {
    case "scale":
      return `scale ${change.service} ${change.count}`;
    case "swap":
      return [`swap ${change.service} --to ${change.to}`, ...flagsOf(change)].join(" ");
    case "rotate":
      return `rotate ${change.what}`;
    default:
      return `${change.kind} ${change.service}`;
  }
}

/** Those that say how much is known of what runs afterwards. */
function flagsOf({ withoutProof, atOnce }: SwapChange): readonly string[] {
  return [
    ...(withoutProof === undefined ? [] : [`--without-proof ${JSON.stringify(withoutProof)}`]),
    ...(atOnce ? ["--at-once"] : []),
  ];
}

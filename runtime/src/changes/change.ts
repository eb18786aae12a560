/** A change of a running system, as somebody asks for it. */
export type Change = ServiceChange | { readonly kind: "rotate"; readonly what: Rotated };

/** Leaf certificates of all workloads, or the keys that sign access tokens. */
export type Rotated = "certificates" | "keys";

/** A change of one service. */
export type ServiceChange =
  | { readonly kind: "scale"; readonly service: string; readonly count: number }
  | { readonly kind: "restart"; readonly service: string }
  /** `to` is a language, the absolute path of a folder with an `implementation.json`, or `language@revision`. */
  | { readonly kind: "swap"; readonly service: string; readonly to: string }
  | { readonly kind: "rollback"; readonly service: string };

/** Tells whoever looks on what happens, a line at a time. */
export type Say = (line: string) => void;

/** As it would be typed: `scale ship 3`. */
export function showChange(change: Change): string {
  switch (change.kind) {
    case "scale":
      return `scale ${change.service} ${change.count}`;
    case "swap":
      return `swap ${change.service} --to ${change.to}`;
    case "rotate":
      return `rotate ${change.what}`;
    default:
      return `${change.kind} ${change.service}`;
  }
}

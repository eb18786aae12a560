/** A change of one service of a running system, as somebody asks for it. */
export type Change =
  | { readonly kind: "scale"; readonly service: string; readonly count: number }
  | { readonly kind: "restart"; readonly service: string }
  /** `to` is a language, the absolute path of a folder with an `implementation.json`, or `language@revision`. */
  | { readonly kind: "swap"; readonly service: string; readonly to: string }
  | { readonly kind: "rollback"; readonly service: string };

/** Tells whoever looks on what happens, a line at a time. */
export type Say = (line: string) => void;

/** As it would be typed: `scale inventory 3`. */
export function showChange(change: Change): string {
  const { kind, service } = change;
  switch (change.kind) {
    case "scale":
      return `${kind} ${service} ${change.count}`;
    case "swap":
      return `${kind} ${service} --to ${change.to}`;
    default:
      return `${kind} ${service}`;
  }
}

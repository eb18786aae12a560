import type { Fields, Value } from "../cases/value.js";

/** A copy of a request with fields set and left out by path, such as `lines[0].quantity`. */
export function patched(request: Value, changes: Fields, without: readonly string[]): Value {
  const copy = structuredClone(request) as Value;
  for (const [path, value] of Object.entries(changes)) put(copy, steps(path), value);
  for (const path of without) put(copy, steps(path), undefined);
  return copy;
}

type Container = Record<string | number, Value | undefined>;

function put(root: Value, path: readonly (string | number)[], value: Value | undefined): void {
  let at = root as Container;
  for (const [index, key] of path.slice(0, -1).entries()) {
    at[key] ??= typeof path[index + 1] === "number" ? [] : {};
    at = at[key] as Container;
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (value === undefined) delete at[last];
  else at[last] = value;
}

function steps(path: string): readonly (string | number)[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}

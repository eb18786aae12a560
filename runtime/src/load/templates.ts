const PLACE = /\$\{([^}]*)\}/g;

/** The names of what is to be filled into a value, in all its texts. */
export function placesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [...value.matchAll(PLACE)].map(([, name = ""]) => name);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(placesIn) : [];
}

/** A value with all its places filled; each name is known. */
export function fill<Value>(value: Value, values: ReadonlyMap<string, string>): Value {
  return filled(value, values) as Value;
}

function filled(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return value.replace(PLACE, (_, name: string) => values.get(name) ?? "");
  if (Array.isArray(value)) return value.map((each) => filled(each, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, values)]));
}

/** What a field of JSON says: `name`, `piers.0.name`; undefined where there is none. */
export function fieldOf(body: unknown, path: string): unknown {
  let at = body;
  for (const step of path.split(".")) at = (Object(at) as Record<string, unknown>)[step];
  return at;
}

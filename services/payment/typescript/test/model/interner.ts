/**
 * Numbers values by what they are, so that a world's key is a few small numbers: most of a world's parts are the very
 * objects of the world before it, and those are recognised without looking into them.
 */
export function interner<T extends object>(keyOf: (value: T) => string): (value: T) => number {
  const byKey = new Map<string, number>();
  const byIdentity = new Map<T, number>();
  return (value) => {
    const known = byIdentity.get(value);
    if (known !== undefined) return known;
    const key = keyOf(value);
    const number = byKey.get(key) ?? byKey.size;
    byKey.set(key, number);
    if (byIdentity.size > 5000) byIdentity.clear();
    byIdentity.set(value, number);
    return number;
  };
}

/** True when a selector of an overlay selects the method with this full name, such as `shop.v1.Orders.GetOrder`. */
export function selects(selector: string, method: string): boolean {
  if (selector === "*") return true;
  return selector.endsWith(".*") ? method.startsWith(selector.slice(0, -1)) : method === selector;
}

/** Of two selectors that select one method, the one that says more of its name is the larger. */
export function bySpecificity(a: string, b: string): number {
  return specificity(a) - specificity(b);
}

/** Every selector that selects some of these methods. */
export function selectorsOf(methods: readonly string[]): readonly string[] {
  const prefixes = methods.flatMap((method) => {
    const parts = method.split(".").slice(0, -1);
    return parts.map((_, index) => `${parts.slice(0, index + 1).join(".")}.*`);
  });
  return [...new Set(["*", ...prefixes, ...methods])];
}

function specificity(selector: string): number {
  return selector.replace(/\*$/, "").length;
}

/** JSON for people who review: what fits on a line stays on it. */
export function compactJson(value: unknown, indent = ""): string {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || line.length + indent.length <= 150) return line;
  const inner = `${indent} `;
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((item) => compactJson(item, inner))]
    : [
        "{",
        "}",
        Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${compactJson(item, inner)}`),
      ];
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

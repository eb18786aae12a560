export type Values = Readonly<Record<string, string>>;

const LINES = /^[ \t]*\{\{([#^])(\w+)\}\}\n([\s\S]*?)^[ \t]*\{\{\/\2\}\}\n/gm;
const PARTS = /\{\{([#^])(\w+)\}\}([^\n]*?)\{\{\/\2\}\}/g;
const PLACES = /\{\{(\w+)\}\}/g;

/**
 * Fills a template: `{{name}}` is a value; `{{#inventory}}…{{/inventory}}`, on lines of their own or within one, stays for
 * that service alone, and `{{^inventory}}…{{/inventory}}` for the others.
 *
 * @throws Error for a name that has no value
 */
export function renderTemplate(template: string, service: string, values: Values): string {
  const keep = (_: string, sign: string, wanted: string, inner: string) =>
    (sign === "#") === (wanted === service) ? inner : "";
  return template
    .replace(LINES, keep)
    .replace(PARTS, keep)
    .replace(PLACES, (place, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the template has ${place}, which has no value`);
      return value;
    });
}

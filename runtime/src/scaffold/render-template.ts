export interface Filling {
  /** What `{{name}}` stands for. */
  readonly values: Readonly<Record<string, string>>;
  /** What holds: some parts depend on it. */
  readonly facts: ReadonlySet<string>;
}

const LINES = /^[ \t]*\{\{([#^])([\w|-]+)\}\}\n([\s\S]*?)^[ \t]*\{\{\/\2\}\}\n/gm;
const PARTS = /\{\{([#^])([\w|-]+)\}\}([^\n]*?)\{\{\/\2\}\}/g;
const PLACES = /\{\{(\w+)\}\}/g;

/**
 * Fills a template: `{{name}}` is a value; `{{#fact}}…{{/fact}}`, on lines of their own or within one, stays where the fact
 * holds, `{{#one|other}}…{{/one|other}}` where one of them does, and `{{^fact}}…{{/fact}}` where it does not.
 *
 * @throws Error for a name that has no value
 */
export function renderTemplate(template: string, { values, facts }: Filling): string {
  const keep = (_: string, sign: string, wanted: string, inner: string) =>
    (sign === "#") === wanted.split("|").some((fact) => facts.has(fact)) ? inner : "";
  return template
    .replace(LINES, keep)
    .replace(PARTS, keep)
    .replace(PLACES, (place, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the template has ${place}, which has no value`);
      return value;
    });
}

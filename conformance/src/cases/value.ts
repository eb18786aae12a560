/** A value in a case file, before variables are put in. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Fields = { readonly [key: string]: Value };

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

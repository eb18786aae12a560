import { z } from "zod";

/** A number, or a variable that is one. */
export const count = z.union([z.number(), z.string().regex(/^\$\{[^}]+\}$/)], {
  error: "must be a number or a variable",
});

/** `250ms`, `5s`, or a variable that is one. */
export const duration = z
  .string()
  .regex(/^(\d+(ms|s)|\$\{[^}]+\})$/, { error: "a duration is written such as 250ms or 5s" });

type Refinement = { addIssue(issue: { code: "custom"; path: PropertyKey[]; message: string }): void };

/** Adds a fault for each of the keys that is there. */
export function refuseKeys(value: object, ctx: Refinement, keys: readonly string[], why: string): void {
  for (const key of keys)
    if (key in value) ctx.addIssue({ code: "custom", path: [key], message: `"${key}" ${why}` });
}

/** Adds a fault unless the key is there. */
export function requireKey(value: object, ctx: Refinement, key: string): void {
  if (!(key in value)) ctx.addIssue({ code: "custom", path: [], message: `"${key}" is missing` });
}

/** Adds a fault unless exactly one of the keys is there. */
export function requireOne(value: object, ctx: Refinement, keys: readonly string[]): void {
  const found = keys.filter((key) => key in value);
  if (found.length === 1) return;
  const there = found.length === 0 ? "" : `, not ${found.join(" and ")}`;
  ctx.addIssue({ code: "custom", path: [], message: `it must have one of ${keys.join(", ")}${there}` });
}

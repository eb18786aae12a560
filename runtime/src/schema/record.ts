import { wordInstead } from "@theseus/kit";
import { z } from "zod";

/** A map with these keys and no others; one that is not known is refused with the nearest that is. */
export function record<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `"${key}" is not a key here${wordInstead(key, known)}`).join("\n")
        : undefined,
  });
}

/** A key that may be left out. */
export const optional = z.exactOptional;

import type { z } from "zod";
import { record } from "../../schema/record.js";
import type { Transformation } from "../transformation.js";

/** A transformation that a mutant's file has to tell more of, under `with`. */
export interface Parametrised {
  readonly parameters: z.ZodObject;
  /** Throws when the values do not fit the parameters' schema. */
  make(values: unknown): Transformation;
}

export function parametrised<S extends z.ZodRawShape>(
  shape: S,
  make: (values: z.output<z.ZodObject<S, z.core.$strict>>) => Transformation,
): Parametrised {
  const parameters = record(shape);
  return { parameters, make: (values) => make(parameters.parse(values)) };
}

/** Transformations by name: those that need no more, and those that do. */
export type Transformations = Readonly<Record<string, (() => Transformation) | Parametrised>>;

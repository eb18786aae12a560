import { record } from "@theseus/runtime/schema";
import type { z } from "zod";
import type { Transformation } from "../transformation.js";

/** A transformation with parameters, which a mutant's file gives under `with`. */
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

/** Transformations by name, without and with parameters. */
export type Transformations = Readonly<Record<string, (() => Transformation) | Parametrised>>;

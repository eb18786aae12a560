import { type GeneratedMutant, shown } from "./generated-mutant.js";

/** Reads what a generator writes: one JSON object a line, whose `content` is base64. */
export function readMutants(output: string): readonly GeneratedMutant[] {
  const lines = output.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { before, after, content, ...rest } = JSON.parse(line) as Written;
    return { ...rest, before: shown(before), after: shown(after), content: Buffer.from(content, "base64") };
  });
}

type Written = Omit<GeneratedMutant, "content"> & { readonly content: string };

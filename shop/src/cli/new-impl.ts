import { basename, relative } from "node:path";
import { topology } from "../topology.js";

export interface NewImplFlags {
  readonly lang: string;
  readonly dir?: string;
}

export async function newImpl(
  checkout: string,
  service: string,
  { lang, dir }: NewImplFlags,
): Promise<number> {
  const { newImplementation } = await import("@theseus/runtime/scaffold");
  const folder = newImplementation({
    checkout,
    topology,
    service,
    language: lang,
    ...(dir === undefined ? {} : { folder: dir }),
  });
  console.log(`${relative(process.cwd(), folder)} builds, starts, and answers every RPC with UNIMPLEMENTED.
  what is missing:  npx theseus-conformance run --service ${service} --impl ${basename(folder)}
  how to go on:     ${relative(process.cwd(), folder)}/README.md and docs/bring-your-own.md`);
  return 0;
}

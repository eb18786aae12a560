import { documentCases } from "../cases/document-cases.js";
import { findWorld, servicesWithWorlds } from "./find-world.js";

const [BEGIN, END] = ["<!-- made from the schemas: npm run docs -w conformance -->", "<!-- end -->"];

/** The README with its tables of what cases can say as the schemas have it now. */
export async function documentReadme(readme: string): Promise<string> {
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`the README has no ${BEGIN} … ${END}`);
  const worlds = await Promise.all(
    servicesWithWorlds().map(async (service) => [service, (await findWorld(service)).schema] as const),
  );
  const special = worlds.flatMap(([service, schema]) =>
    schema === undefined ? [] : [[service, schema] as const],
  );
  const tables = documentCases(new Map(special));
  return `${readme.slice(0, before)}${BEGIN}\n\n${tables}\n\n${readme.slice(after)}`;
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { documentReadme } from "../src/run/document-readme.js";
import { findWorld, servicesWithWorlds } from "../src/run/find-world.js";
import { loadSuite } from "../src/run/load-suite.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));

describe("the worlds of services", () => {
  it("are those of the services with cases", () => {
    const folders = readdirSync(join(folder, "cases"), { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    );
    const services = folders.map(({ name }) => name).filter((name) => name !== "protocol");
    expect([...servicesWithWorlds()].sort()).to.deep.equal(services.sort());
  });

  it("each say by which method cases of all services read, and as whom", async () => {
    for (const service of servicesWithWorlds()) {
      const { variables } = await findWorld(service);
      expect(variables, service).to.include.keys("read", "reader");
    }
  });

  it("have cases, clauses and exceptions that are all as their schemas want them", async () => {
    for (const service of servicesWithWorlds())
      expect(loadSuite(folder, service, await findWorld(service)).cases, service).not.to.be.empty;
  });

  it("are all that knows services by their names", () => {
    // `user` is also who a call can be for.
    const names = servicesWithWorlds().filter((name) => name !== "user");
    const known = new RegExp(`\\b(${names.join("|")})\\b`, "i");
    const files = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts"));
    const knowing = sources.filter((file) => known.test(readFileSync(join(folder, "src", file), "utf8")));
    expect(knowing).to.deep.equal([]);
  });
});

describe("the README", () => {
  it("names files that there are", () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const named = [...readme.matchAll(/`((?:[a-z]+\/)+[a-z-]+\.ts)`/g)].map(([, path]) => String(path));
    expect(named).to.have.length.above(10);
    expect(named.filter((path) => !existsSync(join(folder, "src", path)))).to.deep.equal([]);
  });

  it("has the tables of what cases can say, as the schemas have it", async () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(readme, "npm run docs -w conformance").to.equal(await documentReadme(readme));
  });
});

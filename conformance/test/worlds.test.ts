import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findWorld, servicesWithWorlds } from "../src/run/find-world.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));

describe("the worlds of services", () => {
  it("are those of the services with cases", () => {
    const services = readdirSync(join(folder, "cases")).filter((name) => name !== "protocol");
    expect([...servicesWithWorlds()].sort()).to.deep.equal(services.sort());
  });

  it("each say by which method cases of all services read, and as whom", async () => {
    for (const service of servicesWithWorlds()) {
      const { variables } = await findWorld(service);
      expect(variables, service).to.include.keys("read", "reader");
    }
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

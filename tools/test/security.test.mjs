import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { billOfMaterials } from "../sbom.mjs";

const ROOT = join(import.meta.dirname, "../..");
/** @param {string} file */
const read = (file) => readFileSync(join(ROOT, file), "utf8");

describe("SECURITY.md", () => {
  const table = read("SECURITY.md").split("## OWASP")[1] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| API"));

  it("has a row for each of the ten risks, with a test or a case", () => {
    expect(rows.map((row) => /^\| (API\d+) /.exec(row)?.[1])).to.deep.equal(
      Array.from({ length: 10 }, (_, i) => `API${i + 1}`),
    );
    for (const row of rows) expect(row).to.match(/`[^`]+(: |\/)[^`]+`/);
  });

  it("names cases that the conformance suite has", () => {
    const cases = join(ROOT, "conformance/cases");
    const files = readdirSync(cases, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".yaml"),
    );
    const there = files.flatMap((file) =>
      [...readFileSync(join(cases, file), "utf8").matchAll(/^- case: (\S+)$/gm)].map(([, name]) => name),
    );
    const named = [...table.matchAll(/case `([^`]+)`/g)].map(([, name]) => name);
    expect(named).to.have.length.above(10);
    expect(named.filter((name) => !there.includes(name))).to.deep.equal([]);
  });

  it("names tests that there are", () => {
    const named = [...table.matchAll(/`([^`:]+\.test\.ts): ([^`]+)`/g)];
    expect(named).to.have.length.above(5);
    const missing = named.filter(([, file = "", title = ""]) => !read(file).includes(`it("${title}"`));
    expect(missing.map(([all]) => all)).to.deep.equal([]);
  });
});

describe("npm run sbom", () => {
  it("lists the packages of every language, each once", () => {
    const bill = billOfMaterials();
    expect(bill).to.include({ bomFormat: "CycloneDX" });
    const refs = bill.components.map((component) => component["bom-ref"]);
    expect(new Set(refs).size).to.equal(refs.length);
    const purls = bill.components.map(({ purl }) => purl);
    for (const wanted of [
      /^pkg:npm\/%40grpc\/grpc-js@1\./,
      /^pkg:golang\/google\.golang\.org\/grpc@v1\./,
      /^pkg:pypi\/grpcio@1\./,
      /^pkg:pypi\/secantusdb@/,
      /^pkg:maven\/io\.grpc\/grpc-netty@1\./,
    ]) {
      expect(
        purls.some((purl) => wanted.test(purl)),
        String(wanted),
      ).to.equal(true);
    }
  });
});

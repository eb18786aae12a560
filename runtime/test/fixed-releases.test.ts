import { readFileSync } from "node:fs";
import { expect } from "chai";
import { envoy, isFixed, mongod, type Product, redis, valkey } from "../src/provision/fixed-releases.js";

describe("a program on PATH", () => {
  const versions: readonly (readonly [product: Product, good: readonly string[], bad: readonly string[]])[] =
    [
      [
        redis,
        ["7.2.16", "7.4.12", "8.2.9", "8.10.1", "8.12.0", "9.0.0"],
        ["6.2.24", "7.0.15", "7.2.15", "7.4.6", "8.0.9", "8.2.2", "8.10.0"],
      ],
      [valkey, ["7.2.14", "8.0.11", "9.1.2", "9.2.0"], ["7.2.13", "8.0.6", "8.1.4", "9.0.5", "9.1.1"]],
      [
        mongod,
        ["6.0.30", "7.0.48", "8.0.37", "8.3.16", "9.0.7", "9.1.0"],
        ["5.0.0", "7.0.28", "8.0.17", "8.2.11", "9.0.6"],
      ],
      [envoy, ["1.39.1", "1.40.0"], ["1.39.0", "1.38.4"]],
    ];
  for (const [product, good, bad] of versions) {
    it(`is taken as ${product.name} from the release on that fixes its line`, () => {
      expect(good.filter((version) => !isFixed(version, product))).to.deep.equal([]);
      expect(bad.filter((version) => isFixed(version, product))).to.deep.equal([]);
    });
  }

  it("is told apart by what it says, Valkey as redis-server too", () => {
    const says = (text: string) =>
      [redis, valkey, mongod, envoy].flatMap(({ name, pattern }) => {
        const version = pattern.exec(text)?.[1];
        return version === undefined ? [] : [`${name} ${version}`];
      });
    expect(says("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0")).to.deep.equal([
      "Redis 7.0.15",
    ]);
    expect(says("Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64")).to.deep.equal(["Valkey 9.1.2"]);
    expect(says("db version v8.0.4\nBuild Info: {")).to.deep.equal(["MongoDB 8.0.4"]);
    expect(says("envoy  version: 0123abc/1.40.0/Clean/RELEASE/BoringSSL")).to.deep.equal(["Envoy 1.40.0"]);
  });

  it("has the releases that the README names", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    for (const { name, fixed } of [redis, valkey, mongod, envoy])
      expect(readme).to.contain(`| ${name} | ${fixed.join(", ")} |`);
  });
});

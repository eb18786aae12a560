import { expect } from "chai";
import { Scope } from "../src/expectations/scope.js";

describe("variables", () => {
  it("are the same for the same name, and others in another case", () => {
    const [one, other] = [new Scope(), new Scope()];
    expect(one.fill(`\${id:a}`)).to.equal(one.fill(`\${id:a}`));
    expect(one.fill(`\${id:a}`)).not.to.equal(other.fill(`\${id:a}`));
    expect(one.fill(`\${id:a}`)).to.match(/^a-[a-z0-9-]+$/);
    expect(one.fill(`\${uuid:a}`)).to.equal(one.fill(`\${uuid:a}`));
    expect(one.fill(`\${uuid}`)).not.to.equal(one.fill(`\${uuid}`));
  });

  it("keep their type when they stand alone", () => {
    const scope = new Scope();
    scope.bind("n", 5);
    expect(scope.fill({ a: `\${n}`, b: `\${n}!` })).to.eql({ a: 5, b: "5!" });
  });

  it("are put into names of fields too", () => {
    const scope = new Scope();
    scope.bind("store", "REDIS_URL");
    const name = `\${store}_FILE`;
    expect(scope.fill({ [name]: `\${store}` })).to.eql({ REDIS_URL_FILE: "REDIS_URL" });
  });

  it("count while something is repeated", () => {
    const list = new Scope().fill({ $repeat: 3, value: { id: `x-\${n}` } });
    expect(list).to.eql([{ id: "x-0" }, { id: "x-1" }, { id: "x-2" }]);
  });

  it("make texts of so many characters, of any", () => {
    expect(new Scope().fill(`\${long:3}`)).to.equal("xxx");
    expect([...String(new Scope().fill(`\${long:3:🫖}`))]).to.eql(["🫖", "🫖", "🫖"]);
  });

  it("are a fault when nobody has bound them", () => {
    expect(() => new Scope().fill(`\${nobody}`)).to.throw(`\${nobody} is not bound`);
  });
});

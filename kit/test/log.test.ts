import { expect } from "chai";
import { createLog } from "../src/index.js";

describe("a log", () => {
  function logged(write: (log: ReturnType<typeof createLog>) => void): string {
    let text = "";
    write(createLog({ level: "info", name: "user", destination: { write: (line) => (text += line) } }));
    return text;
  }

  it("has one JSON object a line, time in ISO and level as a word", () => {
    const line: unknown = JSON.parse(logged((log) => log.info({ event: "x" }, "hello")));
    expect(line).to.include({ level: "info", name: "user", event: "x", msg: "hello" });
    expect(line)
      .to.have.property("time")
      .that.matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("shows no field that the contract marks as private, wherever it stands", () => {
    const person = { email: "s3cret", password: "s3cret", refreshToken: "s3cret", display_name: "Ann" };
    const text = logged((log) => log.info({ ...person, user: person, request: { user: person } }));
    expect(text).to.contain("Ann").and.not.contain("s3cret");
  });

  it("shows no credentials or addresses in the texts of errors, nor what drivers hang onto them", () => {
    const cause = new Error("connect mongodb://ann:s3cret@store:27017/user failed");
    const error = Object.assign(
      new Error('E11000 dup key: { email: "ann.s3cret@shop.example" }', { cause }),
      {
        keyValue: { email: "s3cret" },
        code: 11000,
      },
    );
    const text = logged((log) => log.error({ err: error }));
    expect(text).not.to.contain("s3cret");
    expect(JSON.parse(text)).to.have.nested.property("err.code", 11000);
    expect(JSON.parse(text))
      .to.have.nested.property("err.cause.message")
      .that.contains("@store:27017/user failed");
  });
});

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
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

  it("cuts long texts, never within a character", () => {
    for (const long of ["é".repeat(100_000), `x${"😀".repeat(50_000)}`, "😀".repeat(50_000)]) {
      const line: unknown = JSON.parse(logged((log) => log.info({ a: { b: [long] }, n: 1 })));
      expect(line).to.include({ n: 1, name: "user" });
      expect(line)
        .to.have.nested.property("a.b[0]")
        .that.matches(/^.{8190,8191}…$/)
        .and.matches(/[é😀]…$/u);
    }
  });

  it("keeps of a long line what it is about", () => {
    const long = "é".repeat(100_000);
    const text = logged((log) =>
      log.child({ request_id: "r-1" }).info({ event: "x", a: long, b: long, c: long }, long),
    );
    expect(Buffer.byteLength(text)).to.be.at.most(32_768);
    expect(JSON.parse(text))
      .to.include({ request_id: "r-1", event: "x", cut: true })
      .and.not.have.any.keys("a", "b");
  });

  it("does not end its process when it cannot be written, by a full disk or a reader that is gone", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const index = new URL("../src/index.js", import.meta.url).href;
    const script = `
      import { createLog } from ${JSON.stringify(index)};
      const log = createLog({ level: "info", name: "user" });
      for (let line = 0; line < 100; line += 1) log.info("nobody gets this");
      process.on("exit", () => console.error("it went on"));`;
    const command = [JSON.stringify(process.execPath), "--input-type=module", "-e", '"$0"'].join(" ");
    for (const shell of [`${command} >/dev/full`, `(sleep 0.2; ${command}) | true`]) {
      const { stderr } = await promisify(execFile)("/bin/sh", ["-c", shell, script]);
      expect(stderr).to.equal("it went on\n");
    }
  });
});

import { existsSync, readFileSync, statSync } from "node:fs";
import { expect } from "chai";
import { createLogRecorder, createScratchFolder, rejectionOf } from "../src/index.js";

describe("a scratch folder", () => {
  it("holds private files, and is gone at the end", () => {
    const folder = createScratchFolder();
    const json = folder.file("a.json", { sails: 3 });
    const text = folder.file("a.txt", "plain", 0o644);
    expect([readFileSync(json, "utf8"), readFileSync(text, "utf8")]).to.deep.equal(['{"sails":3}', "plain"]);
    expect([json, text].map((path) => statSync(path).mode & 0o777)).to.deep.equal([0o600, 0o644]);
    folder[Symbol.dispose]();
    expect(existsSync(folder.path)).to.equal(false);
  });
});

describe("a log recorder", () => {
  it("keeps records and text", () => {
    const log = createLogRecorder();
    log.destination.write('{"event":"a"}\n{"event":"b"}\n');
    log.destination.write('{"event":"c"}\n');
    expect(log.records.map(({ event }) => event)).to.deep.equal(["a", "b", "c"]);
    expect(log.text()).to.equal('{"event":"a"}\n{"event":"b"}\n{"event":"c"}\n');
  });
});

describe("rejectionOf", () => {
  it("gives the error of the type that is asked for", async () => {
    const error = new TypeError("no mast");
    expect(await rejectionOf(Promise.reject(error), TypeError)).to.equal(error);
  });

  it("rejects with any other error, and for a promise that resolves", async () => {
    const error = new RangeError("no more");
    expect(await rejectionOf(rejectionOf(Promise.reject(error), TypeError))).to.equal(error);
    const { message } = await rejectionOf(rejectionOf(Promise.resolve({ sails: 3 })));
    expect(message).to.equal("a rejection was expected, it gave { sails: 3 }");
  });
});

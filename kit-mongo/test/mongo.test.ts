import { ErrorReason, newId, StatusError } from "@theseus/kit";
import { type RunningStore, startMongo } from "@theseus/runtime";
import { type CuttableLink, eventually, linkTo, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { Long, MongoServerError } from "mongodb";
import { type Db, isFirst, type Mongo, type MongoOptions, openMongo } from "../src/index.js";

interface Row {
  readonly _id: string;
  readonly count?: unknown;
  readonly note?: string | undefined;
}

const rows = (db: Db) => db.collection<Row>("rows");

describe("openMongo", () => {
  let store: RunningStore;
  let link: CuttableLink;
  let prepared: number;
  before(async function () {
    this.timeout(180_000);
    store = await startMongo();
  });
  after(() => store[Symbol.asyncDispose]());
  beforeEach(async () => {
    link = await linkTo(store.url.replace(/\/[^/?]+\?/, `/${newId()}?`));
    prepared = 0;
  });
  afterEach(() => link[Symbol.asyncDispose]());

  const open = (options: Partial<MongoOptions> = {}): Mongo =>
    openMongo({
      url: link.url,
      name: "test",
      writes: true,
      prepare: async () => void prepared++,
      ...options,
    });

  const unavailable = async (mongo: Mongo) => {
    const { reason, message } = await rejectionOf(mongo.ping(), StatusError);
    expect([ErrorReason[reason], message]).to.deep.equal([
      "SERVICE_UNAVAILABLE",
      "the store cannot be reached now",
    ]);
  };

  it("prepares the database once, before the first of many operations", async () => {
    const seen: number[] = [];
    await using mongo = open();
    await Promise.all(Array.from({ length: 8 }, () => mongo.run(async () => seen.push(prepared))));
    expect(seen).to.deep.equal(Array(8).fill(1));
  });

  it("prepares nothing in standby, and does before the first operation after that", async () => {
    await using mongo = open({ writes: false });
    await mongo.ping();
    expect(prepared).to.equal(0);
    await mongo.reopen({ url: link.url, writes: true });
    expect(prepared).to.equal(1);
  });

  it("lets operations that are under way end when it is opened anew", async () => {
    await using mongo = open();
    let go: () => void = () => undefined;
    const slow = mongo.run(async (db) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return rows(db).countDocuments();
    });
    await mongo.ping();
    let reopened = false;
    const reopening = mongo.reopen({ url: link.url, writes: true }).then(() => {
      reopened = true;
    });
    await mongo.run((db) => rows(db).insertOne({ _id: "a" }));
    expect(reopened).to.equal(false);
    go();
    expect(await slow).to.equal(1);
    await reopening;
  });

  it("waits for a store that is not there yet, and prepares it then", async () => {
    await link.cut();
    await using mongo = open();
    await unavailable(mongo);
    await unavailable(mongo);
    await link.mend();
    await eventually("the store is reached", () => mongo.ping().then(() => true));
    expect(prepared).to.equal(1);
  });

  it("tries again to prepare what could not be prepared", async () => {
    let attempts = 0;
    await using mongo = open({
      prepare: async () => {
        attempts++;
        if (attempts === 1) link.drop();
        await Promise.resolve();
        if (attempts === 1) throw new Error("half done");
      },
    });
    expect((await rejectionOf(mongo.ping())).message).to.equal("half done");
    await mongo.ping();
    expect(attempts).to.equal(2);
  });

  it("comes back by itself when the store does, and prepares nothing again", async () => {
    await using mongo = open();
    await mongo.ping();
    await link.cut();
    await unavailable(mongo);
    await link.mend();
    await eventually("the store is reached", () => mongo.ping().then(() => true));
    expect(prepared).to.equal(1);
  });

  it("sends no write twice: one whose answer is lost is unavailable, and may have been carried out", async () => {
    await using mongo = open();
    await mongo.ping();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, at) => {
        if (at === 100) setImmediate(() => link.drop());
        return mongo
          .run((db) => isFirst(rows(db).insertOne({ _id: `r${at}` })))
          .catch((error: unknown) => error);
      }),
    );
    const lost = outcomes.filter((outcome) => outcome instanceof StatusError);
    expect(lost).not.to.deep.equal([]);
    expect(outcomes.filter((outcome) => outcome === true)).to.have.length(200 - lost.length);
  });

  it("tells whether a write was the first, and leaves the store's other refusals as they are", async () => {
    await using mongo = open();
    const insert = () => mongo.run((db) => isFirst(rows(db).insertOne({ _id: "one" })));
    expect([await insert(), await insert()]).to.deep.equal([true, false]);
    const refused = mongo.run((db) => db.command({ nonsense: 1 }));
    expect(await rejectionOf(refused, MongoServerError)).to.have.property("code", 59);
  });

  it("writes nothing for what is undefined, and reads 64-bit integers as asked", async () => {
    await using mongo = open();
    const count = Long.fromString("9007199254740993");
    await mongo.run((db) => rows(db).insertOne({ _id: "one", count, note: undefined }));
    await using exact = open({ useBigInt64: true });
    const read = (from: Mongo) => from.run((db) => rows(db).findOne({ _id: "one" }));
    expect(await read(exact)).to.deep.equal({ _id: "one", count: 9007199254740993n });
    expect(typeof (await read(mongo))?.count).not.to.equal("bigint");
  });

  it("connects no more once it is closed", async () => {
    const mongo = open();
    await mongo[Symbol.asyncDispose]();
    expect((await rejectionOf(mongo.ping(), StatusError)).reason).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect(prepared).to.equal(0);
  });
});

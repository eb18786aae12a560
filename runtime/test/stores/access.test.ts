import { expect } from "chai";
import { type FleetStores, startFleetStores, urlFor } from "./fleet-stores.js";
import { mongo } from "./mongo-command.js";
import { redis } from "./redis-command.js";

describe("whom a store lets in", function () {
  this.timeout(120_000);
  let stores: FleetStores;
  before(async () => {
    stores = await startFleetStores();
  });
  after(() => stores[Symbol.asyncDispose]());
  const ship = () => stores.urlOf("ship");
  const chart = () => stores.urlOf("chart");
  const inDatabase = (name: string) => chart().replace("/charts?", `/${name}?`);

  it("is nobody without a password of Redis, or with a wrong one", async () => {
    for (const command of [["PING"], ["KEYS", "*"], ["ACL", "SETUSER", "default", "on", "nopass", "+@all"]]) {
      expect(await redis(urlFor(ship()), ...command), command.join(" ")).to.match(/^-NOAUTH/);
    }
    const wrong = urlFor(ship(), { name: "ship", password: "wrong" });
    expect(await redis(wrong, "GET", "ship:argo")).to.match(/^-WRONGPASS/);
  });

  it("is Redis's service, for the commands and the keys of the topology alone", async () => {
    expect(await redis(ship(), "SET", "ship:argo", "afloat")).to.equal("+OK");
    expect(await redis(ship(), "GET", "ship:argo")).to.equal("$6\r\nafloat");
    for (const command of [
      ["GET", "port:iolcos"],
      ["DEL", "ship:argo"],
      ["KEYS", "*"],
      ["CONFIG", "GET", "*"],
      ["ACL", "LIST"],
      ["SHUTDOWN", "NOSAVE"],
    ]) {
      expect(await redis(ship(), ...command), command.join(" ")).to.match(/^-NOPERM/);
    }
  });

  it("lets Redis itself replay what its service has written, all of it", async () => {
    const script = "redis.call('SET', KEYS[1], 'Jason') return redis.call('SET', KEYS[2], 'Medea')";
    expect(await redis(ship(), "EVAL", script, "2", "ship:captain", "ship:guest")).to.equal("+OK");
    await stores.stop();
    await stores.start();
    expect(await redis(ship(), "GET", "ship:captain")).to.equal("$5\r\nJason");
    expect(await redis(ship(), "GET", "ship:guest")).to.equal("$5\r\nMedea");
  });

  it("is the supervisor, for Redis's health alone", async () => {
    const url = urlFor(ship(), (await stores.usersOf("ship")).supervisor);
    expect(await redis(url, "PING")).to.equal("+PONG");
    expect(await redis(url, "GET", "ship:argo")).to.match(/^-NOPERM/);
  });

  it("is Redis's reader, for those of the service's commands that write nothing, scripts included", async () => {
    expect(await redis(ship(), "SET", "ship:pinta", "afloat")).to.equal("+OK");
    const reader = stores.readUrlOf("ship");
    const read = "return redis.call('GET', 'ship:pinta')";
    for (const command of [
      ["GET", "ship:pinta"],
      ["EVAL", read, "0"],
    ]) {
      expect(await redis(reader, ...command), command.join(" ")).to.equal("$6\r\nafloat");
    }
    for (const command of [
      ["SET", "ship:pinta", "sunk"],
      ["EVAL", "return redis.call('SET', 'ship:pinta', 'sunk')", "0"],
      ["GET", "port:iolcos"],
      ["FLUSHALL"],
    ]) {
      expect(await redis(reader, ...command), command.join(" ")).to.match(
        /NOPERM|can't run this command|ACL/,
      );
    }
    expect(await redis(ship(), "GET", "ship:pinta")).to.equal("$6\r\nafloat");
  });

  it("is nobody without a password of MongoDB's protocol, or with a wrong one", async () => {
    const makeAdministrator = { createUser: "pelias", pwd: "pelias", roles: ["root"] };
    for (const command of [{ find: "charts" }, { listCollections: 1 }, { usersInfo: 1 }, makeAdministrator]) {
      expect(await mongo(urlFor(chart()), command)).to.match(/requires authentication/i);
    }
    const wrong = urlFor(chart(), { name: "chart", password: "wrong" });
    expect(await mongo(wrong, { find: "charts" })).to.match(/authentication failed/i);
  });

  it("is the service of MongoDB's protocol, for its own database alone", async () => {
    const insert = { insert: "charts", documents: [{ _id: "aegean" }] };
    expect(await mongo(chart(), insert)).to.equal("ok");
    for (const name of ["admin", "config", "local", "logs", "theseus_health"]) {
      for (const command of [{ find: "charts" }, insert, { dropDatabase: 1 }]) {
        expect(await mongo(inDatabase(name), command), name).to.match(/not authorized/i);
      }
    }
    for (const command of [{ usersInfo: 1 }, { createUser: "x", pwd: "x", roles: ["root"] }]) {
      expect(await mongo(inDatabase("admin"), command)).to.match(/not authorized/i);
    }
  });

  it("is the reader of MongoDB's protocol, who writes nothing and makes no index", async () => {
    const reader = stores.readUrlOf("chart");
    for (const command of [{ ping: 1 }, { find: "charts" }, { listCollections: 1 }]) {
      expect(await mongo(reader, command), JSON.stringify(command)).to.equal("ok");
    }
    for (const command of [
      { insert: "charts", documents: [{ _id: "styx" }] },
      { update: "charts", updates: [{ q: {}, u: { $set: { a: 1 } } }] },
      { delete: "charts", deletes: [{ q: {}, limit: 0 }] },
      { createIndexes: "charts", indexes: [{ key: { a: 1 }, name: "a" }] },
      { dropDatabase: 1 },
    ]) {
      expect(await mongo(reader, command), JSON.stringify(command)).to.match(/not authorized/i);
    }
    expect(await mongo(reader.replace("/charts?", "/logs?"), { find: "logs" })).to.match(/not authorized/i);
  });

  it("is no service whose store is another one", async () => {
    const { service } = await stores.usersOf("log");
    expect(await mongo(stores.urlOf("log"), { find: "charts" })).to.equal("ok");
    for (const user of [service, { ...service, name: "chart" }]) {
      expect(await mongo(urlFor(chart(), user), { find: "charts" })).to.match(/authentication failed/i);
    }
  });

  it("is the supervisor, for the health of MongoDB's protocol alone", async () => {
    const url = urlFor(chart(), (await stores.usersOf("chart")).supervisor);
    expect(await mongo(url, { find: "charts" })).to.match(/not authorized/i);
  });
});

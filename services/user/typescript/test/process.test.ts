import { renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSigningKey } from "@theseus/mesh/identity";
import {
  asUser,
  createScratchFolder,
  eventually,
  healthOf,
  identity,
  listening,
  type RunningProcess,
  runToEnd,
  type ScratchFolder,
  startProcess,
} from "@theseus/testing";
import { expect } from "chai";
import { decodeProtectedHeader } from "jose";
import {
  connect,
  inCollection,
  keyPairs,
  newEmail,
  outcome,
  PASSWORD,
  registration,
  tally,
} from "./support/running-user.js";
import { newDatabaseUrl } from "./support/store.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));
const IDENTITY = {
  TRUST_DOMAIN: identity.trustDomain,
  TOKEN_SUBJECT_PREFIX: identity.subjectPrefix,
  ADMIN_ROLE: identity.adminRole,
  TOKEN_ISSUER: identity.issuer,
  TOKEN_AUDIENCE: identity.audience,
};

describe("the user process", () => {
  let folder: ScratchFolder;
  let mongodbUrl: string;
  const started: RunningProcess[] = [];
  beforeEach(() => {
    folder = createScratchFolder();
    mongodbUrl = newDatabaseUrl();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process[Symbol.asyncDispose]()));
    folder[Symbol.dispose]();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
    const running = await startProcess([process.execPath, MAIN], {
      env: {
        LISTEN: "127.0.0.1:0",
        MONGODB_URL: mongodbUrl,
        SIGNING_KEYS: folder.file("keys.json", { keys: keyPairs }),
        PASSWORD_COST: "12",
        ...IDENTITY,
        ...env,
      },
    });
    started.push(running);
    return running;
  }

  const runWith = (env: Readonly<Record<string, string>>) =>
    runToEnd([process.execPath, MAIN], { env: { LISTEN: "127.0.0.1:0", MONGODB_URL: mongodbUrl, ...env } });

  it("shares one store with another: users, request ids, sessions, the administrator", async () => {
    const admin = { email: newEmail(), display_name: "Root", password: PASSWORD };
    const env = { BOOTSTRAP_ADMIN: folder.file("admin.json", admin) };
    const both = await Promise.all([start(env), start(env)]);
    const addresses = await Promise.all(both.map(async (each) => (await listening(each)).address));
    const [first, second] = addresses.map(connect);
    if (first === undefined || second === undefined) throw new Error("two were started");
    for (const address of addresses)
      await eventually("it serves", async () => (await healthOf(address)) === "SERVING");
    const admins = await inCollection(mongodbUrl, "users", (c) => c.countDocuments({ roles: "admin" }));
    expect(admins).to.equal(1);
    const request = registration();
    const answers = await Promise.all([first.createUser(request), second.createUser(request)]);
    expect(answers[0]).to.deep.equal(answers[1]);
    const { name, email } = answers[0];
    expect(await second.getUser({ name }, asUser(name))).to.deep.equal(answers[0]);
    const { refreshToken } = await first.signIn({ email, password: PASSWORD });
    const refreshed = await Promise.all(
      [first, second].map((client) => outcome(client.refreshSession({ refreshToken }))),
    );
    expect(tally(refreshed)).to.deep.equal({ OK: 1, SESSION_INVALID: 1 });
    for (const client of [first, second]) await client[Symbol.asyncDispose]();
    const exits = await Promise.all(both.map((each) => each.stop()));
    for (const exit of exits) expect(exit.code).to.equal(0);
  });

  it("says first where it listens, and then what else there is to say of its start", async () => {
    const running = await start();
    await running.line("the cost of passwords", (line) => line.includes('"password-cost"'));
    const [first, ...rest] = running.lines().map((line) => JSON.parse(line));
    expect(first).to.include({ event: "listening" });
    expect(rest.find(({ event }) => event === "password-cost")).to.include({ cost: 12, level: "warn" });
  });

  it("signs with the first key of a file that is replaced, publishes all, and stays with the last right one", async () => {
    const running = await start();
    const client = connect((await listening(running)).address);
    const keysOf = async () => (await client.getJsonWebKeySet({})).keys.map(({ kid }) => kid);
    const replaceBy = (content: unknown) =>
      renameSync(folder.file("next.json", content), join(folder.path, "keys.json"));
    const [first, second] = keyPairs;
    const third = createSigningKey();
    expect(await keysOf()).to.deep.equal([first.kid, second.kid]);
    replaceBy({ keys: [second, third, first] });
    await eventually("the keys are read again", async () => (await keysOf())[0] === second.kid);
    expect(await keysOf()).to.deep.equal([second.kid, third.kid, first.kid]);
    const request = registration();
    await client.createUser(request);
    const { accessToken } = await client.signIn({ email: request.user?.email ?? "", password: PASSWORD });
    expect(decodeProtectedHeader(accessToken).kid).to.equal(second.kid);
    replaceBy({ keys: [] });
    await running.line("the fault", (line) => line.includes('"variable":"SIGNING_KEYS"'));
    expect(await keysOf()).to.deep.equal([second.kid, third.kid, first.kid]);
    await client[Symbol.asyncDispose]();
  });

  it("names every fault of its configuration at once, without a secret, and exits with 78", async () => {
    const [key] = keyPairs;
    const { code, stdout } = await runWith({
      ...IDENTITY,
      LISTEN: "nowhere",
      MONGODB_URL: "mongodb://ada:lovelace@host",
      SIGNING_KEYS: folder.file("keys.json", { keys: [{ ...key, d: keyPairs[1].d }] }),
      BOOTSTRAP_ADMIN: folder.file("admin.json", { email: "root", display_name: "", password: "too short" }),
      PASSWORD_COST: "9",
      LOG_LEVEL: "loud",
      TRUST_DOMAIN: "https://theseus.local",
      TOKEN_ISSUER: "",
    });
    expect(code).to.equal(78);
    expect(namedIn(stdout)).to.deep.equal([
      ...["BOOTSTRAP_ADMIN", "LISTEN", "LOG_LEVEL", "MONGODB_URL", "PASSWORD_COST", "SIGNING_KEYS"],
      ...["TOKEN_ISSUER", "TRUST_DOMAIN"],
    ]);
    for (const hidden of ["lovelace", "too short", keyPairs[1].d]) expect(stdout).to.not.include(hidden);
  });

  it("refuses secrets that others may read, that are missing or that are no JSON", async () => {
    const { stdout } = await runWith({
      ...IDENTITY,
      SIGNING_KEYS: folder.file("keys.json", { keys: keyPairs }, 0o644),
      BOOTSTRAP_ADMIN: folder.file("admin.json", '{"password":"hunter2'),
    });
    expect(stdout).to.include("chmod 600").and.include("BOOTSTRAP_ADMIN").and.not.include("hunter2");
    const missing = await runWith({});
    expect(namedIn(missing.stdout)).to.deep.equal([
      ...["ADMIN_ROLE", "SIGNING_KEYS", "TOKEN_AUDIENCE", "TOKEN_ISSUER", "TOKEN_SUBJECT_PREFIX"],
      "TRUST_DOMAIN",
    ]);
  });
});

/** The variables that the lines of a failed start name, in the order of their names. */
function namedIn(stdout: string): readonly string[] {
  const lines = stdout
    .trim()
    .split("\n")
    .map((line): { readonly variable: string } => JSON.parse(line));
  return lines.map(({ variable }) => variable).sort();
}

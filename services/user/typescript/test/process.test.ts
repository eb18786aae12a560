import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, launch } from "@theseus/runtime";
import { expect } from "chai";
import {
  as,
  connect,
  inCollection,
  isServing,
  keyPairs,
  newEmail,
  outcome,
  PASSWORD,
  registration,
  tally,
  until,
} from "./running-user.js";
import { newDatabaseUrl } from "./store.js";

const main = fileURLToPath(new URL("../src/main.js", import.meta.url));

describe("the user process", () => {
  let folder: string;
  let mongodbUrl: string;
  const children: Child[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "user-"));
    mongodbUrl = newDatabaseUrl();
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  function secret(name: string, content: unknown, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode });
    return path;
  }

  async function start(name: string, admin: object): Promise<void> {
    const child = await launch({
      name,
      command: [process.execPath, main],
      cwd: dirname(main),
      env: {
        LISTEN: `unix:${join(folder, `${name}.sock`)}`,
        MONGODB_URL: mongodbUrl,
        SIGNING_KEYS: secret(`${name}-keys.json`, { keys: keyPairs }),
        BOOTSTRAP_ADMIN: secret(`${name}-admin.json`, admin),
      },
      readyWhen: { line: (line) => (line.includes('"listening"') ? JSON.parse(line) : undefined) },
      readyWithinMs: 20_000,
      stopWithinMs: 10_000,
    });
    children.push(child);
  }

  it("shares one store with another: users, request ids, sessions, the administrator", async function () {
    this.timeout(60_000);
    const admin = { email: newEmail(), display_name: "Root", password: PASSWORD };
    await Promise.all([start("a", admin), start("b", admin)]);
    const [first, second] = children.map(({ address }) => connect(address));
    if (first === undefined || second === undefined) throw new Error("two were started");
    await Promise.all(children.map(({ address }) => until(() => isServing(address))));
    const admins = await inCollection(mongodbUrl, "users", (c) => c.countDocuments({ roles: "admin" }));
    expect(admins).to.equal(1);
    const request = registration();
    const answers = await Promise.all([first.createUser(request), second.createUser(request)]);
    expect(answers[0]).to.deep.equal(answers[1]);
    const { name, email } = answers[0];
    expect(await second.getUser({ name }, as(name))).to.deep.equal(answers[0]);
    const { refreshToken } = await first.createSession({ email, password: PASSWORD });
    const refreshed = await Promise.all(
      [first, second].map((client) => outcome(client.refreshSession({ refreshToken }))),
    );
    expect(tally(refreshed)).to.deep.equal({ OK: 1, SESSION_INVALID: 1 });
    for (const client of [first, second]) await client[Symbol.asyncDispose]();
    const exits = await Promise.all(children.map((child) => child.stop()));
    for (const exit of exits) expect(exit.code).to.equal(0);
  });

  it("names every fault of its configuration at once, without a secret, and exits with 78", async () => {
    const [key] = keyPairs;
    const keys = secret("keys.json", { keys: [{ ...key, d: keyPairs[1].d }] });
    const admin = secret("admin.json", { email: "root", display_name: "", password: "too short" });
    const { code, stdout } = await runToEnd({
      LISTEN: "nowhere",
      MONGODB_URL: "mongodb://ada:lovelace@host",
      SIGNING_KEYS: keys,
      BOOTSTRAP_ADMIN: admin,
      LOG_LEVEL: "loud",
    });
    expect(code).to.equal(78);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const named = lines.map(({ variable }) => variable).sort();
    expect(named).to.deep.equal(["BOOTSTRAP_ADMIN", "LISTEN", "LOG_LEVEL", "MONGODB_URL", "SIGNING_KEYS"]);
    for (const hidden of ["lovelace", "too short", keyPairs[1].d]) expect(stdout).to.not.include(hidden);
  });

  it("refuses secrets that others may read, that are missing or that are no JSON", async () => {
    const { stdout } = await runToEnd({
      LISTEN: "127.0.0.1:0",
      MONGODB_URL: mongodbUrl,
      SIGNING_KEYS: secret("keys.json", { keys: keyPairs }, 0o644),
      BOOTSTRAP_ADMIN: secret("admin.json", '{"password":"hunter2'),
    });
    expect(stdout).to.include("chmod 600").and.include("BOOTSTRAP_ADMIN").and.not.include("hunter2");
    const missing = await runToEnd({ LISTEN: "127.0.0.1:0", MONGODB_URL: mongodbUrl });
    expect(missing.stdout).to.include("SIGNING_KEYS").and.not.include("BOOTSTRAP_ADMIN");
  });
});

function runToEnd(env: Readonly<Record<string, string>>): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main], { env }, (_error, stdout) => {
      resolve({ code: child.exitCode, stdout });
    });
  });
}

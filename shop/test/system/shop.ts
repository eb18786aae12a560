import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import {
  CardProviderClient,
  type LedgerEntry,
  type ListLedgerResponse,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { openAuthority } from "@theseus/mesh/identity";
import type { Endpoints, InstanceStatus, SystemStatus } from "@theseus/runtime/control";
import { peopleOf } from "../../src/seed/people.js";
import { topology } from "../../src/topology.js";

export const checkout = fileURLToPath(new URL("../../../..", import.meta.url));
export const theseusBin = join(checkout, "shop/bin/theseus.mjs");

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Instance {
  readonly name: string;
  readonly workload: string;
  readonly app: { readonly pid: number; readonly socket: string };
  readonly sidecarPid: number;
  readonly meshPort: number;
}

export interface Identity {
  readonly key: Buffer;
  readonly certificate: Buffer;
}

/** A shop of the tests' own, in a folder and on ports of its own, started as a person starts it. */
export class Shop implements AsyncDisposable {
  readonly home: string;
  readonly console: string[] = [];
  #process: ChildProcess | undefined;
  #status: SystemStatus | undefined;

  /** `variables` of its environment besides this process's. */
  constructor(
    home: string = mkdtempSync(join(tmpdir(), "theseus-shop-")),
    readonly variables: Readonly<Record<string, string>> = {},
  ) {
    this.home = home;
  }

  /** Starts the shop by the command line, or by `npm start`, and resolves when it is open. */
  async start(
    options: { readonly by?: "npm start"; readonly flags?: readonly string[] } = {},
  ): Promise<this> {
    const flags = ["--port", "0", ...(options.flags ?? [])];
    const command =
      options.by === undefined
        ? [theseusBin, "start", "--built", "typescript"]
        : ["npm", "start", "--silent", "--"];
    const program = options.by === undefined ? process.execPath : (command.shift() ?? "npm");
    const child = spawn(program, [...command, ...flags], {
      cwd: checkout,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    const open = new Promise<void>((resolve, reject) => {
      child.once("exit", (code) =>
        reject(new Error(`theseus start ended with ${code}:\n${this.console.join("\n")}`)),
      );
      for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output }).on("line", (line) => {
          this.console.push(line);
          if (line.startsWith("The shop is open")) resolve();
        });
      }
    });
    await open;
    this.#status = await this.status();
    return this;
  }

  /** Ends the shop as Ctrl-C does; the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get edge(): string {
    return this.endpoints.http;
  }

  /** Sockets for people with grpcurl, where the home leads to them. */
  get developer(): { readonly user: string; readonly inventory: string; readonly payment: string } {
    const socket = (name: string) => join(this.home, `grpc/${name}.sock`);
    return { user: socket("user"), inventory: socket("inventory"), payment: socket("payment") };
  }

  get administrator(): { email: string; password: string } {
    return JSON.parse(readFileSync(peopleOf(this.endpoints).admin, "utf8"));
  }

  get customer(): { email: string; password: string } {
    return JSON.parse(readFileSync(peopleOf(this.endpoints).customer, "utf8"));
  }

  get signingKeys(): string {
    return join(this.home, "secrets/signing/signing-keys.json");
  }

  get trustBundle(): string {
    return join(this.#identityFolder("gateway"), "ca.crt");
  }

  /** What one of the workload's instances shows; to an outside party that is named. */
  identityOf(workload: string, party?: string): Identity {
    const folder = this.#identityFolder(workload, party);
    return { key: readFileSync(join(folder, "tls.key")), certificate: readFileSync(join(folder, "tls.crt")) };
  }

  #identityFolder(workload: string, party?: string): string {
    const folder = join(this.home, "secrets/identity");
    const wanted = new RegExp(`^${workload}-\\d+${party === undefined ? "" : `-to-${party}`}$`);
    const name = readdirSync(folder).find((each) => wanted.test(each));
    if (name === undefined) throw new Error(`no instance of ${workload} has an identity`);
    return join(folder, name);
  }

  /** An identity of the right name by an authority of somebody else. */
  async foreignIdentity(): Promise<Identity> {
    const authority = await openAuthority(mkdtempSync(join(this.home, "foreign-")), { topology });
    const { privateKey, certificate } = await authority.issue("payment");
    return { key: Buffer.from(privateKey), certificate: Buffer.from(certificate) };
  }

  async status(): Promise<SystemStatus> {
    return JSON.parse((await this.theseus("status", "--json")).stdout);
  }

  /** Pairs of application and sidecar. */
  async instances(): Promise<readonly Instance[]> {
    const all = new Map((await this.status()).instances.map((status) => [status.instance, status]));
    return [...all.values()].flatMap((app) => {
      const sidecar = all.get(`${app.instance}-envoy`);
      return sidecar === undefined ? [] : [this.#instance(app, sidecar)];
    });
  }

  /** The provider's ledger, of one payment or of all, asked for as payment's sidecar would. */
  async ledger(paymentId = ""): Promise<readonly LedgerEntry[]> {
    const port = (await this.status()).instances.find(({ instance }) => instance === "provider")?.ports.tcp;
    const { key, certificate } = this.identityOf("payment", "provider");
    const authority = readFileSync(join(this.#identityFolder("payment", "provider"), "ca.crt"));
    const channel = credentials.createSsl(authority, key, certificate);
    const client = new CardProviderClient(`127.0.0.1:${port}`, channel, {
      "grpc.ssl_target_name_override": "card-provider.example",
    });
    const page = (pageToken: string) =>
      new Promise<ListLedgerResponse>((resolve, reject) => {
        client.listLedger({ paymentId, pageSize: 200, pageToken }, (error, answer) =>
          error === null ? resolve(answer) : reject(error),
        );
      });
    const entries: LedgerEntry[] = [];
    try {
      for (let pageToken = ""; ; ) {
        const answer = await page(pageToken);
        entries.push(...answer.entries);
        pageToken = answer.nextPageToken;
        if (pageToken === "") return entries;
      }
    } finally {
      client.close();
    }
  }

  /** Runs the command line against this shop. */
  theseus(...args: readonly string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [theseusBin, ...args],
        { env: this.environment() },
        (error, stdout, stderr) =>
          resolve({
            code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1,
            stdout,
            stderr,
          }),
      );
    });
  }

  /** Passwords cost little here: they are not what is tested. */
  environment(): NodeJS.ProcessEnv {
    return { PASSWORD_COST: "12", ...process.env, ...this.variables, THESEUS_HOME: this.home };
  }

  get endpoints(): Endpoints {
    if (this.#status?.endpoints === undefined) throw new Error("the shop is not open");
    return this.#status.endpoints;
  }

  #instance(app: InstanceStatus, sidecar: InstanceStatus): Instance {
    return {
      name: app.instance,
      workload: app.workload ?? "",
      app: { pid: app.pid ?? 0, socket: app.sockets.app ?? "" },
      sidecarPid: sidecar.pid ?? 0,
      meshPort: sidecar.ports.mesh ?? 0,
    };
  }
}

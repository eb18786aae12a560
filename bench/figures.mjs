// npm run figures — what a request costs: CPU time of every process of a running shop for a read and for a payment, and
// its memory. Reads /proc, so Linux only. The load is bounded: some hundred requests, a few at a time, on loopback.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const AT_ONCE = 8;

const status = JSON.parse(theseus("status", "--json"));
/** @type {{instance: string, pid: number}[]} */
const processes = status.instances.filter((/** @type {{pid?: number}} */ { pid }) => pid !== undefined);
const { http, secrets } = status.endpoints;
const token = await signIn(secrets.customer);
const admin = await signIn(secrets.admin);

await post("/v1/items/rope:addStock", { quantity: "100000" }, admin);
const read = () => send("GET", "/v1/items/rope");
await measure("warm-up", 500, read);
const reads = await measure("read (GET /v1/items/{item})", 4000, read);
await measure("warm-up", 50, pay);
const payments = await measure("payment (reserve and pay)", 300, pay);

console.log(
  `\n${"process".padEnd(22)} ${"memory".padStart(9)} ${"read".padStart(10)} ${"payment".padStart(10)}`,
);
for (const { instance, pid } of processes) {
  const memory = `${memoryMb(pid)} MB`.padStart(9);
  const cpu = [reads, payments].map((figures) => `${micros(figures, pid)} µs`.padStart(10));
  console.log(`${instance.padEnd(22)} ${memory} ${cpu.join(" ")}`);
}

/**
 * CPU seconds of each process, by pid, for so many requests.
 * @typedef {{count: number, cpu: Map<number, number>}} Figures
 */

/**
 * @param {string} what
 * @param {number} count
 * @param {() => Promise<unknown>} request
 * @returns {Promise<Figures>}
 */
async function measure(what, count, request) {
  const before = new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid)]));
  const started = performance.now();
  let left = count;
  const work = async () => {
    while (left-- > 0) await request();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - started) / 1000;
  if (what !== "warm-up") console.log(`${what}: ${count} in ${seconds.toFixed(1)} s, ${AT_ONCE} at once`);
  const used = (/** @type {number} */ pid) => cpuSeconds(pid) - (before.get(pid) ?? 0);
  return { count, cpu: new Map(processes.map(({ pid }) => [pid, used(pid)])) };
}

async function pay() {
  const order = await post("/v1/reservations", { lines: [{ item: "items/rope", quantity: 1 }] }, token);
  await post("/v1/payments", { reservation: order.name, cardToken: "card-ok" }, token);
}

/**
 * @param {string} file  e-mail address and password
 * @returns {Promise<string>} an access token
 */
async function signIn(file) {
  const { accessToken } = await post("/v1/sessions", JSON.parse(readFileSync(file, "utf8")));
  return String(accessToken);
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} [bearer]
 */
function post(path, body, bearer) {
  return send("POST", path, body, bearer);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {string} [bearer]
 * @returns {Promise<Record<string, unknown>>} the answer's JSON
 */
async function send(method, path, body, bearer) {
  const headers = {
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(http + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = /** @type {Record<string, unknown>} */ (await response.json());
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** @param {number} pid */
function cpuSeconds(pid) {
  const [, after = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = after.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** @param {number} pid */
function memoryMb(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

/**
 * @param {Figures} figures
 * @param {number} pid
 */
function micros({ count, cpu }, pid) {
  return Math.round(((cpu.get(pid) ?? 0) / count) * 1_000_000);
}

/** @param {string[]} args */
function theseus(...args) {
  return execFileSync(process.execPath, [join(ROOT, "mesh/bin/theseus.mjs"), ...args], { encoding: "utf8" });
}

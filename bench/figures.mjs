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
const processes = status.instances.filter(({ pid }) => pid !== undefined);
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
  const columns = [`${memoryMb(pid)} MB`, `${micros(reads, pid)} µs`, `${micros(payments, pid)} µs`];
  console.log(
    `${instance.padEnd(22)} ${columns[0].padStart(9)} ${columns[1].padStart(10)} ${columns[2].padStart(10)}`,
  );
}

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
  return { count, cpu: new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid) - before.get(pid)])) };
}

async function pay() {
  const order = await post("/v1/reservations", { lines: [{ item: "items/rope", quantity: 1 }] }, token);
  await post("/v1/payments", { reservation: order.name, cardToken: "card-ok" }, token);
}

async function signIn(file) {
  return (await post("/v1/sessions", JSON.parse(readFileSync(file, "utf8")))).accessToken;
}

function post(path, body, bearer) {
  return send("POST", path, body, bearer);
}

async function send(method, path, body, bearer) {
  const headers = { "content-type": "application/json", "idempotency-key": randomUUID() };
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
  const response = await fetch(http + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function memoryMb(pid) {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1];
  return Math.round(Number(kilobytes) / 1024);
}

function micros({ count, cpu }, pid) {
  return Math.round((cpu.get(pid) / count) * 1_000_000);
}

function theseus(...args) {
  return execFileSync(process.execPath, [join(ROOT, "shop/bin/theseus.mjs"), ...args], { encoding: "utf8" });
}

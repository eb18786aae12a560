// npm run figures — what a request costs: CPU time of every process of the running system for each kind of request that
// shop/bench/loads.mjs names, and its memory. Reads /proc, so Linux only. The load is bounded: some hundred requests, a few at
// a time, on loopback.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLoads } from "../shop/bench/loads.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const AT_ONCE = 8;

const status = JSON.parse(theseus("status", "--json"));
const processes = status.instances.filter(({ pid }) => pid !== undefined);

const measured = [];
for (const load of await openLoads(status.endpoints)) {
  await send(load.warmUp, load.request);
  measured.push({ name: load.name, ...(await measure(load)) });
}

const heads = ["memory", ...measured.map(({ name }) => name)];
console.log(`\n${row("process", heads)}`);
for (const { instance, pid } of processes) {
  console.log(row(instance, [`${memoryMb(pid)} MB`, ...measured.map((each) => `${micros(each, pid)} µs`)]));
}

async function measure({ title, count, request }) {
  const before = new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid)]));
  const started = performance.now();
  await send(count, request);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${title}: ${count} in ${seconds.toFixed(1)} s, ${AT_ONCE} at once`);
  return { count, cpu: new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid) - before.get(pid)])) };
}

async function send(count, request) {
  let left = count;
  const work = async () => {
    while (left-- > 0) await request();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function row(name, columns) {
  return [name.padEnd(22), ...columns.map((text) => text.padStart(10))].join(" ");
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

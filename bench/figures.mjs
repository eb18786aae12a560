// npm run figures — what a request costs: CPU time of every process of the running shop for each kind of request that
// shop/bench/loads.mjs names, and its memory. Reads /proc, so Linux only. The load is bounded: some hundred requests, a few at
// a time, on loopback.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLoads } from "../shop/bench/loads.mjs";

/** @import { Load } from "../shop/bench/loads.mjs" */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const AT_ONCE = 8;

const status = JSON.parse(theseus("status", "--json"));
/** @type {{instance: string, pid: number}[]} */
const processes = status.instances.filter((/** @type {{pid?: number}} */ { pid }) => pid !== undefined);

/** @type {Figures[]} */
const measured = [];
for (const load of await openLoads(status.endpoints, AT_ONCE)) {
  await send(load.warmUp, load.request);
  measured.push(await measure(load));
}

console.log(`\n${row("process", ["memory", ...measured.map(({ name }) => name)])}`);
for (const { instance, pid } of processes) {
  const cpu = measured.map((figures) => `${micros(figures, pid)} µs`);
  console.log(row(instance, [`${memoryMb(pid)} MB`, ...cpu]));
}

/**
 * CPU seconds of each process, by pid, for so many requests.
 * @typedef {{name: string, count: number, cpu: Map<number, number>}} Figures
 */

/**
 * @param {Load} load
 * @returns {Promise<Figures>}
 */
async function measure({ name, title, count, request }) {
  const before = new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid)]));
  const started = performance.now();
  await send(count, request);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${title}: ${count} in ${seconds.toFixed(1)} s, ${AT_ONCE} at once`);
  const used = (/** @type {number} */ pid) => cpuSeconds(pid) - (before.get(pid) ?? 0);
  return { name, count, cpu: new Map(processes.map(({ pid }) => [pid, used(pid)])) };
}

/**
 * @param {number} count
 * @param {() => Promise<unknown>} request
 */
async function send(count, request) {
  let left = count;
  const work = async () => {
    while (left-- > 0) await request();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/**
 * @param {string} name
 * @param {readonly string[]} columns
 */
function row(name, columns) {
  return [name.padEnd(22), ...columns.map((text) => text.padStart(10))].join(" ");
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
  return execFileSync(process.execPath, [join(ROOT, "shop/bin/theseus.mjs"), ...args], { encoding: "utf8" });
}

import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import type { Change } from "../changes/change.js";
import { Fault, UsageFault } from "../fault.js";
import type { Steering } from "../swap/swap-control.js";
import type { ChangeLine } from "./control-socket.js";

interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
}

/** Asks a supervisor. Rejects when nobody listens or the answer is not a success. */
export async function askControl(socket: string, method: "GET" | "POST", path: string): Promise<unknown> {
  const response = await ask(socket, { method, path }, 15_000);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  if ((response.statusCode ?? 500) < 300) return JSON.parse(body);
  throw new Error(`the supervisor answered ${response.statusCode}: ${body}`);
}

/**
 * Has a supervisor make a change, and tells what it tells.
 *
 * @throws Fault when it was not made
 */
export function askChange(socket: string, change: Change, say: (line: string) => void): Promise<void> {
  return follow(socket, { method: "POST", path: "/changes", body: change }, say);
}

/**
 * Has a supervisor hold, continue or end the swap that is under way, and tells what comes of it.
 *
 * @throws Fault when that makes no sense
 */
export function askSteering(socket: string, steering: Steering, say: (line: string) => void): Promise<void> {
  return follow(socket, { method: "POST", path: "/swap", body: steering }, say);
}

async function follow(socket: string, question: Question, say: (line: string) => void): Promise<void> {
  const response = await ask(socket, question);
  for await (const line of linesOf(response)) {
    if ("line" in line) say(line.line);
    if ("done" in line) return;
    if ("fault" in line) {
      const { problem, remedy, isUsage } = line.fault;
      throw isUsage ? new UsageFault(problem, remedy) : new Fault(problem, remedy);
    }
  }
  throw new Fault(
    "The supervisor ended before the change did.",
    "theseus status says what runs; theseus start takes over, and finishes or undoes the change.",
  );
}

/** They end with the supervisor, however that ends. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<ChangeLine> {
  try {
    for await (const text of createInterface({ input: response })) yield JSON.parse(text) as ChangeLine;
  } catch {
    // Cut off: what came so far is all there is.
  }
}

/** @param timeout  in milliseconds without a word of it; 0: as long as it takes */
function ask(socket: string, { method, path, body }: Question, timeout = 0): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // The agent that all share gives up after five seconds of silence.
    const call = request({ socketPath: socket, method, path, timeout, agent: false }, resolve);
    call.once("timeout", () => call.destroy(new Error("the supervisor does not answer")));
    call.once("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

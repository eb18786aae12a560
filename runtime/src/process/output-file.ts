import { spawnSync } from "node:child_process";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { createLineSplitter, type LineSplitter } from "./lines.js";

type TakeLines = (lines: readonly string[]) => void;

/**
 * What a process prints: a file that it appends to and that the supervisor reads. Unlike a pipe it takes lines also while
 * the supervisor stands still, and when there is no supervisor any more.
 */
export interface OutputFile extends Disposable {
  /** Standard output and standard error of the process. */
  readonly descriptor: number;
  /** Hands on lines as they come; the disposal hands on the rest. */
  follow(take: TakeLines): void;
}

interface OutputFileOptions {
  /** Told of what a process printed after its supervisor was killed. */
  readonly onLeft: TakeLines;
  /** The process that prints there runs already: nothing of the file is left out or given back before it is read. */
  readonly continues?: boolean;
  /** How much is read before its space on the disk is given back. Default 4 MiB. */
  readonly reclaimBytes?: number;
}

/** Opens the file anew; what nobody has read yet is handed on first. */
export function openOutputFile(path: string, options: OutputFileOptions): OutputFile {
  const { onLeft, reclaimBytes = 4 << 20 } = options;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const mark = `${path}.read`;
  const descriptor = openSync(path, "a+", 0o600);
  let offset = markedOffset(mark);
  let reclaimed = 0;
  let lines: LineSplitter | undefined;

  function read(to: LineSplitter): void {
    for (let chunk = readChunk(descriptor, offset); chunk.length > 0; chunk = readChunk(descriptor, offset)) {
      offset += chunk.length;
      to.write(chunk);
    }
  }

  function startAnew(): void {
    ftruncateSync(descriptor);
    offset = reclaimed = 0;
    writeMark(mark, offset);
  }

  function poll(to: LineSplitter): void {
    const before = offset;
    read(to);
    if (offset === before) return;
    writeMark(mark, offset);
    if (offset - reclaimed < reclaimBytes) return;
    reclaimed = offset;
    // Where no part of a file can be given back, a line that comes between these two calls is lost.
    if (!giveBack(path, offset) && fstatSync(descriptor).size === offset) startAnew();
  }

  if (options.continues !== true) {
    const left = createLineSplitter(onLeft);
    read(left);
    left.end();
    startAnew();
  }
  const timer = setInterval(() => {
    if (lines !== undefined) poll(lines);
  }, 50);
  timer.unref();
  return {
    descriptor,
    follow(take) {
      lines = createLineSplitter(take);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      if (lines !== undefined) read(lines);
      lines?.end();
      closeSync(descriptor);
      for (const file of [path, mark]) rmSync(file, { force: true });
    },
  };
}

function readChunk(descriptor: number, offset: number): Buffer {
  const chunk = Buffer.alloc(64 << 10);
  return chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, offset));
}

/** How far a supervisor that was killed had read. */
function markedOffset(mark: string): number {
  try {
    const offset = Number(readFileSync(mark, "utf8"));
    return Number.isSafeInteger(offset) ? offset : 0;
  } catch {
    return 0;
  }
}

function writeMark(mark: string, offset: number): void {
  try {
    writeFileSync(mark, String(offset), { mode: 0o600 });
  } catch {
    // The disk is full: lines may be read twice, and none is lost.
  }
}

/** Frees what has been read, below the lines that come meanwhile. Linux can do that. */
function giveBack(path: string, bytes: number): boolean {
  const range = ["--punch-hole", "--offset", "0", "--length", String(bytes)];
  return spawnSync("fallocate", [...range, path], { stdio: "ignore", timeout: 5_000 }).status === 0;
}

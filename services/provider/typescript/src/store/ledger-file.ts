import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { AsyncDisposableStack, ConfigError, ErrorReason, StatusError } from "@theseus/kit";
import { fromLine, type LedgerRecord, toLine } from "./ledger-record.js";

/** The ledger on the disk: lines are only added, and are durable once `settled` resolves. */
export interface LedgerFile extends AsyncDisposable {
  /** Takes a record at once; it is durable when a `settled` called afterwards resolves. */
  append(record: LedgerRecord): void;
  /** Resolves when all that was appended so far is on the disk; tries again what the disk has failed to take. */
  settled(): Promise<void>;
  /** Throws SERVICE_UNAVAILABLE while the disk fails: the memory has more than the file. */
  assertSound(): void;
}

export interface OpenedLedger {
  readonly file: LedgerFile;
  readonly records: readonly LedgerRecord[];
  /** Bytes of an incomplete last line; nothing of it was answered. */
  readonly dropped: number;
}

export async function openLedgerFile(path: string): Promise<OpenedLedger> {
  await using opened = new AsyncDisposableStack();
  const handle = opened.adopt(await openOrCreate(path), (each) => each.close());
  const bytes = await handle.readFile();
  const { records, soundBytes } = readLines(path, bytes);
  if (soundBytes < bytes.length) {
    await handle.truncate(soundBytes);
    await handle.sync();
  }
  opened.move();
  return { file: createFile(handle, soundBytes), records, dropped: bytes.length - soundBytes };
}

function createFile(handle: FileHandle, length: number): LedgerFile {
  let soundBytes = length;
  let waiting: string[] = [];
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let fault: StatusError | undefined;

  /** One write and one sync for all records that came during the previous batch. */
  async function writeBatch(): Promise<void> {
    await running.catch(() => undefined);
    const batch = waiting;
    waiting = [];
    running = write(batch);
    next = undefined;
    await running;
  }

  async function write(batch: readonly string[]): Promise<void> {
    const bytes = Buffer.from(batch.join(""));
    try {
      if (fault) await handle.truncate(soundBytes);
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (cause) {
      // Nothing of it counts: it is written again, in the same order.
      waiting = [...batch, ...waiting];
      fault = new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the ledger cannot be written", { cause });
      throw fault;
    }
    soundBytes += bytes.length;
    fault = undefined;
  }

  function assertSound(): void {
    if (fault) throw fault;
  }

  return {
    append: (record) => {
      assertSound();
      waiting.push(toLine(record));
    },
    settled: async () => {
      if (waiting.length > 0) next ??= writeBatch();
      await (next ?? running);
    },
    assertSound,
    [Symbol.asyncDispose]: async () => {
      await (next ?? running).catch(() => undefined);
      await handle.close();
    },
  };
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    const handle = await open(path, "a+", 0o600);
    const folder = await open(dirname(path), "r");
    await folder.sync().finally(() => folder.close());
    return handle;
  } catch (cause) {
    throw unusable(path, `cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** A crash may leave a last line incomplete, or unreadable: nothing of it was answered. */
function readLines(path: string, bytes: Buffer): { records: readonly LedgerRecord[]; soundBytes: number } {
  const records: LedgerRecord[] = [];
  let soundBytes = 0;
  for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", soundBytes)) {
    const record = fromLine(bytes.toString("utf8", soundBytes, end));
    if (record === undefined) {
      if (end === bytes.length - 1) break;
      throw unusable(path, `line ${records.length + 1} is damaged; restore the file from a copy`);
    }
    records.push(record);
    soundBytes = end + 1;
  }
  return { records, soundBytes };
}

function unusable(path: string, problem: string): ConfigError {
  return new ConfigError([{ variable: "LEDGER", given: path, problem }]);
}

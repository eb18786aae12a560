import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A disk of one's own that a test can fill. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Takes every last byte. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
}

/** Mounts a disk in an empty folder; undefined where nobody may mount, which is for root on Linux. */
export function createSmallDisk(path: string, mebibytes: number): SmallDisk | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const filling = join(path, "filling");
  return {
    path,
    fill() {
      for (let size = 1 << 20; size >= 1; size >>= 4) writeUntilItFails(filling, Buffer.alloc(size));
    },
    free: () => rmSync(filling, { force: true }),
    [Symbol.dispose]: () => execFileSync("umount", ["--lazy", path]),
  };
}

function writeUntilItFails(path: string, piece: Buffer): void {
  try {
    for (;;) writeFileSync(path, piece, { flag: "a" });
  } catch {
    // full for pieces of this size
  }
}

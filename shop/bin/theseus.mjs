#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(main)) {
  const { runCommandLine } = await import(main.href);
  process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
} else {
  console.error(
    "theseus is not built yet.\n  npm run build builds it; npm start builds and starts the shop.",
  );
  process.exitCode = 1;
}

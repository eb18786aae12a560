#!/usr/bin/env node
// Prints the OpenAPI document of proto/, comments included. With --write, into docs/openapi.json.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseContract } from "@theseus/kit/contract";
import { describeApi } from "../dist/src/openapi/document.js";
import { readRoutes } from "../dist/src/routes/read-routes.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const buf = [
  "node_modules/@bufbuild/buf/bin/buf",
  "build",
  "proto",
  "--as-file-descriptor-set",
  "-o",
  "-#format=binpb",
];
const bytes = execFileSync(process.execPath, buf, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
const contract = parseContract(bytes);
const text = `${JSON.stringify(describeApi(contract, readRoutes(contract)), null, 2)}\n`;
if (process.argv.includes("--write")) writeFileSync(`${root}docs/openapi.json`, text);
else process.stdout.write(text);

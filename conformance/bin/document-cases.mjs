#!/usr/bin/env node
// Prints the README with the tables of what cases can say, as the schemas have it. With --write, into README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { documentReadme } from "../dist/src/run/document-readme.js";

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const text = await documentReadme(readFileSync(path, "utf8"));
if (process.argv.includes("--write")) writeFileSync(path, text);
else process.stdout.write(text);

#!/usr/bin/env node
// npm run proof:faults and its like: see shop/proof/README.md.
import { runProof } from "../dist/proof/command/main.js";

process.exitCode = await runProof(process.argv.slice(2));

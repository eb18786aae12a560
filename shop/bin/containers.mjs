#!/usr/bin/env node
import { runContainerCommand } from "../dist/src/containers/main.js";

process.exitCode = await runContainerCommand(process.argv.slice(2));

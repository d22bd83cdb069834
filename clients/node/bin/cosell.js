#!/usr/bin/env node
// Runs the binary of this platform with the same arguments.
import { spawn } from "node:child_process";
import { findBinary } from "../dist/index.js";

const child = spawn(findBinary(), process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both; the binary decides when it ends.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`cosell: ${error.message}`);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
});

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/**
 * Returns the path of the binary: the environment variable COSELL, else the package of this platform,
 * else the PATH.
 */
export function findBinary(): string {
  if (process.env.COSELL) return process.env.COSELL;
  const program = process.platform === "win32" ? "cosell.exe" : "cosell";
  const name = `cosell-${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/${program}`);
  } catch {
    // On the PATH an npm script finds the launcher of this very package, which is no binary.
    for (const dir of (process.env.PATH ?? "").split(delimiter)) {
      if (dir && !dir.includes("node_modules") && existsSync(join(dir, program))) return join(dir, program);
    }
  }
  throw new Error(
    `no binary of Cosell for ${process.platform} on ${process.arch}: install the package ${name}, ` +
      "or name a binary in the environment variable COSELL",
  );
}

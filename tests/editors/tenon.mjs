// The program, in an empty environment.

import { spawnSync } from "node:child_process";

/** Runs it; throws unless it ends with one of `codes`. */
export function run({ tenon, folder }, words, { cwd = folder, codes = [0] } = {}) {
  const done = spawnSync(tenon, words, {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
  });
  if (!codes.includes(done.status)) {
    throw new Error(`tenon ${words.join(" ")} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  }
  return done;
}

// pnpm loads this file before anything else: the one place from which a first run can say what it is about to do.
const { existsSync, mkdirSync } = require("node:fs")

if (!existsSync("node_modules")) {
  // Made here because one first run loads this file several times, and the line should be said once.
  mkdirSync("node_modules")
  console.error("Fetching Node 26 and the libraries from npm into node_modules: about 590 MB, a minute at most, once.")
}

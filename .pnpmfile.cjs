// pnpm loads this file before anything else: the one place from which a first run can say what it is about to do.
const { existsSync, mkdirSync } = require("node:fs")

if (!existsSync("node_modules")) {
  // Made here because one first run loads this file several times, and the line should be said once.
  mkdirSync("node_modules")
  console.error("Fetching Node 26 and the libraries from npm into node_modules: about 520 MB, a minute at most, once.")

  // Only compilers bring it, and without it Node says no more than that it cannot be started.
  const folders = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"]
  const arch = { x64: "x86_64", arm64: "aarch64" }[process.arch]
  const places = folders.flatMap((folder) => [folder, `${folder}/${arch}-linux-gnu`])
  if (process.platform === "linux" && !places.some((place) => existsSync(`${place}/libatomic.so.1`)))
    console.error(
      "Node 26 needs libatomic, which seems to be missing: apt-get install libatomic1, or dnf install libatomic.",
    )
}

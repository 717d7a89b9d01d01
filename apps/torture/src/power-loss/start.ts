// Starts on a database as the service does, says beside it that it has started, and stops: node start.ts <file>
import { linesBeside } from "./lines.ts"
import { restart } from "./restart.ts"

const [file = ""] = process.argv.slice(2)
const say = linesBeside<{ readonly started: true }>(file)
await restart(file, () => say({ started: true }))

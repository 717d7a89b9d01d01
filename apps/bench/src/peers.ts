import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { credential } from "./requests.ts"
import { type Launch, type Server, start } from "./server.ts"

const FOLDER = fileURLToPath(new URL("../peers", import.meta.url))

const run = promisify(execFile)

/** What `creates ÷ peer` is to reach. */
export interface Peer {
  readonly name: string
  readonly main: string
  readonly goal: number
}

const PEERS: ReadonlyArray<Peer> = [
  { name: "Fastify + Drizzle", main: "src/fastify-drizzle.ts", goal: 8 },
  { name: "NestJS + TypeORM", main: "dist/nestjs-typeorm.js", goal: 12 },
]
const PRISMA: Peer = { name: "Fastify + Prisma 7", main: "src/fastify-prisma.ts", goal: 20 }

/** What package.json pins of the stacks that are compared. */
export const peerVersions = (): string => {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8"))
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${String(version)}`)
    .join(" · ")
}

/** Installs the peers, and answers those that can run here. */
export const installPeers = async (say: (line: string) => void): Promise<ReadonlyArray<Peer>> => {
  const npm = (args: ReadonlyArray<string>, env = {}) =>
    run("npm", args, { cwd: FOLDER, env: { ...process.env, ...env } })
  if (!existsSync(join(FOLDER, "node_modules/.package-lock.json"))) {
    say("peers: npm ci in apps/bench/peers, once")
    await npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
  }
  await npm(["run", "build"])
  try {
    // Generating needs no engine since Prisma 7, yet its command line would download one that is not given: any file does.
    await npm(["run", "generate"], { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" })
    return [...PEERS, PRISMA]
  } catch (error) {
    say(`peers: without Prisma, its client cannot be generated here: ${(error as Error).message.split("\n")[0]}`)
    return PEERS
  }
}

export interface PeerServer extends Server {
  readonly file: string
}

/** A peer on a new file. */
export const startPeer = async ({ main }: Peer, folder: string, launch: Launch = {}): Promise<PeerServer> => {
  const file = join(await mkdtemp(join(folder, "peer-")), "peer.db")
  const env = { PEER_DATABASE: file, PEER_TOKEN: credential.token, PEER_SECRET: credential.secret, ...launch.env }
  return { ...(await start(join(FOLDER, main), `${file}.log`, { ...launch, env })), file }
}

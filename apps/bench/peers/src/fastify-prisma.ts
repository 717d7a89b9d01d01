import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3"
import { PrismaClient } from "../generated/client.ts"
import { listen } from "./fastify.ts"
import { primaryOf } from "./phone-number.ts"
import { ACCOUNT_ID, file, sayWhere } from "./settings.ts"
import { makeTables } from "./tables.ts"

makeTables(file)
const prisma = new PrismaClient({
  adapter: new PrismaBetterSqlite3({ url: `file:${file}` }),
  // With 64 connections and one transaction at a time, its own two seconds are not always enough.
  transactionOptions: { maxWait: 30_000, timeout: 30_000 },
})
await prisma.$queryRawUnsafe("PRAGMA synchronous = FULL")
await prisma.$queryRawUnsafe("PRAGMA foreign_keys = ON")

const url = await listen((clientId, items, rows) =>
  prisma.$transaction(async (tx) => {
    const client = await tx.client.findFirst({ where: { id: clientId, accountId: ACCOUNT_ID }, select: { id: true } })
    if (client === null) return undefined
    const { index, onlyIfFirst } = primaryOf(items)
    const taken =
      onlyIfFirst && (await tx.phoneNumber.findFirst({ where: { clientId }, select: { id: true } })) !== null
    const primary = taken ? -1 : index
    if (primary >= 0) {
      const { updatedAt } = rows[primary]!
      await tx.phoneNumber.updateMany({ where: { clientId, isPrimary: true }, data: { isPrimary: false, updatedAt } })
    }
    const data = rows.map((row, at) => ({ ...row, isPrimary: at === primary }))
    const [first, ...more] = data
    if (first !== undefined && more.length === 0) return [await tx.phoneNumber.create({ data: first })]
    const stored = await tx.phoneNumber.createManyAndReturn({ data })
    return stored.toSorted((a, b) => a.id - b.id)
  }),
)
const pragma = async (name: string) =>
  Object.values((await prisma.$queryRawUnsafe<Array<object>>(`PRAGMA ${name}`))[0] ?? {})[0]
sayWhere(url, await pragma("journal_mode"), await pragma("synchronous"))

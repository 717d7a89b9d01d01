import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import { fdatasync, openSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { DatabaseSync } from "node:sqlite"
import type { PhoneNumberInput } from "@phonebook/contract"
import { readTelephoneNumber, type TelephoneNumber } from "@phonebook/domain"
import { Result } from "effect"
import { credential } from "./requests.ts"

// The least that a durable create can be in one process of Node on SQLite: signature, JSON, number, the same rows and
// indexes, one sync for many. It trusts its caller in all else: no Hono, no Effect program, no schema, no refusal, no turns, no
// savepoint, no log, no metrics, no idempotency, and checkpoints in its event loop.

const file = process.argv[2]!
const database = new DatabaseSync(file)
database.exec(
  "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 8192",
)
const log = openSync(`${file}-wal`, "r+")
const begin = database.prepare("BEGIN IMMEDIATE")
const commit = database.prepare("COMMIT")
const findClient = database.prepare("SELECT phone_number_count AS count FROM clients WHERE id = ? AND account_id = 1")
const countOne = database.prepare(
  "UPDATE clients SET phone_number_count = phone_number_count + 1, version = version + 1 WHERE id = ?",
)
const insert = database.prepare(
  `INSERT INTO phone_numbers
   (client_id, label, country_code, number, raw_number, extension, e164, typed, is_primary, version, updated_at)
   VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?, 1, ?)`,
)

interface Creation {
  readonly clientId: number
  readonly input: PhoneNumberInput
  readonly number: TelephoneNumber
  readonly response: ServerResponse
  id: number
}

let [waiting, committed]: [Array<Creation>, Array<Creation>] = [[], []]
let [scheduled, syncing] = [false, false]

const create = (creation: Creation): void => {
  const { clientId, input, number } = creation
  const isFirst = findClient.get(clientId)!["count"] === 0
  countOne.run(clientId)
  const { countryCode, rawNumber, e164 } = number
  const values = [input.label ?? null, countryCode, number.number, rawNumber, e164, String(input.number)]
  const { lastInsertRowid } = insert.run(clientId, ...values, isFirst ? 1 : 0, Math.floor(Date.now() / 1000))
  creation.id = Number(lastInsertRowid)
}

const turn = (): void => {
  scheduled = false
  if (waiting.length > 0) {
    begin.run()
    waiting.forEach(create)
    commit.run()
    committed.push(...waiting)
    waiting = []
  }
  if (syncing || committed.length === 0) return
  const group = committed
  committed = []
  syncing = true
  fdatasync(log, (error) => {
    if (error) throw error
    syncing = false
    group.forEach(answer)
    turn()
  })
}

const answer = ({ id, clientId, input, number, response }: Creation): void => {
  const phoneNumber = {
    id,
    url: `/clients/${clientId}/phone_numbers/${id}`,
    country_code: number.countryCode,
    raw_number: number.rawNumber,
    number: number.number,
    extension: null,
    label: input.label,
    updated_at: `${new Date().toISOString().slice(0, 19)}Z`,
  }
  const text = JSON.stringify({ current_page: 1, per_page: 100, total_entries: 1, phone_numbers: [phoneNumber] })
  response
    .writeHead(201, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text)
}

const key = createSecretKey(Buffer.from(credential.secret))

const serve = ({ url, headers }: IncomingMessage, body: Buffer, response: ServerResponse): void => {
  const signature = createHmac("sha256", key).update(`POST ${headers.host}${url}?`).update(body).digest()
  if (!timingSafeEqual(signature, Buffer.from(String(headers["x-signature"]), "base64"))) throw new Error("not signed")
  const input: PhoneNumberInput = JSON.parse(body.toString()).phone_numbers[0]
  const number = Result.getOrThrow(readTelephoneNumber({ number: String(input.number), countryCode: "1" }, "1"))
  waiting.push({ clientId: Number(url!.split("/")[3]), input, number, response, id: 0 })
  if (scheduled) return
  scheduled = true
  setImmediate(turn)
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => serve(request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), response))
})
server.listen(0, "127.0.0.1", () =>
  process.stderr.write(`The least listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
)

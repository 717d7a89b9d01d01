import { ClientChange, ClientsInput, PhoneNumberChange, PhoneNumbersInput } from "@phonebook/contract"
import { Arbitrary, Effect, type Schema } from "effect"
import * as fc from "fast-check"

const AWKWARD_ASCII = ["%", "%00", "'", '"', "\\", "{}", "null", "NaN", "-0", "1e400", "__proto__", "constructor"]
/** What breaks programs that were not written for it. */
export const awkwardText = fc.constantFrom(
  "9".repeat(400),
  "",
  " ",
  "\0",
  "\ud800",
  "\u2028",
  "\u202e",
  "é",
  "＋１",
  "🤷",
  ...AWKWARD_ASCII,
)
const awkward = fc.constantFrom(null, true, 0, -1, -0, 1.5, 1e21, 2 ** 53, [], {}, [[]], [null], { toString: 1 })
const anything = fc.oneof(awkward, awkwardText, fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: "binary" }))
const usually = <A>(valid: fc.Arbitrary<A>, weight = 9) =>
  fc.oneof({ arbitrary: valid as fc.Arbitrary<unknown>, weight }, anything)

export const written = fc.oneof(
  fc.constantFrom("504-555-0123", "+44 20 7946 0958", "541-555-0987 x5", "011 44 20 7946 0958", "+65 6123 4567"),
  fc.stringMatching(/^[2-9]\d{2}[ .-]?[2-9]\d{2}[ .-]?\d{4}$/u),
)
const scribbled = fc.oneof(fc.stringMatching(/^[+0]?[\d ()./x;#-]{0,30}$/u), fc.integer({ min: 0, max: 1e15 }))
const phoneNumber = fc.oneof(
  { arbitrary: fc.record({ number: written, label: fc.constantFrom("home", null) }), weight: 6 },
  fc.record(
    {
      label: usually(fc.string({ maxLength: 25 })),
      country_code: usually(fc.constantFrom("+1", "1", 1, "44", null, "0", "999")),
      number: usually(fc.oneof(written, scribbled)),
      extension: usually(fc.oneof(fc.stringMatching(/^\d{0,17}$/u), fc.nat())),
      is_primary: usually(fc.boolean()),
      id: usually(fc.nat(500)),
    },
    { requiredKeys: [] },
  ),
)
const phoneNumbers = usually(fc.array(usually(phoneNumber), { maxLength: 4 }))
const client = fc.record(
  { name: usually(fc.string({ maxLength: 300 })), phone_numbers: phoneNumbers },
  { requiredKeys: [] },
)
const tooMany = fc.constant({ phone_numbers: Array.from({ length: 101 }, () => ({ number: "504-555-0123" })) })

/** As the contract has it: its own schema says what is sent. */
const sentBy = (schema: Schema.Codec<unknown>): fc.Arbitrary<unknown> => {
  const arbitrary = Arbitrary.schema(schema)
  return fc.nat().map((seed) => Effect.runSync(Arbitrary.sampleEffect(arbitrary, { seed, count: 1 }))[0])
}

export const newPhoneNumbers = fc.oneof(
  { arbitrary: fc.record({ phone_numbers: phoneNumbers }), weight: 9 },
  tooMany,
  sentBy(PhoneNumbersInput),
)
export const newClients = fc.oneof(
  { arbitrary: fc.record({ clients: usually(fc.array(usually(client), { maxLength: 3 })) }), weight: 9 },
  sentBy(ClientsInput),
)
export const changedPhoneNumber = fc.oneof({ arbitrary: phoneNumber, weight: 9 }, sentBy(PhoneNumberChange))
export const changedClient = fc.oneof({ arbitrary: client, weight: 9 }, sentBy(ClientChange))

/** Some bytes taken out, and others put in their place. */
export const damaged = (whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.tuple(whole, fc.nat(), fc.nat(8), fc.uint8Array({ maxLength: 8 })).map(([bytes, place, length, others]) => {
    const start = place % (bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, start), others, bytes.subarray(start + length)])
  })

/** Some JSON on its way: mostly whole. */
export const carried = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer | undefined> => {
  const json = value.map((of) => Buffer.from(JSON.stringify(of) ?? ""))
  return fc.oneof({ arbitrary: json, weight: 12 }, { arbitrary: damaged(json), weight: 2 }, garbage)
}
export const garbage = fc.oneof(
  fc.constant(undefined),
  anything.map((value) => Buffer.from(JSON.stringify(value) ?? "")),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(2, 20_000).map((depth) => Buffer.from(`{"phone_numbers":${"[".repeat(depth)}${"]".repeat(depth)}}`)),
  fc.constant(Buffer.from(`{"phone_numbers":[${"{},".repeat(200_000)}{}]}`)),
)

import { assert, describe, it } from "@effect/vitest"
import {
  type ClientId,
  type PhoneNumber,
  type PhoneNumberDraft,
  type PhoneNumberId,
  readPhoneNumberDraft,
} from "../src/index.ts"
import { readChange } from "../src/phone-number-change.ts"

const stored = (draft: PhoneNumberDraft): PhoneNumber => {
  const { phoneNumber } = readPhoneNumberDraft(draft, "1")
  if (phoneNumber === null) throw new Error("The draft is invalid")
  return Object.assign(
    { id: 7 as PhoneNumberId, clientId: 1 as ClientId, isPrimary: false, updatedAt: 0, version: 1 },
    phoneNumber,
  )
}
const record = stored({ label: "home", number: "541-555-0123", extension: "5" })

const shownAfter = (draft: PhoneNumberDraft, of = record) => {
  const { shown, violations } = readChange(of, draft)
  return violations.length > 0 ? violations.map(({ field, code }) => `${field} ${code}`) : Object.values(shown)
}

describe("readChange", () => {
  const before = ["home", "1", "541-555-0123", "5550123", "5"]
  it.each<[string, PhoneNumberDraft, Array<string | null>]>([
    ["nothing", {}, before],
    ["the record as it was shown", { label: "home", countryCode: "1", number: "541-555-0123", extension: "5" }, before],
    ["the code with its plus", { countryCode: "+1" }, before],
    ["a null code, which says nothing", { countryCode: null }, before],
    ["another label", { label: " work " }, ["work", "1", "541-555-0123", "5550123", "5"]],
    ["a null label, which clears", { label: null }, [null, "1", "541-555-0123", "5550123", "5"]],
    ["a blank label, which clears", { label: " " }, [null, "1", "541-555-0123", "5550123", "5"]],
    ["a null extension, which clears", { extension: null }, ["home", "1", "541-555-0123", "5550123", null]],
    ["another extension", { extension: "007" }, ["home", "1", "541-555-0123", "5550123", "007"]],
    [
      "a number without an extension, which leaves it",
      { number: "(541) 555-0987" },
      ["home", "1", "541-555-0987", "5550987", "5"],
    ],
    [
      "a number with an extension, which brings it",
      { number: "541-555-0987 x9" },
      ["home", "1", "541-555-0987", "5550987", "9"],
    ],
    [
      "a number with a plus, to which the record's code yields",
      { number: "+44 20 7946 0958" },
      ["home", "44", "20-7946-0958", "79460958", "5"],
    ],
    [
      "a number under another code",
      { number: "020 7946 0958", countryCode: "44" },
      ["home", "44", "20-7946-0958", "79460958", "5"],
    ],
    ["a null number", { number: null }, ["number blank"]],
    ["a blank number", { number: " " }, ["number blank"]],
    ["a number of a wrong type", { malformed: ["number"] }, ["number wrong_type"]],
    [
      "an extension that the number contradicts",
      { number: "541-555-0987 x9", extension: "8" },
      ["extension extension_conflict"],
    ],
    [
      "a plus that contradicts the code",
      { number: "+44 20 7946 0958", countryCode: "1" },
      ["number country_code_conflict"],
    ],
    ["a code under which the stored number is none", { countryCode: "298" }, ["number too_long"]],
  ])("reads %s", (_, draft, expected) => {
    assert.deepEqual(shownAfter(draft), expected)
  })

  it("reads the stored national number under a code that is sent alone", () => {
    const german = stored({ number: "+49 30 123456" })
    assert.deepEqual(shownAfter({ countryCode: "43" }, german)[1], "43")
  })

  it("does not judge again what equals the stored value", () => {
    // A number that no plan takes any more, as after a release of the metadata.
    const outdated = Object.assign({}, record, { number: "1-2", rawNumber: "12", e164: "+112" })
    assert.deepEqual(shownAfter({ number: "1-2", countryCode: "1", label: "work" }, outdated), [
      "work",
      "1",
      "1-2",
      "12",
      "5",
    ])
    assert.deepEqual(shownAfter({ number: "1-3" }, outdated), ["number too_short"])
  })

  it("does not judge again a code, a label or an extension that equals the stored one", () => {
    // None of which any rule takes any more.
    const outdated = Object.assign({}, record, { countryCode: "999", label: "a\tb", extension: "5".repeat(16) })
    const shown = ["a\tb", "999", "541-555-0123", "5550123", "5".repeat(16)]
    const put = { label: "a\tb", countryCode: "999", number: "541-555-0123", extension: "5".repeat(16) }
    for (const draft of [put, {}, { countryCode: "+999" }, { isPrimary: true }])
      assert.deepEqual(shownAfter(draft, outdated), shown)
    assert.deepEqual(shownAfter({ ...put, label: "work" }, outdated), ["work", ...shown.slice(1)])
    assert.deepEqual(shownAfter({ label: "a\tc" }, outdated), ["label invalid_characters"])
    assert.deepEqual(shownAfter({ countryCode: "997" }, outdated), ["countryCode invalid_country_code"])
    assert.deepEqual(shownAfter({ extension: "6".repeat(16) }, outdated), ["extension too_long"])
  })

  it("shows a refused value as it was sent, and one of a wrong type as null", () => {
    assert.deepEqual(readChange(record, { number: "12", malformed: ["label"] }).shown, {
      label: null,
      countryCode: "1",
      number: "12",
      rawNumber: null,
      extension: "5",
    })
  })
})

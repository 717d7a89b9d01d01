import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import google from "google-libphonenumber"
import { readTelephoneNumber } from "../src/index.ts"

const { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } = google
const oracle = PhoneNumberUtil.getInstance()
const { IS_POSSIBLE } = google.PhoneNumberUtil.ValidationResult

/**
 * Where we and google's own build part, and why. A disagreement that no line explains fails, and so does a line that
 * explains none any more. `numbers` is matched with E.164, `difference` is what `disagreement` says.
 */
const KNOWN: ReadonlyArray<{ numbers: RegExp; difference: string; why: string }> = [
  {
    numbers: /^\+1/,
    difference: "area code",
    why: "Ours: three digits in the North American plan, also for toll-free, mobile-only and not yet assigned codes.",
  },
  {
    numbers: /^\+1[01]/,
    difference: "refused: invalid_number",
    why: "Ours: no North American number begins with 0 or 1, although its length is possible.",
  },
  {
    numbers: /^\+229\d{8}$/,
    difference: "refused: too_short",
    why: "Benin: google's release still has numbers of eight digits, that of libphonenumber-js ten digits only.",
  },
  {
    numbers: /^\+263(?:1312345|2001234)$/,
    difference: "area code",
    why: "Zimbabwe: google's release groups these as 13 12345 and 20 01234, that of libphonenumber-js has no groups for them.",
  },
  {
    numbers: /^\+(?:2908|599[347])/,
    difference: "refused: too_long",
    why: "Tristan da Cunha, Bonaire: libphonenumber-js asks the country found, google the main one of the calling code.",
  },
  {
    numbers: /^\+441624/,
    difference: "refused: too_short",
    why: "Isle of Man: libphonenumber-js asks the country found, google Great Britain, where nine digits are possible.",
  },
  {
    numbers: /^\+\d{1,3}00/,
    difference: "refused: ambiguous",
    why: "Ours: a national number that begins 00, which would be taken for a trunk prefix, or for a plus, when read again.",
  },
]

const disagreement = (e164: string): string | null => {
  const theirs = theirReading(e164)
  const ours = readTelephoneNumber({ number: e164, countryCode: null }, "1")
  if (Result.isFailure(ours)) return theirs === null ? null : `refused: ${ours.failure.code}`
  if (theirs === null) return "accepted"
  const { number, rawNumber } = ours.success
  if (ours.success.e164 !== theirs.e164) return `E.164: ${ours.success.e164}`
  return number.replaceAll("-", "").length - rawNumber.length === theirs.areaCodeLength ? null : "area code"
}

/** What google makes of a number, or null where it is not possible for it either. */
const theirReading = (e164: string) => {
  const number = parseOrNull(e164)
  if (number === null || oracle.isPossibleNumberWithReason(number) !== IS_POSSIBLE) return null
  return {
    e164: oracle.format(number, PhoneNumberFormat.E164),
    areaCodeLength: oracle.getLengthOfGeographicalAreaCode(number),
  }
}

const parseOrNull = (e164: string) => {
  try {
    return oracle.parse(e164, "ZZ")
  } catch {
    return null
  }
}

const NON_GEOGRAPHIC_CODES = [800, 808, 870, 878, 881, 882, 883, 888, 979]
const TYPES = Object.values(PhoneNumberType).filter((type) => typeof type === "number")

const examples: ReadonlyArray<string> = [
  ...oracle
    .getSupportedRegions()
    .flatMap((region) => TYPES.map((type) => oracle.getExampleNumberForType(region, type))),
  // Missing in the typings.
  ...NON_GEOGRAPHIC_CODES.map((code) =>
    (
      oracle as unknown as { getExampleNumberForNonGeoEntity: (code: number) => google.PhoneNumber }
    ).getExampleNumberForNonGeoEntity(code),
  ),
].flatMap((number) => (number === null ? [] : [oracle.format(number, PhoneNumberFormat.E164)]))

/** A digit dropped at either end, one added, the first one changed. */
const mutations = (e164: string): ReadonlyArray<string> => {
  const code = `+${oracle.parse(e164, "ZZ").getCountryCodeOrDefault()}`
  const national = e164.slice(code.length)
  const rest = national.slice(1)
  return [
    e164.slice(0, -1),
    `${e164}0`,
    `${e164}1`,
    code + rest,
    ...Array.from("0123456789", (digit) => code + digit + rest),
  ]
}

describe("the numbering plan beside google-libphonenumber", () => {
  const numbers = [...new Set([...examples, ...examples.flatMap(mutations)])]
  const found = numbers.flatMap((number) => {
    const difference = disagreement(number)
    return difference === null ? [] : [{ number, difference }]
  })
  const explains = (known: (typeof KNOWN)[number]) => (one: (typeof found)[number]) =>
    known.difference === one.difference && known.numbers.test(one.number)

  it("has an example of every region and non-geographic code", () => {
    assert.isAbove(new Set(examples).size, 1000)
  })
  it("agrees on what is possible, on E.164 and on the area code, but for what is listed", () => {
    assert.deepEqual(
      found.filter((one) => !KNOWN.some((known) => explains(known)(one))),
      [],
    )
  })
  it.each(KNOWN)("still disagrees: $numbers $difference", (known) => {
    assert.isTrue(found.some(explains(known)))
  })
  it("accepts every example that is listed nowhere, which is all but the eight-digit numbers of Benin", () => {
    const refused = examples.filter((number) =>
      found.some((one) => one.number === number && one.difference !== "area code"),
    )
    assert.deepEqual([...new Set(refused.map((number) => number.slice(0, 4)))], ["+229"])
  })
})

import { readTelephoneNumber } from "@phonebook/domain"
import { Result } from "effect"
import { type MetadataJson, parsePhoneNumberFromString } from "libphonenumber-js/core"
import metadataJson from "libphonenumber-js/metadata.max.json"
import { type Figure, row } from "../figure.ts"
import { northAmerican } from "../requests.ts"
import { ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const metadata: MetadataJson = metadataJson
const NUMBERS = 10_000

/** In the ways in which people write them. */
const spelled = (index: number): string => {
  const [area, exchange, line] = northAmerican(index).split("-")
  return [
    `${area}-${exchange}-${line}`,
    `(${area}) ${exchange}-${line}`,
    `${area}${exchange}${line}`,
    `+1 ${area} ${exchange} ${line}`,
    `1-${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
  ][index % 6]!
}

const byDomain = (number: string): string | undefined =>
  Result.getOrUndefined(readTelephoneNumber({ number, countryCode: null }, "1"))?.number

const byLibrary = (number: string): string | undefined => {
  const phone = parsePhoneNumberFromString(number, { defaultCallingCode: "1", extract: false }, metadata)
  return phone?.isPossible() ? phone.formatInternational().split(" ").slice(1).join("-") : undefined
}

/** Numbers of North America read, checked and normalised, one thread, beside the library that everyone uses. */
export const domainReading: Figure = async ({ rounds }) => {
  const numbers = Array.from({ length: NUMBERS }, (_, index) => spelled(index))
  const differing = numbers.find((number) => byDomain(number) !== byLibrary(number))
  if (differing !== undefined)
    throw new Error(`${differing} is ${byDomain(differing)} to us, ${byLibrary(differing)} else`)

  const rate = (read: (number: string) => unknown) => async () => {
    const began = performance.now()
    for (const number of numbers) read(number)
    return (NUMBERS / (performance.now() - began)) * 1000
  }
  const [ours, library] = await turns(rounds, [rate(byDomain), rate(byLibrary)])
  return [
    row("+1 numbers read by the domain, one thread", "/s", ours!),
    row("the same by libphonenumber-js", "/s", library!),
    row("domain ÷ libphonenumber-js", "", ratios(ours!, library!), { atLeast: 10 }),
  ]
}

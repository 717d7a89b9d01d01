/** The parts of a draft that a violation can be about; `base` is the draft as a whole. */
export type PhoneNumberField = "base" | "label" | "countryCode" | "number" | "extension" | "isPrimary"

/** Why a field is refused. Stable words: callers see them as `problems[].code`. */
export type ViolationCode =
  | "wrong_type"
  | "blank"
  | "too_long"
  | "too_short"
  | "invalid_characters"
  | "invalid_country_code"
  | "country_code_conflict"
  | "invalid_number"
  | "ambiguous"
  | "invalid_extension"
  | "extension_conflict"
  | "multiple_primaries"

export interface PhoneNumberViolation {
  readonly field: PhoneNumberField
  readonly code: ViolationCode
  /** The limit that was passed, in characters, where `too_long` has one. */
  readonly maximum?: number
}

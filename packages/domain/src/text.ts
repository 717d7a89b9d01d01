/** Most characters of a refused text that an error shows again. */
const MAX_ECHO_LENGTH = 64

/** A text as it counts: trimmed, and null where nothing is left. */
export const trimmed = (text: string | null | undefined): string | null => text?.trim() || null

/**
 * A text of digits as it is read: NFKC-normalised, and without the marks of direction that address books and telephones put
 * around what is copied from them, where nobody sees them.
 */
export const legible = (text: string): string => text.normalize("NFKC").replace(/\p{Cf}/gu, "")

/** The text without its end where it is longer than an error may show: 64 code points. */
export function excerpt(text: string): string
export function excerpt(text: string | null | undefined): string | null
export function excerpt(text: string | null | undefined): string | null {
  if (text == null) return null
  // A code point is two code units at most: the first slice bounds the work on a very long text.
  const start = Array.from(text.slice(0, 2 * MAX_ECHO_LENGTH))
  return start.slice(0, MAX_ECHO_LENGTH).join("")
}

/** Whether a text has more code points than that: never more than it has code units, which are known uncounted. */
export const isLonger = (text: string, maximum: number): boolean =>
  text.length > maximum && Array.from(text).length > maximum

/** What is wrong with the trimmed one-line text of a field, such as a name. `maximum` in code points. */
export const lineViolations = <Field extends string>(field: Field, text: string | null, maximum: number) =>
  text === null
    ? []
    : [
        ...(isLonger(text, maximum) ? [{ field, code: "too_long", maximum } as const] : []),
        ...(/\p{Cc}/u.test(text) || !text.isWellFormed() ? [{ field, code: "invalid_characters" } as const] : []),
      ]

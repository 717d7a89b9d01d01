/** What a file holds: grows as it is written. */
export interface Image {
  bytes: Buffer
  length: number
}

export const emptyImage = (): Image => ({ bytes: Buffer.alloc(0), length: 0 })

/** A copy that can be changed without the other. */
export const copyImage = ({ bytes, length }: Image): Image => ({
  bytes: Buffer.from(bytes.subarray(0, length)),
  length,
})

export const contentOf = ({ bytes, length }: Image): Buffer => bytes.subarray(0, length)

/** Cuts a file, or lets it grow by zeros. */
export const setLength = (image: Image, length: number): void => {
  if (length > image.bytes.length) {
    const grown = Buffer.alloc(length * 2)
    image.bytes.copy(grown, 0, 0, image.length)
    image.bytes = grown
  }
  image.bytes.fill(0, Math.min(length, image.length), Math.max(length, image.length))
  image.length = length
}

export const writeAt = (image: Image, offset: number, data: Buffer): void => {
  setLength(image, Math.max(image.length, offset + data.length))
  data.copy(image.bytes, offset)
}

/** By hand, as many as one likes: PHONEBOOK_HOSTILE_ROUNDS=1000. A failure names its seed: PHONEBOOK_HOSTILE_SEED repeats it. */
const { PHONEBOOK_HOSTILE_ROUNDS = "3", PHONEBOOK_HOSTILE_SEED } = process.env

export const ROUNDS = Array.from({ length: Number(PHONEBOOK_HOSTILE_ROUNDS) }, (_, round) => round)
export const SEED = Number(PHONEBOOK_HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 30))

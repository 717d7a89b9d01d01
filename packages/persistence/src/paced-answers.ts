/** Most callers that are answered on end: each sends its next request at once, and all of them hold up the others. */
const AT_ONCE = 8

/** Callers that can be answered, and are: a few on end, then the event loop sees to others. */
export const pacedAnswers = () => {
  const answers: Array<() => void> = []
  return {
    add: (answer: () => void): void => void answers.push(answer),
    waiting: (): number => answers.length,
    /** Answers a few, and more of them until the time has come, by `performance.now`. */
    giveUntil: (end: number): void => {
      do for (const answer of answers.splice(0, AT_ONCE)) answer()
      while (answers.length > 0 && performance.now() < end)
    },
  }
}

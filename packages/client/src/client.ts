import { type ClientsCalls, clientsCalls } from "./clients.ts"
import { checkOptions, type PhonebookOptions } from "./options.ts"
import { type PhoneNumbersCalls, phoneNumbersCalls } from "./phone-numbers.ts"
import { makeSend } from "./send.ts"

export interface PhonebookClient {
  readonly clients: ClientsCalls
  readonly phoneNumbers: PhoneNumbersCalls
}

/**
 * Calls a Phonebook, in Node, Deno, Bun and browsers (on https or localhost). A call that fails throws a PhonebookError;
 * options that no call could work with throw a TypeError here.
 */
export const createPhonebookClient = (options: PhonebookOptions): PhonebookClient => {
  checkOptions(options)
  const send = makeSend(options)
  return { clients: clientsCalls(send), phoneNumbers: phoneNumbersCalls(send) }
}

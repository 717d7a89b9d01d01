import type * as Contract from "@phonebook/contract"
import { describe, expectTypeOf, it } from "vitest"
import type * as Client from "../src/index.ts"

// The compiler is the judge: `pnpm typecheck` fails where one of these does not hold.

describe("the types that are written out", () => {
  it("are those of the contract's schemas: what is answered", () => {
    expectTypeOf<Client.PhoneNumber>().toEqualTypeOf<Contract.PhoneNumber>()
    expectTypeOf<Client.PhoneNumbers>().toEqualTypeOf<Contract.PhoneNumbers>()
    expectTypeOf<Client.Client>().toEqualTypeOf<Contract.Client>()
    expectTypeOf<Client.Clients>().toEqualTypeOf<Contract.Clients>()
    expectTypeOf<Client.Problem>().toEqualTypeOf<Contract.Problem>()
    expectTypeOf<Client.ProblemCode>().toEqualTypeOf<Contract.ProblemCode>()
    expectTypeOf<Client.FieldErrors>().toEqualTypeOf<Contract.FieldErrors>()
  })

  it("are those of the contract's schemas: what is sent, where is_primary leaves out blank text", () => {
    expectTypeOf<Client.PhoneNumberInput>().toExtend<Contract.PhoneNumberInput>()
    expectTypeOf<Omit<Client.PhoneNumberInput, "is_primary">>().toEqualTypeOf<
      Omit<Contract.PhoneNumberInput, "is_primary">
    >()
    expectTypeOf<Client.PhoneNumberChange>().toExtend<Contract.PhoneNumberChange>()
    expectTypeOf<Omit<Client.PhoneNumberChange, "is_primary">>().toEqualTypeOf<
      Omit<Contract.PhoneNumberChange, "is_primary">
    >()
    expectTypeOf<Client.ClientInput>().toExtend<Contract.ClientInput>()
    expectTypeOf<Omit<Client.ClientInput, "phone_numbers">>().toEqualTypeOf<
      Omit<Contract.ClientInput, "phone_numbers">
    >()
    expectTypeOf<Client.ClientChange>().toEqualTypeOf<Contract.ClientChange>()
  })
})

describe("is_primary", () => {
  it("is a boolean or null, inside a client too", () => {
    const number = "504-555-0123"
    const good: ReadonlyArray<Client.PhoneNumberInput> = [
      { number, is_primary: true },
      { number, is_primary: null },
    ]
    // @ts-expect-error the service would refuse it
    const text: Client.PhoneNumberInput = { number, is_primary: "true" }
    // @ts-expect-error the service would refuse it
    const change: Client.PhoneNumberChange = { is_primary: "true" }
    // @ts-expect-error the service would refuse it
    const nested: Client.ClientInput = { name: "Grace", phone_numbers: [{ number, is_primary: "true" }] }
    expectTypeOf([good, text, change, nested]).toBeArray()
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { ada, startService } from "../service.ts"
import { assertDocumented } from "./documented.ts"
import { hostileRequest } from "./requests.ts"
import { ROUNDS, SEED } from "./rounds.ts"

const MISCOUNTED = `
  (SELECT phone_number_count AS counted, (SELECT count(*) FROM phone_numbers WHERE client_id = clients.id) AS there FROM clients
   UNION ALL SELECT client_count, (SELECT count(*) FROM clients WHERE account_id = accounts.id) FROM accounts)
  WHERE counted <> there`
const RIVALS = "(SELECT 1 FROM phone_numbers WHERE is_primary GROUP BY client_id HAVING count(*) > 1)"

describe("whatever is asked", () => {
  it.each(ROUNDS)("is answered as documented, and leaves the store sound (round %i)", async (round) => {
    const { count, logged, send } = await startService()
    const property = fc.asyncProperty(hostileRequest, async ({ method, target, headers, body, signed }) => {
      const answer = await send(method, target, body, { by: signed ? ada : null, headers })
      assertDocumented({ asked: { method, target }, requestId: answer.headers["x-request-id"], ...answer })
    })
    await fc.assert(property, { numRuns: 1000, seed: SEED + round })
    assert.strictEqual(count(MISCOUNTED), 0)
    assert.strictEqual(count(RIVALS), 0)
    assert.isAbove(count(), 0)
    assert.notInclude(logged.join(""), '"level":"error"')
  })
})

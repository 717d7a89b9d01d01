import type { Answer, Content } from "./answer.ts"
import type { FailureName } from "./failures.ts"
import type { ParameterName } from "./parameters.ts"

/** What a route takes and answers. */
export interface Operation {
  readonly operationId: string
  readonly tag: "Phone numbers" | "Clients" | "Service"
  readonly summary: string
  readonly description: string
  /** Who may call: with a credential, unless it says otherwise. */
  readonly access?: "public" | "public or credential"
  readonly parameters?: ReadonlyArray<ParameterName>
  readonly request?: Content
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  readonly failures?: ReadonlyArray<FailureName>
}

/** By method and path, as in `GET /v9/clients`. */
export type Operations = Readonly<Record<string, Operation>>

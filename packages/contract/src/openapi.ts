import { JsonSchema, SchemaRepresentation } from "effect"
import { clientOperations } from "./openapi/client-operations.ts"
import { failures } from "./openapi/failures.ts"
import { introduction } from "./openapi/introduction.ts"
import { type Answer, schemas } from "./openapi/answer.ts"
import type { Operation, Operations } from "./openapi/operation.ts"
import { headers, parameters } from "./openapi/parameters.ts"
import { phoneNumberOperations } from "./openapi/phone-number-operations.ts"
import { serviceOperations } from "./openapi/service-operations.ts"

/** What the service takes and answers, by method and path. */
export const operations: Operations = { ...phoneNumberOperations, ...clientOperations, ...serviceOperations }

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })

const responseOf = ({ description, content, headers: own = [] }: Answer) => ({
  description,
  headers: Object.fromEntries([...own, "X-Request-Id"].map((name) => [name, ref("headers", name)])),
  ...(content && { content }),
})

const credential = [{ token: [], signature: [] }, { basic: [] }]
const securityOf = { public: [], "public or credential": [{}, ...credential] }

const operationOf = (operation: Operation) => ({
  operationId: operation.operationId,
  tags: [operation.tag],
  summary: operation.summary,
  description: operation.description,
  ...(operation.access && { security: securityOf[operation.access] }),
  parameters: [...(operation.parameters ?? []), "RequestId"].map((name) => ref("parameters", name)),
  ...(operation.request && { requestBody: { required: true, content: operation.request } }),
  responses: {
    ...mapValues(operation.answers, responseOf),
    ...Object.fromEntries((operation.failures ?? []).map((name) => [failures[name].status, ref("responses", name)])),
  },
})

const paths = () => {
  const byPath: Record<string, Record<string, ReturnType<typeof operationOf>>> = {}
  for (const [route, operation] of Object.entries(operations)) {
    const [method = "", path = ""] = route.split(" ")
    byPath[path] = { ...byPath[path], [method.toLowerCase()]: operationOf(operation) }
  }
  return byPath
}

/** The JSON Schemas of the bodies, from the very schemas that validate them. */
const jsonSchemas = () => {
  const [first, ...others] = Object.values(schemas).map(({ ast }) => ast)
  const document = SchemaRepresentation.toJsonSchemaMultiDocument(
    SchemaRepresentation.toRepresentations([first!, ...others]),
  )
  return JsonSchema.toMultiDocumentOpenApi3_1(document).definitions
}

/** The OpenAPI 3.1 document of the service. */
export const openApi = () => ({
  openapi: "3.1.1",
  info: {
    title: "Phonebook",
    version: "9",
    summary: "The phone numbers of clients.",
    description: introduction,
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/", description: "This service" }],
  security: credential,
  tags: [
    { name: "Phone numbers", description: "The phone numbers of a client, of which one may be the primary." },
    { name: "Clients", description: "As much of a client as its phone numbers need." },
    { name: "Service", description: "The service itself." },
  ],
  paths: paths(),
  components: {
    schemas: jsonSchemas(),
    parameters,
    headers,
    responses: mapValues(failures, responseOf),
    securitySchemes: {
      token: { type: "apiKey", in: "header", name: "X-Token", description: "The token of your credential." },
      signature: {
        type: "apiKey",
        in: "header",
        name: "X-Signature",
        description:
          "The base64 of HMAC-SHA256, keyed with the secret, of `METHOD host/path?` and the body as it is sent or, where " +
          "there is none, the query string with its pairs sorted by name. With X-Token.",
      },
      basic: {
        type: "http",
        scheme: "basic",
        description: "Token and secret, where the operator has turned it on.",
      },
    },
  },
})

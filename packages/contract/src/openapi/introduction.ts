import { errors, meanings, type ProblemCode } from "../errors.ts"

/** A table that unfolds: the operations below should not be far from the top. */
const table = (title: string, head: string, rows: ReadonlyArray<string>): string =>
  [`<details><summary>${title}</summary>`, "", head, head.replaceAll(/[^|]+/gu, "---"), ...rows, "", "</details>"].join(
    "\n",
  )

const codes = (Object.keys(meanings) as Array<ProblemCode>).map((code) => `| \`${code}\` | ${meanings[code]} |`)

/** What a caller needs to know before the first request, in Markdown. */
export const introduction = `A self-hosted service that keeps the phone numbers of clients, behind the published v9 "Clients / Phone
Numbers" API: client libraries written for that API work here unchanged.

## Sign a request

Send \`X-Token\`, and in \`X-Signature\` the base64 of HMAC-SHA256, keyed with the secret, of

    METHOD host/path?tail

where \`tail\` is the body as it is sent or, where there is none, the query string as it is sent, its \`name=value\` pairs
sorted by name. The question mark is always there. The host is the \`Host\` header with or without its port, or \`http://\`
and the header. In a shell:

    BODY='{"phone_numbers":[{"number":"(504) 555-0123"}]}'
    SIGNATURE=$(printf '%s' "POST 127.0.0.1/v9/clients/168019/phone_numbers?$BODY" |
      openssl dgst -sha256 -hmac "$SECRET" -binary | openssl base64)
    curl http://127.0.0.1:3000/v9/clients/168019/phone_numbers \\
      -H "X-Token: $TOKEN" -H "X-Signature: $SIGNATURE" -d "$BODY"

HTTP Basic with token and secret (\`curl -u token:secret\`) works where the operator has turned it on, and on a service that
listens to its own machine alone. A signature carries no time: use TLS, or a request that was overheard can be sent again.

## Read and write

Bodies are JSON in UTF-8, whatever their \`Content-Type\` says; keys that are not listed are ignored. \`HEAD\` works wherever
\`GET\` does. A query string beside a body is ignored. With an \`Idempotency-Key\` a write can be sent again safely; with
\`If-Match\` it changes only what you have seen. Every answer has an \`X-Request-Id\`.
Answers are for their caller alone, and none is kept without asking again: \`Cache-Control: private, no-cache\`.

## Errors

Every error is a JSON object with a text \`error\`. Nothing is stored by a request that fails, but for a 503 that says so. Of
several the first in this table applies. 405, 408 and 431 come before any operation: their examples are under
\`components.responses\`, as \`MethodNotAllowed\`, \`RequestTimeout\` and \`HeadersTooLarge\`. So do 413, whatever the method, and
400 where not even the request line or the \`Host\` can be read.

${table("Every status", "| Status | `error` | When |", [
  `| 413 | ${errors.tooLarge} | the body is over 1 MiB |`,
  `| 401 | ${errors.unauthorized} | no credential, or none that is known |`,
  `| 401 | ${errors.signature} | the signature is not this request's |`,
  `| 404 | ${errors.noSuchRoute} | no such address |`,
  `| 405 | ${errors.methodNotAllowed} | the address takes other methods: \`Allow\` has them |`,
  `| 400 | ${errors.badRequest} | the body is no JSON object in UTF-8, or a header cannot be read |`,
  `| 404 | ${errors.notFound} | no such record in your account |`,
  `| 412 | ${errors.preconditionFailed} | the record has changed since |`,
  `| 422 | ${errors.unprocessable} | something is wrong with the data: see \`problems\` |`,
  `| 408 | ${errors.timeout} | the request was not in after 30 seconds, or its headers after 10 |`,
  `| 431 | ${errors.headersTooLarge} | the headers are over 16 KiB |`,
  `| 500 | ${errors.fault} | a fault of the service |`,
  `| 503 | ${errors.unavailable} | try again after \`Retry-After\` seconds; nothing was saved, unless the message says otherwise |`,
])}

What is wrong with data stands in \`problems\`: where, a stable \`code\`, and the message. New codes may come.

${table("Every code", "| Code | Meaning |", codes)}
`

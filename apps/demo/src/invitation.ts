import type { Caller } from "./send.ts"

/** What to paste into a second terminal while the demo serves. */
export const invitation = ({ url, token, secret }: Caller, target: string): string => `
Your turn, in a second terminal (Ctrl-C here ends the demo). With curl alone:

curl -u ${token}:${secret} ${url}${target} \\
  -d '{"phone_numbers":[{"label":"mine","number":"(504) 555-0199"}]}'

Signed, as the client libraries do it; edit the number, the signature follows:

BODY='{"phone_numbers":[{"label":"mine","number":"+44 20 7946 0958"}]}'
SIGNATURE=$(printf '%s' "POST ${new URL(url).hostname}${target}?$BODY" | openssl dgst -sha256 -hmac '${secret}' -binary | openssl base64)
curl ${url}${target} -H 'X-Token: ${token}' -H "X-Signature: $SIGNATURE" -d "$BODY"`

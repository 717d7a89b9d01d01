import { partsToSign } from "./signature.js"

const [form] = document.forms
const [token, secret] = form
const utf8 = new TextEncoder()

/** The base64 of HMAC-SHA256 over the string that a v9 signature covers. */
const sign = async (request) => {
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret.value), algorithm, false, ["sign"])
  const hmac = await crypto.subtle.sign("HMAC", key, utf8.encode(partsToSign(request).join("")))
  return btoa(String.fromCharCode(...new Uint8Array(hmac)))
}

/** Signs a request that is tried out, once it is as it will be sent. */
const requestInterceptor = async (request) => {
  const { pathname, search } = new URL(request.url, location.href)
  // From this machine the metrics need no credential: none is asked for.
  const optional = pathname === "/metrics"
  if (!optional && !pathname.startsWith("/v9/")) return request
  // Empty too: to a 401 without X-Token the browser would open its own window for a password.
  request.headers["X-Token"] = token.value
  // The viewer cannot show a request that was not sent: the form says what is missing, and the answer is 401.
  const entered = optional ? form.checkValidity() : form.reportValidity()
  if (entered && isSecureContext) {
    const { method, body = "" } = request
    request.headers["X-Signature"] = await sign({ method, host: location.host, target: pathname + search, body })
  }
  return request
}

// Signing is what the page has instead of the viewer's own way to enter credentials.
const none = () => () => null
const withoutAuthorize = { wrapComponents: { authorizeBtn: none, authorizeOperationBtn: none } }

const dark = matchMedia("(prefers-color-scheme: dark)")
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches)
dark.addEventListener("change", followScheme)
followScheme()

if (!isSecureContext) document.querySelector("output").value = "A browser can sign only over https, or on localhost."

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  plugins: [withoutAuthorize],
  requestInterceptor,
})

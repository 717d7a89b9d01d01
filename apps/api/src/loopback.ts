const LOOPBACK = /^(?:localhost|(?:::ffff:)?127(?:\.\d{1,3}){3}|\[?::1\]?)$/u

/** Whether a host or address is this machine's own: nobody else reaches it, or comes from there. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/** Whether requests of a method change nothing. */
export const isRead = (method: string | undefined): boolean => method === "GET" || method === "HEAD"

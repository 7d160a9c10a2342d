/** The largest dump that is taken by upload, as it is sent (a .gz counts packed). */
export const mostDumpBytes = 1024 * 2 ** 20

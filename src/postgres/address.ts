/** Tells addresses of databases from paths of files. */

/** Whether this is the address of a PostgreSQL database. */
export const isPostgres = (address: string): boolean => /^postgres(ql)?:/.test(address)

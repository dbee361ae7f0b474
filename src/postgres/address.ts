/** Tells addresses of databases from paths of files. */

/** Whether this is the address of a PostgreSQL database. */
export const isPostgres = (address: string): boolean => /^postgres(ql)?:/.test(address)

/** The address without its password, to be shown: whoever uses it again gives the password by the environment. */
export const withoutPassword = (address: string): string =>
  isPostgres(address)
    ? address.replace(/^(\w+:\/\/[^:@/?]*):[^@/?]*@/, "$1@").replace(/([?&]password=)[^&]*&?/, "$1***&").replace(
      /&$/,
      ""
    )
    : address

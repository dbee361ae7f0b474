/** How many nodes graphs have that are played as processes, at their top. */
export const seedSize = 3

/** Styles, which vite takes in where they are named. */
declare module "*.css"

/**
 * The same for workflows of modules, which import `pinnace`: then the whole command has to come from that one copy, so
 * this file is where the bundled command leaves its bundle.
 */
export { offerPlaces } from "./offerPlaces.ts"
export { serveState } from "./serveState.ts"

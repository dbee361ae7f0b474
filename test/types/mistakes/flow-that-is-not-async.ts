import { flow } from "../../../mod.ts"

flow("story", {}, () => 5)

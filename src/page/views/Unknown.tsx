/** There is no such page. */
import { Empty } from "../parts/Notice.tsx"
import { linkTo } from "../state/route.ts"

/** Says so, and where to go. */
export const Unknown = () => (
  <Empty title="There is no such page">
    <a href={linkTo(["runs"])}>Go to the runs</a>
  </Empty>
)

/** Simulated processes whose journals are asked without effects around the answers. */
import type { JournalShape } from "../../src/journal/Journal.ts"
import { Cluster as Processes, type Process as Simulated } from "../../src/testing/simulation/Cluster.ts"
import { type Answered, answersOf } from "../journal/answers.ts"

/** One simulated process. */
export type Process = Simulated<Answered>

/** All simulated processes of one seed. */
export class Cluster extends Processes<Answered> {
  protected override opened(journal: JournalShape): Answered {
    return answersOf(journal)
  }
}

/** What only the events of a run tell: they are read once it is looked at. */
import { useEffect } from "preact/hooks"
import { tries } from "../../api/connection.ts"
import { Banner, Empty, Loading } from "../../parts/Notice.tsx"
import type { OpenRun } from "../../state/openRun.ts"

/** Whether all events are there, which are read if they are wanted. */
export const useEvents = (open: OpenRun, areWanted = true): boolean => {
  void open.version.value
  useEffect(() => {
    if (areWanted) open.readEvents()
  }, [open, areWanted])
  return open.history.isWhole
}

/** Whether the events of a node are there, which are read. */
export const useNodeEvents = (open: OpenRun, path: string): boolean => {
  void open.told.value
  useEffect(() => void open.readNode(path), [open, path, tries.value])
  return open.history.isTold(path)
}

/** What stands in the place of what is read. */
export const Unread = ({ open }: { readonly open: OpenRun }) =>
  open.isDeleted.value
    ? <Empty title="The run was deleted before this was read" sign="trash" />
    : open.problem.value === ""
    ? <Loading label="Reading the events" rows={12} />
    : <Banner tone="error">{open.problem.value}</Banner>

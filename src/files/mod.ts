/** The only ways to files that nodes have had in hand, and to directories that must be ours alone. */
export { draftOf, dropDraft, dropDrafts, freeBackup, keepDraft, removeLeft, writeDraft } from "./draft.ts"
export { makePrivate, makePrivateFile, NotPrivate, ownTemporary, shareWith } from "./privately.ts"
export { copyOut, filesBelow, lookAt, openAt, type OpenFile, readText, realPath } from "./reading.ts"
export {
  hostView,
  layeredView,
  mountsView,
  type Part,
  partAt,
  partOf,
  rootView,
  type Spot,
  type View,
  withoutPart
} from "./View.ts"
export { makeIn, putIn, putText, removeIn } from "./writing.ts"

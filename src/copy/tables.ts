/**
 * What is copied between storages: the tables that a file and a database both have, column by column.
 *
 * Not copied: who has it open, and requests for permits, which open runs make again when they go on.
 */

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>

/** A table of both storages. */
export interface Table {
  /** In a database; in a file it is `file`. */
  readonly name: string
  readonly file: string
  /** Those of its primary key first. */
  readonly columns: ReadonlyArray<string>
  /** How many columns the primary key has. */
  readonly keys: number
  /** Columns that are 0 or 1 in a file. */
  readonly flags: ReadonlyArray<string>
  /** Columns that are JSON in a database, and text in a file. */
  readonly json: ReadonlyArray<string>
  /** The column that names a run without which a row means nothing. */
  readonly of: string | undefined
}

const table = (
  name: string,
  columns: string,
  { file = name, flags = [], json = [], keys = 1, of }: Partial<Table> = {}
): Table => ({ name, file, columns: columns.split(","), keys, flags, json, of })

/** All of them. */
export const tables: ReadonlyArray<Table> = [
  table("plans", "digest,workflow,json"),
  table("definitions", "digest,text"),
  table(
    "runs",
    "key,id,workflow,digest,kind,definition,phase,reason,message,epoch,priority,labels,owner,suspended,stopping,held," +
      "origin,createdAt,startedAt,finishedAt,inputSeq,resultSeq,deleteAt",
    { flags: ["suspended"], json: ["labels"] }
  ),
  table(
    "nodes",
    "run,path,kind,phase,reason,message,epoch,attempt,attempts,base,reruns,waiting,until,progress,startedAt,finishedAt," +
      "inputSeq,signalSeq,resultSeq",
    { keys: 2, json: ["progress"], of: "run" }
  ),
  table("events", "run,seq,at,type,path,data", { keys: 2, of: "run" }),
  table("logs", "id,run,path,attempt,at,level,text,data", { of: "run" }),
  table("commands", "id,run,verb,args,answer", { of: "run" }),
  table("cells", "space,key,data", { keys: 2 }),
  table("semaphores", "name,limit,per,fullAt,source,problem"),
  table("memos", "cache,key,value,createdAt,runId,path,parts,millis,size,usedAt,uses,code,ttl", { keys: 2 }),
  table("memo_readers", "artifact,cache,key", { file: "memoReaders", keys: 3 }),
  table(
    "artifacts",
    "artifact,name,kind,archive,store,key,size,sha256,mediaType,gc,run,runId,path,attempt,state,pinned,error,tries," +
      "nextAt,createdAt,collector",
    { flags: ["pinned"] }
  ),
  table("artifact_readers", "artifact,run", { file: "artifactReaders", keys: 2 })
]

/** Columns as SQL writes them. */
export const columnsOf = ({ columns }: Table): string => columns.map((it) => `"${it}"`).join(", ")

/** The columns of the primary key. */
export const keyOf = ({ columns, keys }: Table): ReadonlyArray<string> => columns.slice(0, keys)

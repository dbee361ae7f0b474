/** A table that is text, of which the rows in sight exist. */
import { VirtualList } from "../VirtualList.tsx"
import { rowsOfCsv } from "./csv.ts"

/** The table. */
export const CsvTable = ({ text, separator }: { readonly text: string; readonly separator: "," | "\t" }) => {
  const [head = [], ...rows] = rowsOfCsv(text, separator, 100_000)
  const columns = {
    gridTemplateColumns: `56px repeat(${Math.min(head.length, 100)}, minmax(90px, 1fr))`,
    minWidth: `${56 + Math.min(head.length, 100) * 110}px`
  }
  return (
    <div class="csv">
      <VirtualList
        items={rows}
        height={26}
        keyOf={(_, at) => String(at)}
        label="Rows of the table"
        head={
          <div class="csv-row csv-head" style={columns}>
            <span />
            {head.slice(0, 100).map((it, at) => <span key={at}>{it}</span>)}
          </div>
        }
      >
        {(row, at) => (
          <div class="csv-row" style={columns}>
            <span class="line-number">{at + 1}</span>
            {row.slice(0, 100).map((it, index) => <span key={index} title={it}>{it}</span>)}
          </div>
        )}
      </VirtualList>
    </div>
  )
}

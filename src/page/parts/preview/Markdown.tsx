/**
 * Markdown as elements. No text of it becomes HTML: what is HTML in it is shown as it is written, so there is nothing
 * to be cleaned. Pictures of other hosts are links, since the page reaches no other host.
 */
import { lexer, type Token, type Tokens } from "marked"
import type { ComponentChildren } from "preact"

const isSafe = (href: string): boolean => /^(?:https?:|mailto:)/i.test(href)

const Link = ({ children, href }: { readonly href: string; readonly children: ComponentChildren }) =>
  isSafe(href) ? <a href={href} target="_blank" rel="noopener noreferrer">{children}</a> : <span>{children}</span>

const unescaped = (text: string): string =>
  text.replace(
    /&(?:amp|lt|gt|quot|#39);/g,
    (it) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[it] ?? "'"
  )

const Inline = ({ all }: { readonly all: ReadonlyArray<Token> | undefined }) => (
  <>{all?.map((it, at) => <InlineOne key={at} it={it as Tokens.Generic} />)}</>
)

const InlineOne = ({ it }: { readonly it: Tokens.Generic }) => {
  switch (it.type) {
    case "strong":
      return (
        <strong>
          <Inline all={it.tokens} />
        </strong>
      )
    case "em":
      return (
        <em>
          <Inline all={it.tokens} />
        </em>
      )
    case "del":
      return (
        <del>
          <Inline all={it.tokens} />
        </del>
      )
    case "codespan":
      return <code>{unescaped(it["text"] as string)}</code>
    case "br":
      return <br />
    case "link":
      return (
        <Link href={it["href"] as string}>
          <Inline all={it.tokens} />
        </Link>
      )
    case "image":
      return <Link href={it["href"] as string}>{it["text"] as string || it["href"] as string}</Link>
    case "escape":
      return <>{unescaped(it["text"] as string)}</>
    case "checkbox":
      return null
    default:
      return it.tokens === undefined ? <>{unescaped((it["text"] ?? it.raw) as string)}</> : <Inline all={it.tokens} />
  }
}

const Heading = ({ it: { depth, tokens } }: { readonly it: Tokens.Heading }) => (
  <div class={`md-heading md-${depth}`} role="heading" aria-level={Math.min(6, depth + 2)}>
    <Inline all={tokens} />
  </div>
)

const Item = ({ it }: { readonly it: Tokens.ListItem }) => (
  <li class={it.task ? "md-task" : ""}>
    {it.task && (
      <input
        type="checkbox"
        checked={it.checked === true}
        disabled
        aria-label={it.checked === true ? "done" : "open"}
      />
    )}
    <Blocks all={it.tokens} />
  </li>
)

const Table = ({ it: { align, header, rows } }: { readonly it: Tokens.Table }) => (
  <div class="md-table">
    <table>
      <thead>
        <tr>
          {header.map(({ tokens }, at) => (
            <th key={at} style={{ textAlign: align[at] ?? "start" }}>
              <Inline all={tokens} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map(({ tokens }, at) => (
              <td key={at} style={{ textAlign: align[at] ?? "start" }}>
                <Inline all={tokens} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const Block = ({ it }: { readonly it: Tokens.Generic }) => {
  switch (it.type) {
    case "space":
    case "def":
      return null
    case "heading":
      return <Heading it={it as Tokens.Heading} />
    case "paragraph":
      return (
        <p>
          <Inline all={it.tokens} />
        </p>
      )
    case "code":
      return <pre class="preview-text">{it["text"] as string}</pre>
    case "blockquote":
      return (
        <blockquote>
          <Blocks all={it.tokens ?? []} />
        </blockquote>
      )
    case "hr":
      return <hr />
    case "table":
      return <Table it={it as Tokens.Table} />
    case "list": {
      const items = (it as Tokens.List).items.map((item, at) => <Item key={at} it={item} />)
      return it["ordered"] === true ? <ol start={Number(it["start"]) || 1}>{items}</ol> : <ul>{items}</ul>
    }
    case "html":
      return <pre class="preview-text">{it.raw.trimEnd()}</pre>
    default:
      return <InlineOne it={it} />
  }
}

const Blocks = ({ all }: { readonly all: ReadonlyArray<Token> }) => (
  <>{all.map((it, at) => <Block key={at} it={it as Tokens.Generic} />)}</>
)

/** The text as it is meant. */
export const Markdown = ({ text }: { readonly text: string }) => (
  <div class="markdown">
    <Blocks all={lexer(text)} />
  </div>
)

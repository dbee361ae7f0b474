/** The syntax tree of an expression; `at` is the offset of the token that names the node. */
export type Ast =
  | { readonly _tag: "Literal"; readonly at: number; readonly value: null | boolean | bigint | number | string }
  | { readonly _tag: "Name"; readonly at: number; readonly name: string }
  | { readonly _tag: "Pointer"; readonly at: number; readonly name: string }
  | { readonly _tag: "Unary"; readonly at: number; readonly operator: string; readonly operand: Ast }
  | { readonly _tag: "Binary"; readonly at: number; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly _tag: "Conditional"; readonly at: number; readonly test: Ast; readonly then: Ast; readonly other: Ast }
  | {
    readonly _tag: "Member"
    readonly at: number
    readonly target: Ast
    readonly property: Ast
    readonly optional: boolean
  }
  /** The end of a chain of members: what `?.` gives up to. */
  | { readonly _tag: "Chain"; readonly at: number; readonly inner: Ast }
  | {
    readonly _tag: "Slice"
    readonly at: number
    readonly target: Ast
    readonly from: Ast | undefined
    readonly to: Ast | undefined
  }
  | { readonly _tag: "Array"; readonly at: number; readonly items: ReadonlyArray<Ast> }
  | { readonly _tag: "Map"; readonly at: number; readonly pairs: ReadonlyArray<readonly [Ast, Ast]> }
  | { readonly _tag: "Let"; readonly at: number; readonly name: string; readonly value: Ast; readonly body: Ast }
  /** A builtin whose second argument is a predicate. */
  | {
    readonly _tag: "Iterate"
    readonly at: number
    readonly name: string
    readonly list: Ast
    readonly predicate: Ast | undefined
    readonly rest: Ast | undefined
  }
  | { readonly _tag: "Call"; readonly at: number; readonly callee: Ast; readonly args: ReadonlyArray<Ast> }

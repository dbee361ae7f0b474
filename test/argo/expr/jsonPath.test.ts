import { describe, expect, it } from "vitest"
import { Refusal } from "../../../src/argo/language/expr/ExprError.ts"
import { fromJson, toJson } from "../../../src/argo/language/expr/json.ts"
import { jsonPath } from "../../../src/argo/language/expr/jsonPath.ts"

const store = fromJson(
  {
    books: [
      { title: "Emma", price: 8, tags: ["novel"], author: { name: "Austen" } },
      { title: "Dracula", price: 12.5, tags: ["novel", "horror"], isbn: "1" },
      { title: "Walden", price: 20, sale: true }
    ],
    "odd key": { "a.b": 1 },
    limit: 12
  },
  true
)

const at = (path: string): unknown => JSON.parse(toJson(jsonPath(store, path)))
const titles = (filter: string): unknown => at(`$.books[?(${filter})].title`)

describe("jsonPath()", () => {
  it.each<readonly [string, unknown]>([
    ["$.limit", 12],
    ["limit", 12],
    ["$['odd key']['a.b']", 1],
    [`$["odd key"]["a.b"]`, 1],
    ["$.books[0].title", "Emma"],
    ["$.books[-1].title", "Walden"],
    ["$.books[*].title", ["Emma", "Dracula", "Walden"]],
    ["$.books[0,2].title", ["Emma", "Walden"]],
    ["$.books[0]['title','price']", ["Emma", 8]],
    ["$.books[1:].title", ["Dracula", "Walden"]],
    ["$.books[:-1].title", ["Emma", "Dracula"]],
    ["$.books[::2].title", ["Emma", "Walden"]],
    ["$.books[::-1].title", ["Walden", "Dracula", "Emma"]],
    ["$..price", [8, 12.5, 20]],
    ["$..tags[0]", ["novel", "novel"]],
    ["$..*", expect.any(Array)],
    ["$.books.length", 3],
    ["$.books[?(@.isbn)].title", ["Dracula"]],
    ["$.nothing[*]", []]
  ])("%s", (path, expected) => expect(at(path)).toEqual(expected))

  it.each<readonly [string, unknown]>([
    ["@.price > 8 && @.price < 20", ["Dracula"]],
    ["@.price < 10 || @.sale == true", ["Emma", "Walden"]],
    ["!(@.price < 10)", ["Dracula", "Walden"]],
    ["@.title != 'Emma'", ["Dracula", "Walden"]],
    ['@.title == "Emma"', ["Emma"]],
    ["@['price'] >= 12.5", ["Dracula", "Walden"]],
    ["@.author.name == 'Austen'", ["Emma"]],
    ["@.price < $.limit", ["Emma"]],
    ["@.tags[1] == 'horror'", ["Dracula"]],
    ["@.tags.length > 1", ["Dracula"]],
    ["@.title =~ /^d/i", ["Dracula"]],
    ["!@.tags", ["Walden"]],
    ["@.missing > 1", []]
  ])("[?(%s)]", (filter, expected) => expect(titles(filter)).toEqual(expected))

  it.each(["$.books[", "$.books[?(@.a >)]", "$.books[0", "$.books[::0]", "$x y", "$.none", "$[?((@.a]"])(
    "refuses %s",
    (path) => expect(() => at(path)).toThrow(Refusal)
  )
})

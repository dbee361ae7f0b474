// `w.map` runs a task once for each item of a list that is known only at run time. Outputs keep the order of the items.
import { open, Schema, task, workflow } from "../mod.ts"

const listCities = task("list-cities", { run: async () => ["Oslo", "Lima", "Reykjavik"] })
const measure = task("measure", {
  input: { city: Schema.String, place: Schema.Number },
  run: ({ city, place }) => `${place}. ${city} has ${city.length} letters`
})

const survey = workflow("survey", {}, (w) => {
  const cities = w.node("cities", listCities)
  return w.map("measure", cities, measure, (city, index) => ({ city, place: index + 1 }), {
    key: (city) => city,
    concurrency: 2
  })
})

const pinnace = await open(":memory:")
const run = await pinnace.start(survey)
for (const line of await run.result()) console.log(line)
console.log("nodes:", (await run.nodes()).map(({ path }) => path).join(", "))
await pinnace.close()

/** The figures at the top of the report and the table at its end. */
import type { Comparison, YearSummary } from "../statistics.ts"
import type { Day } from "../weather.ts"
import { dateText, dayText, degrees, fixed, whole } from "./words.ts"

const figure = (name: string, value: string, when: string): string =>
  `<div><dt>${name}</dt><dd>${value}<small>${when}</small></dd></div>`

/** The records of all years. */
export const records = ({ coldest, dry, hottest, wettest }: Comparison): string =>
  `<dl class="figures">${
    [
      figure("Hottest day", degrees(hottest.high), dateText(hottest.date)),
      figure("Coldest night", degrees(coldest.low), dateText(coldest.date)),
      figure("Wettest day", `${fixed(wettest.rain)} mm`, dateText(wettest.date)),
      figure("Longest dry spell", `${dry.days} days`, `${dayText(dry.from)} to ${dateText(dry.to)}`)
    ].join("")
  }</dl>`

const on = (value: string, { date }: Day): string => `<td>${value}, ${dayText(date)}</td>`

const row = ({ coldest, hottest, mean, rain, wetDays, wettest, year }: YearSummary): string =>
  `<tr><th scope="row">${year}</th><td>${degrees(mean)}</td><td>${whole(rain)} mm</td><td>${wetDays}</td>` +
  on(degrees(hottest.high), hottest) + on(degrees(coldest.low), coldest) +
  on(`${fixed(wettest.rain)} mm`, wettest) + "</tr>"

/** The years in numbers. */
export const table = (years: ReadonlyArray<YearSummary>): string => {
  const heads = ["Year", "Mean", "Rain", "Days with rain", "Hottest", "Coldest", "Wettest"]
  return `<div class="table"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}` +
    `</tr></thead><tbody>${years.map(row).join("")}</tbody></table></div>`
}

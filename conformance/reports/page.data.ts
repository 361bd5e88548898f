// Style and script of the HTML report.

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --soft: light-dark(#f6f6f4, #222); }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: .2rem; }
h2 { font-size: .9rem; margin: .8rem 0 .2rem; }
h2 small { font-weight: normal; opacity: .7; }
form { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; padding: .6rem 0; background: Canvas; border-bottom: 1px solid var(--line); }
input[type=search] { flex: 1; min-width: 12rem; padding: .3rem .5rem; font: inherit; }
.failed > summary > i, b.failed { color: light-dark(#b00020, #ff6b7d); }
.passed > summary > i, b.passed { color: light-dark(#1a6b2f, #6fcf87); }
.skipped > summary > i, b.skipped { color: light-dark(#7a5c00, #d9b44a); }
.case { border-bottom: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; }
summary i { display: inline-block; width: 4.2rem; font-style: normal; font-weight: 600; }
code, pre { font: 12.5px/1.4 ui-monospace, monospace; }
summary code { opacity: .8; margin-right: .6rem; }
pre { background: var(--soft); padding: .5rem; margin: 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: .5rem; }
figure { margin: 0; }
figcaption { font-weight: 600; }
.about { margin: .8rem 0; }
td, th { text-align: left; padding-right: 1.5rem; }
[hidden] { display: none; }
`

export const SCRIPT = `
const cases = [...document.querySelectorAll('.case')]
const boxes = [...document.querySelectorAll('input[type=checkbox]')]
const search = document.querySelector('input[type=search]')
const texts = new Map(cases.map((each) => [each, each.textContent.toLowerCase()]))
function filter() {
  const wanted = boxes.filter((box) => box.checked).map((box) => box.value)
  const word = search.value.trim().toLowerCase()
  let shown = 0
  for (const each of cases) {
    each.hidden = !wanted.some((name) => each.classList.contains(name)) || !texts.get(each).includes(word)
    if (!each.hidden) shown++
  }
  document.querySelector('output').textContent = shown + ' shown'
}
document.querySelector('form').addEventListener('input', filter)
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())
filter()
`

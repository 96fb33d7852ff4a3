// Staff pages: the Ministry of Justice components that need a script.
import { AddAnother, Alert, ButtonMenu, MultiSelect, SearchToggle } from './moj.js'

const components = {
  'moj-add-another': AddAnother,
  'moj-alert': Alert,
  'moj-button-menu': ButtonMenu,
  'moj-multi-select': MultiSelect,
  'moj-search-toggle': SearchToggle
}

for (const [name, Component] of Object.entries(components)) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) {
    try {
      // eslint-disable-next-line no-new
      new Component(element)
    } catch (error) {
      console.error(name, error) // one broken component must not take the others with it
    }
  }
}

// The editor of a definition checks the text once the typing stops; the button does the same without a script.
const editor = document.querySelector('form[data-check]')
if (editor) {
  const text = editor.elements.text
  const said = document.getElementById('said')
  const result = document.getElementById('result')
  let waiting
  let asking

  async function check () {
    asking?.abort()
    asking = new AbortController()
    const fields = new URLSearchParams(new FormData(editor))
    fields.set('part', 'result')
    try {
      const answer = await fetch(editor.action, { method: 'POST', body: fields, signal: asking.signal })
      // Whoever is signed out by now is sent to another page.
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText)
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const summary = page.querySelector('.bl-checked__summary')
      said.textContent = summary.textContent
      summary.remove() // it stands above already, and is read out there
      result.replaceChildren(...page.body.childNodes)
    } catch (error) {
      if (error.name === 'AbortError') return
      said.textContent = 'The text could not be checked. Copy it, and load the page again.'
      result.replaceChildren()
    }
  }

  text.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(check, 600)
  })

  // A fault leads to its line.
  document.addEventListener('click', (event) => {
    const line = Number(event.target.closest?.('a[data-line]')?.dataset.line)
    if (!line) return
    event.preventDefault()
    const lines = text.value.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    text.scrollIntoView({ block: 'start' })
    text.focus({ preventScroll: true })
    text.setSelectionRange(start, start + (lines[line - 1] ?? '').length)
    text.scrollTop = Math.max(0, line - 5) * parseFloat(getComputedStyle(text).lineHeight)
    text.scrollLeft = 0
  })
}

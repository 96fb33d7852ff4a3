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

// What a page does better with a script. Nothing here is needed to finish a journey.

for (const component of [
  Button, CharacterCount, Checkboxes, ErrorSummary, ExitThisPage, NotificationBanner, Radios, SkipLink
]) {
  createAll(component)
}

// Leaving in a hurry: the page gives up its place in the browser's history, and Esc pressed twice within two seconds
// does the same as the button. Once is not enough, because Esc also closes pickers and leaves a screen reader's forms mode.
const exit = document.querySelector('.govuk-js-exit-this-page-button')
if (exit) {
  const leave = () => window.location.replace(exit.href)
  exit.addEventListener('click', leave)
  let first = -Infinity
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.repeat || event.defaultPrevented) return
    if (event.timeStamp - first < 2000) {
      document.body.classList.add('govuk-exit-this-page-hide-content')
      leave()
    }
    first = event.timeStamp
  })
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => window.print())
}

// A person without a mouse: only Tab, the arrows, Space, Enter and what is typed.

const TOO_FAR = 250

/** Keys for one page. Each method fails where the focus cannot be seen or the thing cannot be reached. */
export function keyboard (page) {
  const focus = () => page.evaluate(() => {
    const at = document.activeElement
    if (!at || at === document.body) return null
    const style = getComputedStyle(at)
    // A radio's own box is invisible: its ring is drawn on its label. A file button has it inside.
    const marked = [style, ...['::before', '::after'].map(part => getComputedStyle(at, part)),
      ...(at.labels?.[0] ? [getComputedStyle(at.labels[0], '::before')] : [])]
    const seen = marked.some(({ outlineStyle, outlineWidth, boxShadow }) =>
      (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || (boxShadow && boxShadow !== 'none'))
    return { seen, what: at.outerHTML.slice(0, 120) }
  })
  const isAt = selector => page.evaluate(s => !!document.activeElement?.matches(s), selector)

  async function tab (back = false) {
    if (back) await page.keyboard.down('Shift')
    await page.keyboard.press('Tab')
    if (back) await page.keyboard.up('Shift')
    const at = await focus()
    if (at && !at.seen) throw new Error(`the focus is here and cannot be seen: ${at.what}`)
    return at
  }

  /** Tabs forward until the element that matches `selector` has the focus. */
  async function to (selector) {
    const passed = []
    for (let i = 0; i < TOO_FAR; i++) {
      if (await isAt(selector)) return
      passed.push((await tab())?.what ?? '(the page itself)')
    }
    throw new Error(`Tab does not reach ${selector}; the last stops were:\n${passed.slice(-8).join('\n')}`)
  }

  /** Types into the field that `selector` matches, in place of what is there. */
  async function fill (selector, text) {
    await to(selector)
    await page.keyboard.down('Control')
    await page.keyboard.press('a')
    await page.keyboard.up('Control')
    await page.keyboard.type(text)
  }

  /** Chooses a radio button: Tab to its group, then the arrows. */
  async function choose (selector) {
    const name = await page.$eval(selector, radio => radio.name)
    await to(`input[type=radio][name="${name}"]`)
    for (let i = 0; i < 50; i++) {
      if (await isAt(selector)) {
        await page.keyboard.press('Space')
        return
      }
      await page.keyboard.press('ArrowDown')
    }
    throw new Error(`the arrow keys do not reach ${selector}`)
  }

  /** Ticks a box, or unticks it. */
  async function tick (selector) {
    await to(selector)
    await page.keyboard.press('Space')
  }

  /** Picks an option of a list by its text, as a person types its first letters. */
  async function pick (selector, text) {
    await to(selector)
    await page.keyboard.type(text)
    const picked = await page.$eval(selector, list => list.selectedOptions[0]?.text.trim())
    if (picked !== text) throw new Error(`typing ${text} in ${selector} picked ${picked}`)
  }

  /** Presses Enter on a link or a button, and waits for the page that follows. */
  async function follow (selector) {
    await to(selector)
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.keyboard.press('Enter')])
  }

  return { tab, to, fill, choose, tick, pick, follow, press: key => page.keyboard.press(key) }
}

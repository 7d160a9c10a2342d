import { test } from '@japa/runner'
import fc from 'fast-check'
import { layOut, type Box } from '#models/network_diagram/layout'
import { fitted, textWidth } from '#models/network_diagram/text_width'

const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height

test.group('Where things of the network diagram are', () => {
  test('NET-04: no box covers another, and all are inside of the picture', ({ assert }) => {
    const servers = fc.array(fc.record({ isPrivate: fc.boolean() }), {
      minLength: 1,
      maxLength: 24,
    })
    fc.assert(
      fc.property(servers, fc.integer({ min: 1, max: 4 }), fc.boolean(), (some, columns, has) => {
        const hasPrivate = has || some.some(({ isPrivate }) => isPrivate)
        const { boxes, bands, width, height } = layOut(some, columns, hasPrivate)
        const all = [...boxes, bands.global, ...(bands.private ? [bands.private] : [])]
        assert.lengthOf(boxes, some.length)
        for (const [index, box] of all.entries()) {
          assert.isAtLeast(box.x, 0)
          assert.isAtMost(box.x + box.width, width)
          assert.isAtMost(box.y + box.height, height)
          for (const other of all.slice(index + 1)) assert.isFalse(overlap(box, other))
        }
      })
    )
  })

  test('NET-04: a phone’s picture is one column that is no wider than it', ({ assert }) => {
    const { width, columns } = layOut(Array(7).fill({ isPrivate: true }), 1, true)
    assert.equal(columns, 1)
    assert.isAtMost(width, 340)
  })

  test('NET-04: only servers with a private address hang on the private network', ({ assert }) => {
    const { private: wires } = layOut([{ isPrivate: true }, { isPrivate: false }], 3, true)
    assert.isNotNull(wires.drops[0])
    assert.isNull(wires.drops[1])
    const none = layOut([{ isPrivate: false }], 3, true)
    assert.equal(none.private.trunk, '')
  })

  test('NET-04: text that has no room is cut, whatever its letters', ({ assert }) => {
    assert.equal(fitted('短い', 14, 200), '短い')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const shown = fitted(text, 14, 100)
        assert.isTrue(shown === text || shown.endsWith('…'))
        assert.isAtMost(textWidth(shown, 14), 100)
      })
    )
  })
})
